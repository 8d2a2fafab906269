package sizing

import (
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/kit"
	"github.com/deguchi-project/deguchi/internal/model/kitfile"
)

// bill adds up a month.
func (a *Answer) bill(p *kit.Plan) {
	k, prices, hours := p.Kit, a.Prices, float64(a.Prices.Hours)
	gb := float64(a.Load.GB)
	add := func(name string, n float64, price *float64, times float64, by string) {
		if n == 0 {
			return
		}
		line := Line{Name: name, Count: n, Hourly: price, PaidBy: by}
		if price != nil {
			monthly := n * *price * times
			line.Monthly = &monthly
			a.Total += monthly
		} else {
			a.Complete = false
		}
		a.Bill = append(a.Bill, line)
	}
	const fleet = "fleet"
	add("instances", float64(a.Instances), prices.Instances[a.Type].Hourly, hours, fleet)
	if k.Exit == kitfile.Internet {
		add("addresses", float64(a.Instances), prices.Address, hours, fleet)
	}
	add("balancer", 1, prices.Balancer, hours, fleet)
	add("nlcu", a.units(), prices.NLCU, hours, fleet)
	if k.Exit == kitfile.NAT {
		add("nat", float64(a.Zones), prices.NAT, hours, fleet)
		add("nat-addresses", float64(a.Zones), prices.Address, hours, fleet)
		add("nat-gb", gb, prices.NATGB, 1, fleet)
	}
	endpoints := float64(len(p.Own) + len(p.Others))
	add("endpoints", endpoints*float64(a.Zones), prices.Endpoint, hours, fleet)
	if k.Exit == kitfile.Closed && endpoints > 0 {
		add("endpoint-gb", gb, prices.EndpointGB, 1, fleet)
	}
	for _, c := range k.Consumers {
		add("consumer", float64(len(c.Zones)), prices.Endpoint, hours, c.Name.V)
	}
	if len(k.Consumers) > 0 {
		add("consumer-gb", gb, prices.EndpointGB, 1, "consumers")
	}
}

// units are the load balancer's, by the largest of its three measures.
func (a *Answer) units() float64 {
	return max(float64(a.Load.New)/perNLCU, float64(a.Load.Tunnels)/openPerNLCU, float64(a.Load.GB)/float64(a.Prices.Hours))
}

// count is a number with its thousands apart.
func count(n int) string {
	text := strconv.Itoa(n)
	var parts []string
	for len(text) > 3 {
		parts = append([]string{text[len(text)-3:]}, parts...)
		text = text[:len(text)-3]
	}
	return strings.Join(append([]string{text}, parts...), ",")
}

// amount is a number with as much of a fraction as tells something.
func amount(v float64) string {
	digits := 0
	switch {
	case v == 0:
	case v < 0.1:
		digits = 4
	case v < 10:
		digits = 2
	case v < 100:
		digits = 1
	}
	return strconv.FormatFloat(v, 'f', digits, 64)
}
