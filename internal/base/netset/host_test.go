package netset

import (
	"errors"
	"strings"
	"testing"
)

func TestParseHostNames(t *testing.T) {
	tests := []struct{ why, in, want string }{
		{"canonical", "s3.amazonaws.com", "s3.amazonaws.com"},
		{"case folds", "S3.AmazonAWS.Com", "s3.amazonaws.com"},
		{"one trailing dot goes", "s3.amazonaws.com.", "s3.amazonaws.com"},
		{"one label", "localhost", "localhost"},
		{"underscores are awsname's business", "my_bucket.s3.amazonaws.com", "my_bucket.s3.amazonaws.com"},
		{"hyphens inside", "a--b.example", "a--b.example"},
		{"punycode of ASCII ends in a hyphen", "xn--s3-.example", "xn--s3-.example"},
		{"longest label", strings.Repeat("a", 63) + ".example", strings.Repeat("a", 63) + ".example"},
		{"longest name, and its dot", strings.Repeat("a.", 126) + "a.", strings.Repeat("a.", 126) + "a"},
		{"five numbers are no address", "1.2.3.4.5", "1.2.3.4.5"},
		{"number at the end of a name", "host.1", "host.1"},
		{"x is not 0x", "x.7f", "x.7f"},
		{"hex digits without 0x", "a9fea9fe", "a9fea9fe"},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			h, err := ParseHost(tt.in)
			if err != nil || h.Name != tt.want || h.IsAddr() || h.Odd {
				t.Errorf("ParseHost(%q) = %+v, %v, want name %q", tt.in, h, err, tt.want)
			}
		})
	}
}

func TestParseHostLiterals(t *testing.T) {
	tests := []struct {
		why, in, want string
		odd           bool
	}{
		{"canonical", "169.254.169.254", "169.254.169.254", false},
		{"IPv6", "fd00:ec2::254", "fd00:ec2::254", false},
		{"IPv6 in brackets", "[fd00:ec2::254]", "fd00:ec2::254", false},
		{"IPv6 in capitals", "[FD00:EC2::254]", "fd00:ec2::254", false},
		{"mapped", "[::ffff:a9fe:a9fe]", "::ffff:169.254.169.254", false},
		{"mapped, dotted", "::ffff:169.254.169.254", "::ffff:169.254.169.254", false},
		{"trailing dot", "169.254.169.254.", "169.254.169.254", true},
		{"one decimal", "2852039166", "169.254.169.254", true},
		{"one hexadecimal", "0xa9fea9fe", "169.254.169.254", true},
		{"capital X", "0XA9FEA9FE", "169.254.169.254", true},
		{"one octal", "025177524776", "169.254.169.254", true},
		{"octal parts", "0251.0376.0251.0376", "169.254.169.254", true},
		{"more zeros", "0251.00376.000251.0000376", "169.254.169.254", true},
		{"hexadecimal parts", "0xa9.0xfe.0xa9.0xfe", "169.254.169.254", true},
		{"mixed", "169.0376.43518", "169.254.169.254", true},
		{"two parts", "169.16689662", "169.254.169.254", true},
		{"zeros before decimals", "0169.0254.0169.0254", "169.254.169.254", true},
		{"parts that overflow", "425.510.425.510", "169.254.169.254", true},
		{"a number that overflows", "7147006462", "169.254.169.254", true},
		{"a hexadecimal that overflows", "0x41414141a9fea9fe", "169.254.169.254", true},
		{"octal unless that is impossible", "010.8.8.8", "8.8.8.8", true},
		{"eight is no octal digit", "08.8.8.8", "8.8.8.8", true},
		{"zeros", "01.02.03.04", "1.2.3.4", true},
		{"loopback in short", "127.1", "127.0.0.1", true},
		{"loopback in hexadecimal", "0x7f.1", "127.0.0.1", true},
		{"zero", "0", "0.0.0.0", true},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			h, err := ParseHost(tt.in)
			if err != nil || h.String() != tt.want || h.Odd != tt.odd || h.Name != "" {
				t.Errorf("ParseHost(%q) = %+v, %v, want address %s, odd %v", tt.in, h, err, tt.want, tt.odd)
			}
		})
	}
}

