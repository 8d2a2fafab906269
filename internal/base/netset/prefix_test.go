package netset

import (
	"errors"
	"net/netip"
	"testing"
)

func TestParsePrefix(t *testing.T) {
	tests := []struct{ why, in, want, meant string }{
		{"a prefix", "10.0.0.0/8", "10.0.0.0/8", ""},
		{"a lone address", "10.1.2.3", "10.1.2.3/32", ""},
		{"a lone IPv6 address", "fd00::1", "fd00::1/128", ""},
		{"everything", "0.0.0.0/0", "0.0.0.0/0", ""},
		{"mapped becomes IPv4", "::ffff:10.0.0.0/104", "10.0.0.0/8", ""},
		{"mapped address becomes IPv4", "::ffff:10.0.0.1", "10.0.0.1/32", ""},
		{"host bits", "10.0.0.1/8", "", "10.0.0.0/8"},
		{"IPv6 host bits", "fd00::1/8", "", "fd00::/8"},
		{"length too long", "10.0.0.0/33", "", ""},
		{"a zone", "fe80::1%eth0", "", ""},
		{"a name", "localhost", "", ""},
		{"leading zero", "010.0.0.0/8", "", ""},
		{"nothing", "", "", ""},
		{"a netmask", "10.0.0.0/255.0.0.0", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			got, err := ParsePrefix(tt.in)
			if tt.want != "" {
				if err != nil || got.String() != tt.want {
					t.Fatalf("ParsePrefix(%q) = %v, %v, want %s", tt.in, got, err, tt.want)
				}
				return
			}
			e, ok := errors.AsType[*PrefixError](err)
			if !ok {
				t.Fatalf("ParsePrefix(%q) = %v, %v, want a *PrefixError", tt.in, got, err)
			}
			if e.Meant.IsValid() != (tt.meant != "") || e.Meant.IsValid() && e.Meant.String() != tt.meant {
				t.Errorf("ParsePrefix(%q) means %v, want %q", tt.in, e.Meant, tt.meant)
			}
		})
	}
}

func TestOverlapAndCovers(t *testing.T) {
	tests := []struct {
		a, b            string
		overlap, covers bool
	}{
		{"10.0.0.0/8", "10.1.0.0/16", true, true},
		{"10.1.0.0/16", "10.0.0.0/8", true, false},
		{"10.0.0.0/8", "10.0.0.0/8", true, true},
		{"10.0.0.0/8", "11.0.0.0/8", false, false},
		{"0.0.0.0/0", "fd00::/8", false, false},
	}
	for _, tt := range tests {
		a, b := netip.MustParsePrefix(tt.a), netip.MustParsePrefix(tt.b)
		if got := Overlap(a, b); got != tt.overlap {
			t.Errorf("Overlap(%s, %s) = %v, want %v", a, b, got, tt.overlap)
		}
		if got := Covers(a, b); got != tt.covers {
			t.Errorf("Covers(%s, %s) = %v, want %v", a, b, got, tt.covers)
		}
	}
}

func TestMaskBits(t *testing.T) {
	for text, want := range map[string]int{
		"255.255.255.255": 32, "255.255.255.0": 24, "255.240.0.0": 12, "0.0.0.0": 0,
		"255.0.255.0": -1, "0.0.0.255": -1, "ffff::": -1,
	} {
		n, ok := MaskBits(netip.MustParseAddr(text))
		if !ok {
			n = -1
		}
		if n != want {
			t.Errorf("MaskBits(%s) = %d, want %d", text, n, want)
		}
	}
}

// TestWithin: several networks may hold one together, and none of it may be missing.
func TestWithin(t *testing.T) {
	for _, c := range []struct {
		p    string
		set  []string
		want bool
	}{
		{"10.0.0.0/24", []string{"10.0.0.0/16"}, true},
		{"10.0.0.0/24", []string{"10.0.0.0/25", "10.0.0.128/25"}, true},
		{"10.0.0.0/24", []string{"10.0.0.0/25", "10.0.0.128/26"}, false},
		{"10.0.0.0/24", []string{"10.0.0.0/25", "10.0.0.128/26", "10.0.0.192/26"}, true},
		{"10.0.0.0/24", []string{"10.0.1.0/24"}, false},
		{"10.0.0.1/32", []string{"10.0.0.0/32", "10.0.0.2/32"}, false},
		{"fd00::/63", []string{"fd00::/64", "fd00:0:0:1::/64"}, true},
		{"fd00::/63", []string{"0.0.0.0/0"}, false},
		{"0.0.0.0/0", []string{"0.0.0.0/1", "128.0.0.0/1"}, true},
		{"10.0.0.0/24", nil, false},
	} {
		var set []netip.Prefix
		for _, s := range c.set {
			set = append(set, netip.MustParsePrefix(s))
		}
		if got := Within(netip.MustParsePrefix(c.p), set); got != c.want {
			t.Errorf("Within(%s, %v) = %v, want %v", c.p, c.set, got, c.want)
		}
	}
}
