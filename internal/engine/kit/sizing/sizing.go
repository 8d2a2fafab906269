// Package sizing says how large the fleet of a kit must be for a stated load, which
// of its limits comes first, and what it costs in a month. Every figure that it
// reckons with is an assumption that the answer names, with where it is from; what
// nobody knows makes the answer "at least", never nothing.
//
// It is arithmetic on documented limits and on what was measured of the proxy; it
// promises no throughput.
package sizing

import (
	"math"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/kit"
	"github.com/deguchi-project/deguchi/internal/model/kitfile"
)

// Load is what the fleet is to carry.
type Load struct {
	Tunnels int // open at the same time, most of them silent
	New     int // connections a second
	GB      int // a month, both ways
}

// What is reckoned with. The first three were measured (README, "What it costs":
// 2026-11-22, 2 cores, loopback), each with its worst figure.
const (
	memoryPerTunnel = 8.8     // kB of the process
	cpuPerNew       = 1.44e-4 // seconds of a processor
	cpuPerGB        = 0.27    // seconds of a processor
	kernelPerTunnel = 16      // kB of two sockets, as slab, measured the same day
	share           = 0.5     // of memory and processors that may be full; the fleet grows at 50 %
	peak            = 4       // times the mean of a month's bytes that the busiest hour has
	// Network Load Balancer guide, "Target groups", read 2023-06: connections, or
	// new ones in a minute, of one node's address to one target.
	portsPerTarget = 55000
	portsPerNAT    = 55000 // NAT gateway guide: of one address to one destination
	perNLCU        = 800   // new connections a second; or 100,000 open, or 1 GB an hour (ELB pricing, 2026-09-20)
	openPerNLCU    = 100000
	perEndpoint    = 10 // Gbit/s of an interface endpoint in a zone, before it grows (PrivateLink guide)
)

// Limit is one thing that may run out, with how many instances it asks for.
type Limit struct {
	Name      string // memory, processors, ports
	Instances int
	Because   reason.Because
}

// Line is one line of the bill. Monthly is nil where a price is unknown.
type Line struct {
	Name    string
	Count   float64
	Hourly  *float64 // of each, or of a GB
	Monthly *float64
	PaidBy  string // fleet, or the consumer's name
}

// Answer is what a load comes to.
type Answer struct {
	Load      Load
	Zones     int
	Type      string
	Limits    []Limit // nil if nobody knows what the type has
	Instances int     // with one zone lost, at least two, as many in every zone
	Ports     []Line  // how full addresses are: Count of Hourly
	Warnings  []reason.Because
	Assumed   []reason.Because
	Bill      []Line
	Total     float64
	Complete  bool // every price is known
	Prices    *Prices
}

// For returns what load comes to on the fleet of p.
func For(p *kit.Plan, load Load, prices *Prices) *Answer {
	k := p.Kit
	a := &Answer{Load: load, Zones: len(k.Zones), Type: k.Instances.Type, Prices: prices, Complete: true}
	if k.Region != prices.Region {
		a.Warnings = append(a.Warnings, say("size.region", prices.Region, k.Region))
	}
	a.fleet(k)
	a.ways(k)
	a.assumed()
	a.bill(p)
	return a
}

var say = reason.New

// fleet settles the number of instances.
func (a *Answer) fleet(k *kitfile.Kit) {
	machine, known := a.Prices.Instances[a.Type]
	need := 1
	add := func(name string, wanted float64, because reason.Because) {
		n := max(int(math.Ceil(wanted)), 1)
		a.Limits = append(a.Limits, Limit{name, n, because})
		need = max(need, n)
	}
	if known {
		bytes := float64(a.Load.Tunnels) * (memoryPerTunnel + kernelPerTunnel) * 1000
		add("memory", bytes/(float64(machine.Memory)*(1<<30)*share), say("size.memory", count(a.Load.Tunnels), amount(bytes/1e9)))
		busy := float64(a.Load.New)*cpuPerNew + a.gbPerHour()/3600*cpuPerGB
		add("processors", busy/(float64(machine.Processors)*share), say("size.processors", amount(busy)))
	} else {
		a.Warnings = append(a.Warnings, say("size.unknown", a.Type))
	}
	// All connections may come to one node: PrivateLink stays in its zone.
	ports := max(float64(a.Load.Tunnels), float64(a.Load.New)*60) / portsPerTarget
	add("ports", ports, say("size.ports", count(portsPerTarget)))
	spared := max(a.Zones-1, 1)
	per := (need + spared - 1) / spared // in every zone, so that the others carry it all
	a.Instances = max(per*a.Zones, 2)
	if a.Instances > k.Instances.Most {
		a.Warnings = append(a.Warnings, say("size.most", count(k.Instances.Most), count(a.Instances)))
	}
	if a.Zones == 1 {
		a.Warnings = append(a.Warnings, say("size.zone"))
	}
}

// gbPerHour is the busiest hour's.
func (a *Answer) gbPerHour() float64 { return float64(a.Load.GB) / float64(a.Prices.Hours) * peak }

// ways says how full the addresses on the way are.
func (a *Answer) ways(k *kitfile.Kit) {
	full := func(name string, wanted, limit float64) {
		a.Ports = append(a.Ports, Line{Name: name, Count: wanted, Hourly: &limit})
		if wanted > limit {
			a.Warnings = append(a.Warnings, say("size.full", count(int(wanted)), count(int(limit))).With(say(reason.Code("size.address."+name))))
		}
	}
	open := max(float64(a.Load.Tunnels), float64(a.Load.New)*60)
	full("nlb", open, float64(portsPerTarget*a.Instances/max(a.Zones, 1)*max(a.Zones-1, 1)))
	switch k.Exit {
	case kitfile.NAT: // all to one destination, with one zone lost
		full("nat", float64(a.Load.Tunnels), float64(portsPerNAT*max(a.Zones-1, 1)))
	case kitfile.Internet:
		const ephemeral = 65535 - 1024 + 1 - 2
		full("instance", float64(a.Load.Tunnels), float64(ephemeral*a.Instances/max(a.Zones, 1)*max(a.Zones-1, 1)))
	case kitfile.Closed:
		full("endpoint", a.gbPerHour()*8/3600, perEndpoint) // Gbit/s
	}
}

// assumed lists what was reckoned with.
func (a *Answer) assumed() {
	a.Assumed = []reason.Because{
		say("size.assume.measured", amount(memoryPerTunnel), amount(cpuPerNew*1e4), amount(cpuPerGB)),
		say("size.assume.kernel", count(kernelPerTunnel)),
		say("size.assume.share", count(int(share*100))),
		say("size.assume.peak", count(peak)),
		say("size.assume.node"),
		say("size.assume.destination"),
		say("size.assume.spare"),
		say("size.assume.nlcu", count(perNLCU), count(openPerNLCU)),
		say("size.assume.prices", a.Prices.Region, a.Prices.Taken, a.Prices.Source),
		say("size.assume.left"),
	}
}
