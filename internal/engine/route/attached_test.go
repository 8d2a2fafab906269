package route

import (
	"fmt"
	"net/netip"
	"testing"

	"pgregory.net/rapid"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// The table answers as a search through all attached networks does: the longest
// that covers the destination, the first of equal ones, and split if a part of
// the destination is attached by itself.
func TestAttachedIsASearch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := &topology.Link{Kind: topology.TGW}
		for i := range rapid.IntRange(0, 6).Draw(t, "VPCs") {
			l.VPCs = append(l.VPCs, &topology.VPC{Name: fmt.Sprint("v", i), CIDR: anyNetwork(t)})
		}
		for i := range rapid.IntRange(0, 2).Draw(t, "sites") {
			l.Sites = append(l.Sites, &topology.Site{Name: fmt.Sprint("s", i), CIDR: anyNetwork(t)})
		}
		dst := anyNetwork(t)
		got, length := attachedTo(l).longest(dst)
		want, wantLength := searched(l, dst)
		if got != want || length != wantLength {
			t.Fatalf("%s in %v: split %v, /%d; want split %v, /%d", dst, attachedTo(l).sorted, got.split, length, want.split, wantLength)
		}
	})
}

// anyNetwork draws one of few networks, so that they meet.
func anyNetwork(t *rapid.T) netip.Prefix {
	addr := netip.AddrFrom4([4]byte{10, byte(rapid.IntRange(0, 3).Draw(t, "b")) << 6, byte(rapid.IntRange(0, 1).Draw(t, "c")) << 7, 0})
	p, _ := addr.Prefix(rapid.SampledFrom([]int{7, 8, 9, 10, 16, 17, 24, 32}).Draw(t, "length"))
	return p
}

// searched is longest without a table.
func searched(l *topology.Link, dst netip.Prefix) (best attachment, length int) {
	length = -1
	split := false
	take := func(p netip.Prefix, to attachment) {
		switch {
		case p.Bits() > dst.Bits():
			split = split || netset.Overlap(p, dst)
		case p.Bits() > length && netset.Covers(p, dst):
			best, length = to, p.Bits()
		}
	}
	for _, v := range l.VPCs {
		take(v.CIDR, attachment{vpc: v, found: true})
	}
	for _, s := range l.Sites {
		take(s.CIDR, attachment{spot: spot{site: s}, found: true})
	}
	best.split = split
	return best, length
}
