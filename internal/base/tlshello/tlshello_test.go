package tlshello

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

var grease = ext(0x0a0a, nil)

func TestParse(t *testing.T) {
	type answer struct {
		Hello
		State
		err error
	}
	named := func(name string) answer { return answer{Hello{ServerName: name, HasSNI: true}, Done, nil} }
	badName := answer{Hello{HasSNI: true}, Done, ErrBadServerName}
	severalNames := answer{Hello{HasSNI: true}, Done, ErrSeveralNames}
	not := func(err error) answer { return answer{Hello{}, NotTLS, err} }
	more := func(need int) answer { return answer{Hello{Need: need}, More, nil} }
	plain := hello(sni("ssm.ap-northeast-1.amazonaws.com"))
	big := ext(0x33, make([]byte, 1800)) // an ML-KEM key share makes hellos exceed a segment
	tests := []struct {
		name string
		b    []byte
		want answer
	}{
		{"a usual name", plain, named("ssm.ap-northeast-1.amazonaws.com")},
		{"names are compared in lower case", hello(sni("S3.Amazonaws.COM")), named("s3.amazonaws.com")},
		{"underscores stand in bucket names", hello(sni("my_bucket.s3.amazonaws.com")), named("my_bucket.s3.amazonaws.com")},
		{"a label of digits that is not the last", hello(sni("123456789012.dkr.ecr.amazonaws.com")), named("123456789012.dkr.ecr.amazonaws.com")},
		{"GREASE and unknown extensions before and after", hello(grease, sni("a.example"), grease, ext(0xfff0, []byte("?"))), named("a.example")},
		{"a post-quantum key share before the name", hello(big, sni("a.example")), named("a.example")},
		{"a session ticket", hello(sni("a.example"), ext(35, make([]byte, 200))), named("a.example")},
		{"what follows the hello does not matter", append(bytes.Clone(plain), "early data"...), named("ssm.ap-northeast-1.amazonaws.com")},
		{"cut into records in the middle of the name", records(message(sni("a.example")), 100), named("a.example")},
		{"cut into records of one byte", records(message(sni("a.example")), 1), named("a.example")},
		{"ECH: the name may be a cover", hello(ext(0xfe0d, []byte{1}), sni("cover.example")), answer{Hello{ServerName: "cover.example", HasSNI: true, ECH: true}, Done, nil}},
		{"no SNI", hello(grease), answer{Hello{}, Done, nil}},
		{"an empty list of extensions", hello([]byte{}), answer{Hello{}, Done, nil}},
		{"no extensions at all, as before TLS 1.3", hello(), answer{Hello{}, Done, nil}},
		{"a name of the longest length", hello(sni(strings.Repeat("a.", 126) + "a")), named(strings.Repeat("a.", 126) + "a")},

		{"two names", hello(sni("a.example", "b.example")), severalNames},
		{"two SNI extensions", hello(sni("a.example"), sni("a.example")), severalNames},
		{"an empty name", hello(sni("")), badName},
		{"an empty list of names", hello(sni()), badName},
		{"an empty extension is what servers send", hello(ext(0, nil)), badName},
		{"half a length", hello(ext(0, []byte{0})), badName},
		{"a list shorter than the extension", hello(ext(0, append(vec(2, []byte{0, 0, 1, 'a'}), 0))), badName},
		{"a name longer than its list", hello(ext(0, vec(2, []byte{0, 0, 9, 'a'}))), badName},
		{"another type of name", hello(ext(0, vec(2, []byte{1, 0, 1, 'a'}))), badName},
		{"a trailing dot", hello(sni("a.example.")), badName},
		{"two dots", hello(sni("a..example")), badName},
		{"a dot in front", hello(sni(".example")), badName},
		{"a hyphen at the end of a label", hello(sni("a-.example")), badName},
		{"a hyphen at the beginning", hello(sni("-a.example")), badName},
		{"a hyphen at the end", hello(sni("a.example-")), badName},
		{"a NUL hides the rest from C", hello(sni("a.example\x00.evil.example")), badName},
		{"non-ASCII", hello(sni("出口.example")), badName},
		{"a space", hello(sni("a .example")), badName},
		{"an IPv4 literal", hello(sni("169.254.169.254")), badName},
		{"a literal in an old spelling", hello(sni("2852039166")), badName},
		{"an IPv6 literal", hello(sni("::1")), badName},
		{"a port", hello(sni("a.example:443")), badName},
		{"a name beyond the longest", hello(sni(strings.Repeat("a.", 126) + "aa")), badName},
		{"a label beyond the longest", hello(sni(strings.Repeat("a", 64) + ".example")), badName},
		{"a bad name, then a good one", hello(sni("a..example"), sni("a.example")), severalNames},

		{"nothing yet", nil, more(1)},
		{"the first byte", plain[:1], more(2)},
		{"the header of the record", plain[:5], more(6)},
		{"all but a byte", plain[:len(plain)-1], more(len(plain))},
		{"the size is known: the rest is needed", plain[:9], more(len(plain))},

		{"another record is needed, with its header", records(message(), 40)[:45], more(45 + 5 + len(message()) - 40)},

		{"HTTP", []byte("G"), not(ErrNotTLS)},
		{"SSH", []byte("SSH-2.0-OpenSSH"), not(ErrNotTLS)},
		{"SSLv2", []byte{0x80, 0x2e, 1, 3, 1}, not(ErrNotTLS)},
		{"an impossible version", []byte{22, 2}, not(ErrNotTLS)},
		{"an impossible minor version", []byte{22, 3, 9}, not(ErrNotTLS)},
		{"an alert", []byte{21, 3, 1, 0, 2}, not(ErrNotTLS)},
		{"a ServerHello", records([]byte{2, 0, 0, 1, 0}, 99), not(ErrNotHello)},
		{"an empty record", []byte{22, 3, 1, 0, 0}, not(ErrMalformed)},
		{"a record longer than records are", []byte{22, 3, 1, 0x40, 1}, not(ErrMalformed)},
		{"an alert between two records", append(records(message(sni("a.example"))[:50], 50), 21), not(ErrMalformed)},
		{"a hello longer than we read", records([]byte{1, 1, 0, 1}, 99), not(ErrTooLong)},
		{"a message too short for its fields", records([]byte{1, 0, 0, 2, 3, 3}, 99), not(ErrMalformed)},
		{"extensions shorter than the message", records(append([]byte{1}, vec(3, make([]byte, 34), []byte{0, 0, 0, 0, 0, 0, 0})...), 99), not(ErrMalformed)},
		{"an extension longer than the message", hello([]byte{0, 9, 0, 9, 0}), not(ErrMalformed)},
		{"half an extension", hello([]byte{0}), not(ErrMalformed)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, s, err := Parse(tt.b)
			if h != tt.want.Hello || s != tt.want.State || !errors.Is(err, tt.want.err) {
				t.Errorf("Parse(%x) = %+v, %v, %v, want %+v", tt.b, h, s, err, tt.want)
			}
		})
	}
}

