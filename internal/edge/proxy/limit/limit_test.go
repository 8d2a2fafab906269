package limit

import (
	"net/netip"
	"testing"
)

func ready(descriptors int64) *Limiter {
	l := &Limiter{}
	l.Init(descriptors, 0)
	return l
}

var office, other = KeyOf(netip.MustParseAddr("10.1.1.1"), ""), KeyOf(netip.MustParseAddr("10.1.1.2"), "")

// An endpoint is one client, whatever addresses its consumers choose.
func TestKeyOf(t *testing.T) {
	a, b := netip.MustParseAddr("10.1.1.1"), netip.MustParseAddr("10.1.1.2")
	if KeyOf(a, "vpce-1") != KeyOf(b, "vpce-1") || KeyOf(a, "vpce-1") == KeyOf(a, "vpce-2") || KeyOf(a, "") == KeyOf(b, "") {
		t.Error("clients are not told apart by endpoint, then by address")
	}
	l := ready(1000)
	if l.Whose(office) == 0 || l.Whose(office) == l.Whose(other) {
		t.Error("Whose tells clients not apart")
	}
}

// Each connection may come to need two descriptors.
func TestConnect(t *testing.T) {
	l := ready(1000)
	l.Descriptors.Store(4)
	for i, want := range []bool{true, true, false} {
		if got := l.Connect(); got != want {
			t.Errorf("connection %d: %v, want %v", i+1, got, want)
		}
	}
	l.Disconnect(Key{}) // the one that was refused counts until then
	l.Disconnect(Key{})
	if !l.Connect() {
		t.Error("no room for the one that takes another's place")
	}
}

// A client has its share, sixteen more are told so, the rest is not counted; others
// have theirs.
func TestEnter(t *testing.T) {
	l := ready(1000)
	const most = 3
	for i := range most + words + 5 {
		want := Served
		switch {
		case i >= most+words:
			want = None
		case i >= most:
			want = Word
		}
		if got := l.Enter(office, most); got != want {
			t.Errorf("connection %d: %d, want %d", i+1, got, want)
		}
	}
	if l.Enter(other, most) != Served {
		t.Error("another client pays for it")
	}
	for range words + 1 {
		l.Connect()
		l.Disconnect(office)
	}
	if got := l.Enter(office, most); got != Served {
		t.Errorf("after %d have gone: %d, want %d", words+1, got, Served)
	}
}

// What a client had is forgotten with its last connection.
func TestNothingIsKept(t *testing.T) {
	l := ready(1000)
	for range 2 {
		l.Connect()
		l.Enter(office, 10)
		l.Asking(office)
	}
	l.Disconnect(office)
	l.Disconnect(office)
	for i := range l.shards {
		if n := len(l.shards[i].open); n != 0 {
			t.Errorf("%d clients are still known", n)
		}
	}
}

// A client's lookups wait for its own, not for those of others.
func TestAsking(t *testing.T) {
	l := ready(1000)
	l.Enter(office, 10)
	l.Enter(other, 10)
	mine := l.Asking(office)
	if cap(mine) != Lookups || l.Asking(office) != mine || l.Asking(other) == mine {
		t.Error("the tokens are not one client's")
	}
}

func TestAcquire(t *testing.T) {
	l := ready(1000)
	if !l.Acquire(1) || l.Acquire(1) {
		t.Error("not exactly one of one")
	}
	l.Release()
	if !l.Acquire(1) {
		t.Error("none after the one has gone")
	}
}

// The one that has been nameless for longest makes room, unless it has left.
func TestNameless(t *testing.T) {
	var n Nameless
	n.Most.Store(3)
	shut := ""
	enter := func(name string) *Place {
		p, full := n.Enter(func() { shut += name })
		if full != (len(shut) > 0) {
			t.Errorf("%s: full %v, shut %q", name, full, shut)
		}
		return p
	}
	a := enter("a")
	b := enter("b")
	enter("c")
	n.Leave(b)
	enter("d")
	enter("e") // a goes
	n.Leave(a) // has no place any more
	n.Leave(nil)
	enter("f") // c goes, b had left
	if shut != "ac" {
		t.Errorf("shut %q, want a and c", shut)
	}
	g := enter("g")
	n.Hold(g, func() bool { return false })
	if n.all.Len() != 2 {
		t.Errorf("%d places, want those of e and f", n.all.Len())
	}
}
