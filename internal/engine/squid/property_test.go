package squid

import (
	"net/netip"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/engine/access"
)

// TestNeverWider: whatever a squid.conf says, the result is sound; it allows
// nothing that Squid denies; and where it denies what Squid allows, a problem
// stands at the line that allows, or at one before it.
func TestNeverWider(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genConf(t)
		r := imported(c.String())
		if i := slices.IndexFunc(r.Problems, func(p diag.Problem) bool { return p.Summary.Code == "DG1702.unsound" }); i >= 0 {
			t.Fatalf("%s\nbecomes a configuration with an error: %v", c, r.Problems[i])
		}
		rules := access.Compile(sound(t, r))
		for range 40 {
			q := genRequest(t)
			want, line := c.allows(q)
			got, refused := decided(rules, q)
			if got && !want {
				t.Fatalf("%s\nis denied in line %d and allowed by the result of\n%s\n%s", q, line, c, r.Config)
			}
			if want && !got && !refused && !reported(r.Problems, line) {
				t.Fatalf("%s\nis allowed in line %d, denied by the result, and no problem says so:\n%s\n%s\n%v", q, line, c, r.Config, r.Problems)
			}
		}
	})
}

// reported reports whether something was lost at line or before it.
func reported(problems []diag.Problem, line int) bool {
	return slices.ContainsFunc(problems, func(p diag.Problem) bool {
		return (slices.Contains([]string{"DG1703", "DG1704", "DG1705"}, p.Code) || p.Summary.Code == "DG1702.overlap") && p.Pos.Line <= line
	})
}

// TestRefused: what is taken for unreachable is what access refuses.
func TestRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bytes := rapid.OneOf(rapid.SliceOfN(rapid.Byte(), 4, 4), rapid.SliceOfN(rapid.Byte(), 16, 16)).Draw(t, "bytes")
		p := rapid.SampledFrom(refused).Draw(t, "prefix")
		addr, _ := netip.AddrFromSlice(bytes)
		if p.Addr().BitLen() == addr.BitLen() { // an address in p
			first, in := p.Addr().AsSlice(), addr.AsSlice()
			for at := range p.Bits() {
				bit := byte(0x80 >> (at % 8))
				in[at/8] = in[at/8]&^bit | first[at/8]&bit
			}
			addr, _ = netip.AddrFromSlice(in)
		}
		if refused.has(addr) && netset.Classify(addr) == netset.Public {
			t.Fatalf("%s is public", addr)
		}
	})
}

// TestNets: sets of addresses behave as sets.
func TestNets(t *testing.T) {
	gen := rapid.Custom(func(t *rapid.T) nets {
		var n []netip.Prefix
		for _, b := range rapid.SliceOfN(rapid.SliceOfN(rapid.ByteRange(0, 3), 4, 4), 0, 5).Draw(t, "addresses") {
			addr, _ := netip.AddrFromSlice(b)
			p, _ := addr.Prefix(rapid.IntRange(0, 32).Draw(t, "bits"))
			n = append(n, p)
		}
		return newNets(n...)
	})
	rapid.Check(t, func(t *rapid.T) {
		n, m := gen.Draw(t, "n"), gen.Draw(t, "m")
		b := rapid.SliceOfN(rapid.ByteRange(0, 4), 4, 4).Draw(t, "address")
		addr, _ := netip.AddrFromSlice(b)
		if got, want := n.and(m).has(addr), n.has(addr) && m.has(addr); got != want {
			t.Fatalf("%s in %v and %v = %v, want %v", addr, n, m, got, want)
		}
		if n.not().has(addr) == n.has(addr) {
			t.Fatalf("%s is in %v and in its complement, or in neither", addr, n)
		}
	})
}
