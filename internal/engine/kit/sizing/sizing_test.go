package sizing_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/engine/kit/kittest"
	"github.com/deguchi-project/deguchi/internal/engine/kit/sizing"
)

func prices(t *testing.T) *sizing.Prices {
	t.Helper()
	p, problems := sizing.Read("prices.yaml", sizing.Default)
	if p == nil {
		t.Fatalf("the built-in prices: %v", kittest.Lines(problems))
	}
	return p
}

// TestFor: what decides is the limit that comes first, and one zone may go.
func TestFor(t *testing.T) {
	cases := map[string]struct {
		kit       string
		load      sizing.Load
		instances int
		decides   string
	}{
		"nothing, and still one in every zone":    {kittest.Closed, sizing.Load{}, 2, "memory"},
		"55,000 tunnels fit one target":           {kittest.Closed, sizing.Load{Tunnels: 43000}, 2, "memory"},
		"more memory than one t4g.small has":      {kittest.Closed, sizing.Load{Tunnels: 44000}, 4, "memory"},
		"ports run out before processors":         {kittest.Closed, sizing.Load{New: 1000}, 4, "ports"},
		"three zones, of which two must carry it": {kittest.NAT, sizing.Load{Tunnels: 120000}, 6, "ports"},
		"bytes take processors":                   {kittest.Closed, sizing.Load{GB: 40_000_000}, 34, "processors"},
	}
	for why, c := range cases {
		t.Run(why, func(t *testing.T) {
			a := sizing.For(kittest.Plan(t, c.kit), c.load, prices(t))
			most := slices.MaxFunc(a.Limits, func(x, y sizing.Limit) int { return x.Instances - y.Instances })
			if a.Instances != c.instances || most.Name != c.decides {
				t.Errorf("For(%+v) = %d instances by %s, want %d by %s: %+v", c.load, a.Instances, most.Name, c.instances, c.decides, a.Limits)
			}
		})
	}
}

// TestBill: the sums of the table in which the prices stand, done by hand.
func TestBill(t *testing.T) {
	a := sizing.For(kittest.Plan(t, kittest.Closed), sizing.Load{Tunnels: 1000, New: 80, GB: 730}, prices(t))
	want := map[string]float64{
		"instances": 2 * 0.0168 * 730, "balancer": 0.0225 * 730, "nlcu": 1 * 0.006 * 730,
		"endpoints": 6 * 2 * 0.010 * 730, "endpoint-gb": 730 * 0.010,
	}
	total := 0.0
	for _, l := range a.Bill {
		if l.Monthly == nil || math.Abs(*l.Monthly-want[l.Name]) > 1e-9 {
			t.Errorf("%s = %+v, want %.2f", l.Name, l, want[l.Name])
		}
		total += want[l.Name]
		delete(want, l.Name)
	}
	if len(want) > 0 || math.Abs(a.Total-total) > 1e-9 || !a.Complete {
		t.Errorf("Total = %.2f of %.2f; missing %v", a.Total, total, want)
	}
}

// TestUnknown: a price that nobody gave makes the sum a part, never nothing.
func TestUnknown(t *testing.T) {
	a := sizing.For(kittest.Plan(t, kittest.NAT), sizing.Load{Tunnels: 10}, prices(t)) // c7i.large has no price
	if a.Complete || a.Total == 0 {
		t.Errorf("Total = %.2f, complete %v; want a part", a.Total, a.Complete)
	}
	own := strings.Replace(string(sizing.Default), "  c7i.large: {processors: 2, memory: 4}", "  m5.large: {processors: 2, memory: 8}", 1)
	p, problems := sizing.Read("own.yaml", []byte(own))
	if p == nil {
		t.Fatal(kittest.Lines(problems))
	}
	a = sizing.For(kittest.Plan(t, kittest.NAT), sizing.Load{Tunnels: 10}, p)
	if len(a.Limits) != 1 || len(a.Warnings) != 2 || a.Warnings[0].Code != "size.region" || a.Warnings[1].Code != "size.unknown" {
		t.Errorf("a type that nobody knows: %+v, %v", a.Limits, a.Warnings)
	}
}

// TestRead: what is wrong with prices has its place.
func TestRead(t *testing.T) {
	for old, to := range map[string]string{"nat: 0.045": "nat: cheap", "hours: 730": "hours: 9000", "nlcu:": "ncu:"} {
		_, problems := sizing.Read("prices.yaml", []byte(strings.Replace(string(sizing.Default), old, to, 1)))
		if len(problems) != 1 || problems[0].Pos.Line < 2 {
			t.Errorf("%q for %q: %v", to, old, kittest.Lines(problems))
		}
	}
}

// FuzzRead: a price that is taken is one to reckon with, and a file that is not
// taken says where it is wrong.
func FuzzRead(f *testing.F) {
	f.Add(sizing.Default)
	for _, price := range []string{"NaN", ".nan", "inf", "-0", "1e7", "0x1p-2", "1_0", "null", "[1]"} {
		f.Add([]byte("version: 1\nregion: x\ntaken: y\nsource: z\ninstances: {a: {processors: 1, memory: 1, hourly: " + price + "}}\nnat: " + price + "\n"))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		p, problems := sizing.Read("f", src)
		if (p == nil) != (len(problems) > 0) {
			t.Fatalf("%q: %+v with problems %v", src, p, problems)
		}
		if p == nil {
			return
		}
		prices := []*float64{p.Address, p.Balancer, p.NLCU, p.NAT, p.NATGB, p.Endpoint, p.EndpointGB}
		for _, i := range p.Instances {
			prices = append(prices, i.Hourly)
		}
		for _, v := range prices {
			if v != nil && !(*v >= 0 && *v <= 1e6) {
				t.Fatalf("%q has a price of %v", src, *v)
			}
		}
	})
}
