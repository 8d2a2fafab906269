package standin

import (
	"bytes"
	"crypto/md5" //nolint:gosec // an ETag is one; it protects nothing
	"encoding/binary"
	"encoding/hex"
	"io"
	"os"
)

// blob is what one request carried. It never changes. Small ones are kept in
// memory; the others in a file without a name, which is closed, and gone, when
// nobody can reach it any more: os.File sees to that.
type blob struct {
	io.ReaderAt
	size int64
	md5  [md5.Size]byte
}

// inMemory is the size up to which a blob needs no file.
const inMemory = 64 << 10

// newBlob reads r to its end.
func newBlob(dir string, r io.Reader) (*blob, error) {
	sum := md5.New() //nolint:gosec // see the import
	r = io.TeeReader(r, sum)
	head, err := io.ReadAll(io.LimitReader(r, inMemory))
	if err != nil {
		return nil, err
	}
	b := &blob{ReaderAt: bytes.NewReader(head), size: int64(len(head))}
	if b.size == inMemory {
		if err := b.spill(dir, head, r); err != nil {
			return nil, err
		}
	}
	sum.Sum(b.md5[:0])
	return b, nil
}

// spill moves what there is, and what follows, to a file.
func (b *blob) spill(dir string, head []byte, rest io.Reader) error {
	f, err := os.CreateTemp(dir, "standin-*")
	if err != nil {
		return err
	}
	if err := os.Remove(f.Name()); err != nil {
		_ = f.Close()
		return err
	}
	b.ReaderAt = f
	b.size, err = io.Copy(f, io.MultiReader(bytes.NewReader(head), rest))
	if err != nil {
		_ = f.Close()
	}
	return err
}

// pattern is content without an end: at every eighth byte, its place.
type pattern struct{}

// ReadAt fills p, always.
func (pattern) ReadAt(p []byte, off int64) (int, error) {
	var word [8]byte
	for i := 0; i < len(p); {
		at := off + int64(i)
		binary.BigEndian.PutUint64(word[:], uint64(at/8*8))
		i += copy(p[i:], word[at%8:])
	}
	return len(p), nil
}

func (b *blob) etag() string { return `"` + hex.EncodeToString(b.md5[:]) + `"` }

// parts are the blobs of one object, in order.
type parts []*blob

func (ps parts) size() (n int64) {
	for _, b := range ps {
		n += b.size
	}
	return n
}

// span returns the n bytes of ps from off on.
func (ps parts) span(off, n int64) io.Reader {
	var readers []io.Reader
	for _, b := range ps {
		if off < b.size && n > 0 {
			take := min(b.size-off, n)
			readers = append(readers, io.NewSectionReader(b, off, take))
			n -= take
		}
		off = max(off-b.size, 0)
	}
	return io.MultiReader(readers...)
}