func TestParseHostFaults(t *testing.T) {
	tests := []struct {
		why, in string
		want    Fault
	}{
		{"nothing", "", EmptyLabel},
		{"the root", ".", EmptyLabel},
		{"two trailing dots", "s3.amazonaws.com..", EmptyLabel},
		{"leading dot", ".amazonaws.com", EmptyLabel},
		{"label of 64", strings.Repeat("a", 64) + ".com", LabelTooLong},
		{"name of 254", strings.Repeat("a.", 126) + "aa", NameTooLong},
		{"hyphen first", "-a.example", LabelHyphenEdge},
		{"hyphen last", "a-.example", LabelHyphenEdge},
		{"hyphen last in last label", "a.example-", LabelHyphenEdge},
		{"only hyphen", "-", LabelHyphenEdge},
		{"space", "s3 .amazonaws.com", BadCharacter},
		{"percent", "s3%2eamazonaws.com", BadCharacter},
		{"user info", "user:pass@s3.amazonaws.com", BadCharacter},
		{"a URL", "https://s3.amazonaws.com", BadCharacter},
		{"wildcard", "*.amazonaws.com", BadCharacter},
		{"NUL", "s3.amazonaws.com\x00", BadCharacter},
		{"a port", "s3.amazonaws.com:443", PortInHost},
		{"a port on a literal", "1.2.3.4:80", PortInHost},
		{"a port on IPv6", "[::1]:443", PortInHost},
		{"a zone", "fe80::1%eth0", BadCharacter},
		{"a zone in brackets", "[fe80::1%25eth0]", BadCharacter},
		{"IPv4 in brackets", "[1.2.3.4]", BadCharacter},
		{"bracket not closed", "[::1", BadCharacter},
		{"Kelvin sign", "\u212Ainesis.us-east-1.amazonaws.com", NonASCII},
		{"long s", "s3.amazonaw\u017F.com", NonASCII},
		{"ideographic full stop", "s3\u3002amazonaws.com", NonASCII},
		{"fullwidth digits", "\uFF11\uFF12\uFF17.0.0.1", NonASCII},
		{"worse than a bad character", "\u212A/", NonASCII},
		{"broken UTF-8", "s3\xff.amazonaws.com", NonASCII},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			h, err := ParseHost(tt.in)
			e, ok := errors.AsType[*HostError](err)
			if !ok || e.Fault != tt.want || h != (Host{}) {
				t.Errorf("ParseHost(%q) = %+v, %v, want fault %s", tt.in, h, err, tt.want)
			}
		})
	}
}

func TestParseHostAllocatesNothing(t *testing.T) {
	for _, s := range []string{"ssm.ap-northeast-1.amazonaws.com", "s3.amazonaws.com.", "nginx.example.org"} {
		if n := testing.AllocsPerRun(100, func() { _, _ = ParseHost(s) }); n != 0 {
			t.Errorf("ParseHost(%q) allocates %v times, want 0", s, n)
		}
	}
}

// What ParseHost returns is canonical: parsing it again changes nothing but Odd.
func FuzzParseHost(f *testing.F) {
	for _, s := range []string{"S3.amazonaws.com.", "[::1]", "0x7f.1", "a_b.c", "1.2.3.4.", "xn--a-.b", "fe80::1%x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		h, err := ParseHost(s)
		if err != nil {
			if h != (Host{}) {
				t.Fatalf("ParseHost(%q) = %+v with %v", s, h, err)
			}
			return
		}
		if h.IsAddr() == (h.Name != "") {
			t.Fatalf("ParseHost(%q) = %+v: a name or an address, never both or neither", s, h)
		}
		again, err := ParseHost(h.String())
		h.Odd = false
		if err != nil || again != h {
			t.Fatalf("ParseHost(%q) = %+v, but ParseHost(%q) = %+v, %v", s, h, h.String(), again, err)
		}
	})
}

func BenchmarkParseHost(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, _ = ParseHost("my-bucket.s3.dualstack.ap-northeast-1.amazonaws.com")
	}
}
