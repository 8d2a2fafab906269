package span

import (
	"net/netip"
	"testing"

	"pgregory.net/rapid"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// network draws a network in 10.0.0.0/26, small enough to look at each address.
var network = rapid.Custom(func(t *rapid.T) netip.Prefix {
	bits := rapid.IntRange(26, 32).Draw(t, "bits")
	last := byte(rapid.IntRange(0, 63).Draw(t, "last"))
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, 0, last}), bits).Masked()
})

// each calls f with every address of p.
func each(p netip.Prefix, f func(netip.Addr)) {
	for a := p.Addr(); p.Contains(a); a = a.Next() {
		f(a)
	}
}

// TestAmong compares with a count of addresses.
func TestAmong(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := network.Draw(t, "p")
		var places []topology.Place
		for _, q := range rapid.SliceOfN(network, 0, 5).Draw(t, "places") {
			places = append(places, topology.Place{Prefix: q})
		}
		in, out := 0, 0
		each(p, func(a netip.Addr) {
			for _, place := range places {
				if place.Prefix.Contains(a) {
					in++
					return
				}
			}
			out++
		})
		if got, want := Among(p, places), extentOf(in, out); got != want {
			t.Fatalf("Among(%v, %v) = %d, want %d", p, places, got, want)
		}
	})
}

func extentOf(in, out int) Extent {
	switch {
	case in == 0:
		return None
	case out == 0:
		return All
	}
	return Part
}

// TestSamples: places that tell addresses apart by parts tell the samples apart.
func TestSamples(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := network.Draw(t, "p")
		parts := rapid.SliceOfN(network, 0, 5).Draw(t, "parts")
		kind := func(a netip.Addr) (in [5]bool) {
			for i, q := range parts {
				in[i] = q.Contains(a)
			}
			return in
		}
		sampled := map[[5]bool]bool{}
		for _, a := range Samples(p, parts) {
			if !p.Contains(a) {
				t.Fatalf("Samples(%v, %v) has %v", p, parts, a)
			}
			sampled[kind(a)] = true
		}
		each(p, func(a netip.Addr) {
			if !sampled[kind(a)] {
				t.Fatalf("Samples(%v, %v) has none like %v", p, parts, a)
			}
		})
	})
}

// TestJudge compares with the first rule that matches each address and port.
func TestJudge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := network.Draw(t, "p")
		at := drawPorts(t, "at")
		var rules []topology.ACLRule
		for range rapid.IntRange(0, 4).Draw(t, "rules") {
			r := topology.ACLRule{Allow: rapid.Bool().Draw(t, "allow"), Any: rapid.Bool().Draw(t, "any")}
			r.Place.Prefix = network.Draw(t, "place")
			ports := drawPorts(t, "ports")
			r.First, r.Last = ports.First, ports.Last
			rules = append(rules, r)
		}
		in, out := 0, 0
		each(p, func(a netip.Addr) {
			for port := at.First; port <= at.Last; port++ {
				if admits(rules, a, port) {
					in++
				} else {
					out++
				}
			}
		})
		if got, _ := judge(rules, p, at); got != extentOf(in, out) {
			t.Fatalf("judge(%v, %v, %v) = %d, want %d", rules, p, at, got, extentOf(in, out))
		}
	})
}

func drawPorts(t *rapid.T, label string) Ports {
	first := rapid.IntRange(1, 12).Draw(t, label)
	return Ports{uint16(first), uint16(rapid.IntRange(first, 12).Draw(t, label))}
}

func admits(rules []topology.ACLRule, a netip.Addr, port uint16) bool {
	for _, r := range rules {
		if (r.Any || r.Place.Prefix.Contains(a)) && r.First <= port && port <= r.Last {
			return r.Allow
		}
	}
	return false
}

// TestPublic4: what is public by the table is public by the class of its
// addresses, and nothing else is.
func TestPublic4(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := netip.AddrFrom4([4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "address")))
		in := false
		for _, p := range Public4() {
			in = in || p.Contains(a)
		}
		if class := netset.Classify(a); in != (class == netset.Public) {
			t.Fatalf("%v: among the public networks %v, but it is %v", a, in, class)
		}
	})
}