// However the bytes arrive, the answer is More until it is the final one.
func TestParseInSegments(t *testing.T) {
	for _, size := range []int{1, 7, 100, maxRecord} {
		b := records(message(grease, ext(0x33, make([]byte, 1800)), sni("a.example")), size)
		for n := range b {
			h, s, err := Parse(b[:n])
			if s != More || err != nil || h.Need <= n || h.Need > len(b) {
				t.Fatalf("Parse(%d of %d bytes, records of %d) = %+v, %v, %v, want More", n, len(b), size, h, s, err)
			}
		}
	}
}

// A sender of single bytes in tiny records must not make us parse often.
func TestNeedBoundsTheWork(t *testing.T) {
	b := records(message(ext(0x33, make([]byte, 9000)), sni("a.example")), 1)
	calls := 0
	for n := 0; n <= len(b); calls++ {
		h, s, err := Parse(b[:n])
		if s == Done {
			break
		}
		if s != More {
			t.Fatalf("Parse(%d of %d bytes) = %v, %v", n, len(b), s, err)
		}
		n = h.Need
	}
	if calls > 100 {
		t.Errorf("asked %d times for a hello of %d bytes, want at most 100", calls, len(b))
	}
}

func TestParseStopsAtMaxHello(t *testing.T) {
	b := records(message(make([]byte, 12000)), 1) // 72 kB of headers, mostly
	for n := 0; ; {
		h, s, err := Parse(b[:n])
		if s == NotTLS && errors.Is(err, ErrTooLong) && n <= MaxHello {
			return
		}
		if s != More || h.Need <= n {
			t.Fatalf("Parse(%d bytes) = %+v, %v, %v, want ErrTooLong before %d", n, h, s, err, MaxHello)
		}
		n = h.Need
	}
}

func TestParseAllocates(t *testing.T) {
	tests := []struct {
		name string
		b    []byte
		want float64
	}{
		{"the name", hello(sni("ssm.ap-northeast-1.amazonaws.com")), 1},
		{"the name, cut into records", records(message(sni("ssm.ap-northeast-1.amazonaws.com")), 10), 1},
		{"nothing without a name", hello(grease), 0},
		{"nothing before the end", hello(sni("a.example"))[:60], 0},
	}
	for _, tt := range tests {
		if got := testing.AllocsPerRun(100, func() { _, _, _ = Parse(tt.b) }); got > tt.want {
			t.Errorf("%s: %v allocations, want %v", tt.name, got, tt.want)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	msg := hello(ext(0x33, make([]byte, 1200)), sni("ssm.ap-northeast-1.amazonaws.com"), grease)
	b.ReportAllocs()
	for b.Loop() {
		_, _, _ = Parse(msg)
	}
}
