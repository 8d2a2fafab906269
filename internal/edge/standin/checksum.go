package standin

import (
	"crypto/sha1" //nolint:gosec // one of the checksums that S3 knows
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"net/http"
	"strings"
)

// checksumField begins the fields that hold checksums, in canonical form.
const checksumField = "X-Amz-Checksum-"

// algorithms are the checksums of S3, by the end of their field.
var algorithms = map[string]func() hash.Hash{
	"Crc32":     func() hash.Hash { return crc32.NewIEEE() },
	"Crc32c":    func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) },
	"Crc64nvme": func() hash.Hash { return crc64.New(crc64.MakeTable(nvme)) },
	"Sha1":      sha1.New,
	"Sha256":    sha256.New,
}

// nvme is the polynomial of CRC-64/NVME, lowest bit first (NVM Express NVM
// Command Set Specification 1.0c, section 5.2.1.3.4).
const nvme = 0x9a6c9329ac4bc9b5

// isChecksum reports whether name is a field with the checksum of an object.
func isChecksum(name string) bool {
	algorithm, ok := strings.CutPrefix(name, checksumField)
	return ok && algorithms[algorithm] != nil
}

// checksums computes what the header of a request announces.
type checksums map[string]hash.Hash // by field

func newChecksums(h http.Header) checksums {
	sums := checksums{}
	announced := strings.Split(h.Get("X-Amz-Trailer"), ",")
	for name := range h {
		announced = append(announced, name)
	}
	for _, name := range announced {
		name = http.CanonicalHeaderKey(strings.TrimSpace(name))
		if isChecksum(name) {
			sums[name] = algorithms[strings.TrimPrefix(name, checksumField)]()
		}
	}
	return sums
}

// Write adds b to every checksum.
func (sums checksums) Write(b []byte) (int, error) {
	for _, sum := range sums {
		sum.Write(b)
	}
	return len(b), nil
}

// check compares the checksums of b with the ones that header or trailer give,
// and returns them as fields of the answer.
func (sums checksums) check(b *blob, header, trailer http.Header) (http.Header, *fault) {
	if want := header.Get("Content-Md5"); want != "" && want != base64.StdEncoding.EncodeToString(b.md5[:]) {
		return nil, faultBadDigest.of("Content-MD5")
	}
	good := http.Header{}
	for name, sum := range sums {
		want := header.Get(name)
		if want == "" {
			want = trailer.Get(name)
		}
		if got := base64.StdEncoding.EncodeToString(sum.Sum(nil)); got != want {
			return nil, faultBadDigest.of(strings.ToLower(name))
		}
		good.Set(name, want)
	}
	return good, nil
}
