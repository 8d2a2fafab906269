package netset

import (
	"net/netip"
	"testing"
)

func TestClassify(t *testing.T) {
	tests := []struct {
		why, addr string
		want      Class
	}{
		{"an ordinary address", "52.95.110.1", Public},
		{"an ordinary IPv6 address", "2600:1f18::1", Public},
		{"RFC 1918, first", "10.0.0.0", Private},
		{"RFC 1918, last of 12", "172.31.255.255", Private},
		{"after the last of 12", "172.32.0.0", Public},
		{"RFC 1918, 16", "192.168.1.1", Private},
		{"RFC 6598", "100.64.0.1", Private},
		{"after RFC 6598", "100.128.0.0", Public},
		{"unique local", "fd12:3456::1", Private},
		{"metadata", "169.254.169.254", LinkLocal},
		{"link-local elsewhere", "169.254.1.1", LinkLocal},
		{"metadata over IPv6", "fd00:ec2::254", LinkLocal},
		{"pod identity over IPv6", "fd00:ec2::23", LinkLocal},
		{"beside the metadata prefix", "fd00:ec3::1", Private},
		{"IPv6 link-local", "fe80::1", LinkLocal},
		{"IPv6 link-local with a zone", "fe80::1%eth0", LinkLocal},
		{"loopback", "127.0.0.1", Special},
		{"loopback, any of it", "127.9.9.9", Special},
		{"IPv6 loopback", "::1", Special},
		{"unspecified", "0.0.0.0", Special},
		{"this network", "0.1.2.3", Special},
		{"IPv6 unspecified", "::", Special},
		{"multicast", "224.0.0.1", Special},
		{"IPv6 multicast", "ff02::1", Special},
		{"broadcast", "255.255.255.255", Special},
		{"reserved", "240.0.0.1", Special},
		{"protocol assignments", "192.0.0.8", Special},
		{"documentation", "203.0.113.9", Special},
		{"benchmark", "198.19.0.1", Special},
		{"IPv6 documentation", "2001:db8::1", Special},
		{"IPv6 documentation, 2024", "3fff::1", Special},
		{"IPv6 benchmark", "2001:2::1", Special},
		{"ORCHID", "2001:20::1", Special},
		{"discard", "100::1", Special},
		{"site-local", "fec0::1", Special},
		{"segment routing", "5f00::1", Special},
		{"never allocated", "4000::1", Special},
		{"AS112 is public", "2620:4f:8000::1", Public},

		{"mapped public", "::ffff:8.8.8.8", Public},
		{"mapped metadata", "::ffff:a9fe:a9fe", LinkLocal},
		{"mapped private", "::ffff:10.0.0.1", Private},
		{"compatible metadata", "::169.254.169.254", LinkLocal},
		{"translated metadata", "::ffff:0:169.254.169.254", LinkLocal},
		{"NAT64 public", "64:ff9b::8.8.8.8", Public},
		{"NAT64 metadata", "64:ff9b::169.254.169.254", LinkLocal},
		{"NAT64 private", "64:ff9b::10.0.0.1", Private},
		{"NAT64 loopback", "64:ff9b::127.0.0.1", Special},
		{"local NAT64 /96 public", "64:ff9b:1::8.8.8.8", Public},
		{"local NAT64 /96 below a subnet", "64:ff9b:1:fffe::8.8.8.8", Public},
		{"local NAT64 /96 metadata", "64:ff9b:1::169.254.169.254", LinkLocal},
		{"local NAT64 /48 metadata", "64:ff9b:1:a9fe:a9:fe00::", LinkLocal},
		{"local NAT64 /56 metadata", "64:ff9b:1:a9:fe:a9fe::", LinkLocal},
		{"local NAT64 /64 metadata, tail not zero", "64:ff9b:1:0:a9:fea9:fe00:1", LinkLocal},
		{"local NAT64 /48 private", "64:ff9b:1:0a00:0:100::", Private},
		{"6to4 metadata", "2002:a9fe:a9fe::1", LinkLocal},
		{"6to4 public", "2002:808:808::1", Public},
		{"Teredo server private", "2001:0:a00:1::f7f7:f7f7", Private},
		{"Teredo client metadata", "2001:0:808:808::5601:5601", LinkLocal},
		{"Teredo, both public", "2001:0:808:808::f7f7:f7f7", Public},
		{"ISATAP metadata", "2600::5efe:169.254.169.254", LinkLocal},
		{"ISATAP, universal bit", "2600::200:5efe:10.0.0.1", Private},
		{"ISATAP public below link-local", "fe80::5efe:8.8.8.8", LinkLocal},
		{"ISATAP public below unique local", "fd00::5efe:8.8.8.8", Private},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			if got := Classify(netip.MustParseAddr(tt.addr)); got != tt.want {
				t.Errorf("Classify(%s) = %v, want %v", tt.addr, got, tt.want)
			}
		})
	}
	if got := Classify(netip.Addr{}); got != Special {
		t.Errorf("Classify(zero) = %v, want special: what is no address is refused", got)
	}
}

