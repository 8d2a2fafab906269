package proxy

import (
	"net"
	"strings"
	"testing"
)

func TestAdoptedSockets(t *testing.T) {
	ours, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := start(t, permissive)
	f.Policy().Config.Listen[0].Address = ours.Addr().String()
	if err := f.Listen(t.Context(), []net.Listener{ours}); err != nil {
		t.Fatalf("a socket that listen names: %v", err)
	}
	c, err := net.Dial("tcp", ours.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_ = c.Close()

	strange, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer strange.Close()
	if err := f.Listen(t.Context(), []net.Listener{strange}); err == nil || !strings.Contains(err.Error(), strange.Addr().String()) {
		t.Errorf("a socket that listen does not name: %v, want an error that names it", err)
	}
}

func TestSameAddress(t *testing.T) {
	at := func(s string) net.Addr {
		a, err := net.ResolveTCPAddr("tcp", s)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	tests := map[string]struct {
		have, want string
		same       bool
	}{
		"every address, as systemd binds it": {"[::]:3128", ":3128", true},
		"every address of IPv4":              {"0.0.0.0:3128", ":3128", true},
		"one address":                        {"10.0.0.1:3128", "10.0.0.1:3128", true},
		"another port":                       {"10.0.0.1:3129", "10.0.0.1:3128", false},
		"another address":                    {"10.0.0.2:3128", "10.0.0.1:3128", false},
		"wider than asked for":               {"0.0.0.0:3128", "10.0.0.1:3128", false},
		"narrower than asked for":            {"10.0.0.1:3128", ":3128", false},
	}
	for name, tt := range tests {
		if got := SameAddress(at(tt.have), tt.want); got != tt.same {
			t.Errorf("%s: SameAddress(%s, %q) = %v, want %v", name, tt.have, tt.want, got, tt.same)
		}
	}
}
