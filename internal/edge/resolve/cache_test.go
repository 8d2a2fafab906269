package resolve

import (
	"fmt"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// TestCache asks for a name, lets time pass, and asks again: was the server
// asked again?
func TestCache(t *testing.T) {
	const day = 24 * time.Hour
	soa := func(ttl, minimum int) string {
		return fmt.Sprintf("example. %d IN SOA ns.example. root.example. 1 2 3 4 %d", ttl, minimum)
	}
	tests := map[string]struct {
		server dns.HandlerFunc
		passes time.Duration
		again  bool
	}{
		"within the TTL":                         {zone(0, "a.example. 60 IN A 192.0.2.1", "a.example. 60 IN AAAA 2001:db8::1"), 59 * time.Second, false},
		"at the end of the TTL":                  {zone(0, "a.example. 60 IN A 192.0.2.1", "a.example. 60 IN AAAA 2001:db8::1"), 60 * time.Second, true},
		"the smaller TTL of both families":       {zone(0, "a.example. 60 IN A 192.0.2.1", "a.example. 5 IN AAAA 2001:db8::1"), 5 * time.Second, true},
		"the smallest TTL on the way":            {zone(0, "a.example. 5 IN CNAME b.example.", "b.example. 60 IN A 192.0.2.1"), 5 * time.Second, true},
		"TTL 0 is for those who asked":           {zone(0, "a.example. 0 IN A 192.0.2.1"), 0, true},
		"a TTL with the highest bit set is 0":    {zone(0, "a.example. 2147483648 IN A 192.0.2.1"), 0, true},
		"a long TTL within the hour":             {zone(0, "a.example. 86400 IN A 192.0.2.1"), time.Hour - 1, false},
		"a long TTL after the hour":              {zone(0, "a.example. 86400 IN A 192.0.2.1"), time.Hour, true},
		"no such name, within the SOA's minimum": {zone(dns.RcodeNameError, soa(60, 20)), 19 * time.Second, false},
		"no such name, after the SOA's minimum":  {zone(dns.RcodeNameError, soa(60, 20)), 20 * time.Second, true},
		"no such name, after the SOA's own TTL":  {zone(dns.RcodeNameError, soa(10, 20)), 10 * time.Second, true},
		"no such name is believed for a minute":  {zone(dns.RcodeNameError, soa(86400, 86400)), time.Minute, true},
		"no address, within the SOA's minimum":   {zone(0, soa(60, 20)), 19 * time.Second, false},
		"no SOA, nothing to believe":             {zone(dns.RcodeNameError), 0, true},
		"the SOA of another zone does not count": {zone(dns.RcodeNameError, "other. 60 IN SOA ns.other. root.other. 1 2 3 4 60"), 0, true},
		"a failure is not kept":                  {zone(dns.RcodeServerFailure, soa(60, 60)), 0, true},
		"a year":                                 {zone(0, "a.example. 31536000 IN A 192.0.2.1"), 365 * day, true},
	}
	for why, tt := range tests {
		t.Run(why, func(t *testing.T) {
			var c clock
			var asked atomic.Int32
			server := serve(t, func(w dns.ResponseWriter, q *dns.Msg) { asked.Add(1); tt.server(w, q) })
			r := newResolver(t, Options{Servers: []string{server}, Cache: 10, now: c.now})
			first, err1 := lookup(t, r, "a.example")
			before := asked.Load()
			c.advance(tt.passes)
			second, err2 := lookup(t, r, "A.EXAMPLE.")
			if again := asked.Load() > before; again != tt.again {
				t.Errorf("asked again after %v: %t, want %t", tt.passes, again, tt.again)
			}
			if fmt.Sprint(first) != fmt.Sprint(second) || (err1 == nil) != (err2 == nil) {
				t.Errorf("second Lookup = %v, %v; the first was %v, %v", second, err2, first, err1)
			}
		})
	}
}

func TestFailedRefreshLeavesNothingBehind(t *testing.T) {
	var c clock
	var broken atomic.Bool
	server := serve(t, func(w dns.ResponseWriter, q *dns.Msg) {
		if broken.Load() {
			zone(dns.RcodeServerFailure)(w, q)
			return
		}
		zone(0, "a.example. 5 IN A 192.0.2.1")(w, q)
	})
	r := newResolver(t, Options{Servers: []string{server}, Cache: 10, now: c.now})
	if _, err := lookup(t, r, "a.example"); err != nil {
		t.Fatal(err)
	}
	broken.Store(true)
	c.advance(5 * time.Second)
	if got, err := lookup(t, r, "a.example"); err == nil {
		t.Errorf("Lookup after the TTL, server broken = %v, want an error", got)
	}
	if s := r.Stats(); s.Names != 0 {
		t.Errorf("Stats().Names = %d, want 0", s.Names)
	}
}

func TestCacheKeepsTheNamesAskedForLast(t *testing.T) {
	var k clock
	c := newCache(2, k.now)
	f := found{addrs: []netip.Addr{netip.IPv6Loopback()}, ttl: time.Minute}
	c.put("a", f)
	c.put("b", f)
	c.get("a")
	c.put("c", f)
	for name, want := range map[string]bool{"a": true, "b": false, "c": true} {
		if _, ok := c.get(name); ok != want {
			t.Errorf("get(%q) = %t, want %t", name, ok, want)
		}
	}
	for i := range 1000 {
		c.put(fmt.Sprint(i), f)
	}
	if c.len() != 2 || len(c.names) != 2 {
		t.Errorf("names = %d, index = %d, want 2", c.len(), len(c.names))
	}
}

// Names that somebody makes up push out each other, and not what others ask for
// again and again; also when each of them is found.
func TestMadeUpNamesPushOutEachOther(t *testing.T) {
	var k clock
	c := newCache(100, k.now)
	f := found{addrs: []netip.Addr{netip.IPv6Loopback()}, ttl: time.Minute}
	used := func(i int) string { return fmt.Sprintf("used%d.example", i) }
	for i := range 50 {
		c.put(used(i), f)
		c.get(used(i))
	}
	for i := range 100_000 {
		c.put(fmt.Sprintf("r%d.example", i), f)
	}
	for i := range 50 {
		if _, ok := c.get(used(i)); !ok {
			t.Errorf("%s was pushed out", used(i))
		}
	}
	if _, ok := c.get("r99999.example"); !ok || c.len() != 100 || len(c.names) != 100 {
		t.Errorf("names = %d, index = %d, want 100 with the last one", c.len(), len(c.names))
	}
	for i := range 1000 { // the next day's names take the place of these
		c.put(fmt.Sprintf("new%d.example", i), f)
		c.get(fmt.Sprintf("new%d.example", i))
	}
	if _, ok := c.get(used(0)); ok || c.len() != 100 || c.again.Len() > 75 {
		t.Errorf("names = %d, of them %d asked for again; want 100 and 75, none of yesterday's", c.len(), c.again.Len())
	}
}

func TestStats(t *testing.T) {
	r := newResolver(t, Options{Servers: []string{serve(t, zone(0, "a.example. 60 IN A 192.0.2.1"))}, Cache: 10})
	for _, name := range []string{"a.example", "a.example", "a..example"} {
		_, _ = lookup(t, r, name)
	}
	s := r.Stats()
	if s.Lookups != 3 || s.Queries != 2 || s.Hits != 1 || s.Names != 1 || s.Failures["bad-name"] != 1 || len(s.Failures) != len(kinds) {
		t.Errorf("Stats = %+v, want 3 lookups, 2 queries, 1 hit, 1 name, 1 bad name", s)
	}
}

func BenchmarkLookupCached(b *testing.B) {
	r, err := New(Options{Servers: []string{"127.0.0.1:9"}, Cache: 10})
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	r.cache.put("ssm.ap-northeast-1.amazonaws.com", found{addrs: make([]netip.Addr, 2), ttl: time.Hour})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Lookup(b.Context(), "ssm.ap-northeast-1.amazonaws.com"); err != nil {
			b.Fatal(err)
		}
	}
}