func TestIsMetadata(t *testing.T) {
	for addr, want := range map[string]bool{
		"169.254.169.254":            true,
		"169.254.169.253":            true,
		"169.254.170.2":              true,
		"169.254.170.23":             true,
		"fd00:ec2::254":              true,
		"::ffff:169.254.169.254":     true,
		"::169.254.170.2":            true,
		"64:ff9b::a9fe:a9fe":         true,
		"2002:a9fe:a9fe::":           true,
		"2001:0:808:808::5601:5601":  true,
		"fe80::5efe:169.254.169.254": true,
		"169.254.1.1":                false,
		"fe80::1":                    false,
		"10.0.0.1":                   false,
		"::1":                        false,
	} {
		if got := IsMetadata(netip.MustParseAddr(addr)); got != want {
			t.Errorf("IsMetadata(%s) = %v, want %v", addr, got, want)
		}
	}
}

func TestEmbedded(t *testing.T) {
	for addr, want := range map[string]string{
		"::ffff:10.0.0.1":           "10.0.0.1",
		"64:ff9b::10.0.0.1":         "10.0.0.1",
		"2001:0:a00:1::f7f7:f7f7":   "10.0.0.1", // the worse of server and client
		"2001:0:808:808::5601:5601": "169.254.169.254",
		"2600::1":                   "",
		"::1":                       "",
		"10.0.0.1":                  "",
	} {
		got, ok := Embedded(netip.MustParseAddr(addr))
		if ok != (want != "") || ok && got.String() != want {
			t.Errorf("Embedded(%s) = %v, %v, want %q", addr, got, ok, want)
		}
	}
}

func TestClassifyAllocatesNothing(t *testing.T) {
	addr := netip.MustParseAddr("64:ff9b:1::169.254.169.254")
	if n := testing.AllocsPerRun(100, func() { Classify(addr) }); n != 0 {
		t.Errorf("Classify allocates %v times, want 0", n)
	}
}

// An IPv6 address that carries an IPv4 address is never judged better than it.
func FuzzClassify(f *testing.F) {
	f.Add([]byte{10, 0, 0, 1})
	f.Add([]byte{169, 254, 169, 254})
	f.Add([]byte{8, 8, 8, 8})
	f.Fuzz(func(t *testing.T, b []byte) {
		a, ok := netip.AddrFromSlice(b)
		if !ok || !a.Is4() {
			return
		}
		four := a.As4()
		for _, prefix := range []string{"::ffff:0:0", "64:ff9b::", "64:ff9b:1::", "::ffff:0:0:0", "2600::5efe:0:0"} {
			p := netip.MustParseAddr(prefix).As16()
			copy(p[12:], four[:])
			wrapped := netip.AddrFrom16(p)
			if got, want := Classify(wrapped), Classify(a); got > want {
				t.Errorf("Classify(%s) = %v, better than %v of %s", wrapped, got, want, a)
			}
		}
	})
}
