package netset

import "testing"

func TestPort(t *testing.T) {
	for s, want := range map[string]uint16{
		"1": 1, "443": 443, "65535": 65535,
		"": 0, "0": 0, "65536": 0, "-1": 0, "+443": 0, "0443": 0, " 443": 0, "https": 0, "443-444": 0,
	} {
		if got, ok := Port(s); ok != (want > 0) || ok && got != want {
			t.Errorf("Port(%q) = %d, %v, want %d", s, got, ok, want)
		}
	}
}
