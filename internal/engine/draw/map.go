package draw

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

const (
	mapLimit = 760 // pixels of a line of subnets
	sameMost = 6   // nodes of one kind that are drawn in one place; the rest is counted
)

// atlas draws a topology: sites, then VPCs by Region, below each other, and
// beside them the links.
type atlas struct {
	t   *topology.Topology
	say speaker
	p   *picture
	// drawn is where the networks stand.
	drawn map[place]rect
}

// mapped draws t.
func mapped(t *topology.Topology, title string, say speaker) *picture {
	a := &atlas{t: t, say: say, p: &picture{title: plain(title), w: leastWidth}, drawn: map[place]rect{}}
	a.p.desc = say.word("map")
	y := a.p.head(margin)
	networks, blocks := a.networks()
	wide := 0
	for i := range blocks {
		wide = max(wide, blocks[i].w)
		blocks[i].h = max(blocks[i].h, 2*blockPad+linkHigh*len(a.links(networks[i])))
	}
	for i := range blocks {
		blocks[i].w = wide
	}
	a.stack(networks, blocks, y)
	a.join(networks, margin+wide+blockPad)
	a.p.fit(margin)
	return a.p
}

// networks returns the sites and then the VPCs by Region, with a block for each.
func (a *atlas) networks() ([]place, []block) {
	var networks []place
	var blocks []block
	for _, s := range a.t.Sites {
		networks, blocks = append(networks, place{site: s}), append(blocks, a.site(s))
	}
	byRegion := func(v, w *topology.VPC) int { return cmp.Compare(v.Region, w.Region) }
	for _, v := range slices.SortedStableFunc(slices.Values(a.t.VPCs), byRegion) {
		networks, blocks = append(networks, place{vpc: v}), append(blocks, a.vpc(v))
	}
	return networks, blocks
}

// stack draws blocks below each other, VPCs of one Region in an area.
func (a *atlas) stack(networks []place, blocks []block, y int) {
	for i := 0; i < len(blocks); {
		if networks[i].site != nil {
			a.network(networks[i], &blocks[i], margin+blockPad, y)
			y += blocks[i].h + blockGap
			i++
			continue
		}
		region, end := networks[i].vpc.Region, i
		box := areaBlock(regionArea, labels(a.say.word("area.region", region)), nil, 0)
		top := box.h
		for ; end < len(blocks) && networks[end].vpc.Region == region; end++ {
			box.h += blocks[end].h + blockGap
		}
		box.h -= blockGap
		a.p.areas = append(a.p.areas, area{rect{margin, y, blocks[i].w + 2*blockPad, box.h}, regionArea})
		a.p.write(margin+labelPad, y+5, strong, box.label[0].text)
		for at := y + top - blockPad; i < end; i++ {
			a.network(networks[i], &blocks[i], margin+blockPad, at)
			at += blocks[i].h + blockGap
		}
		y += box.h + blockGap
	}
}

func (a *atlas) network(n place, b *block, x, y int) {
	b.draw(a.p, x, y)
	a.drawn[n] = rect{x, y, b.w, b.h}
}

func (a *atlas) site(s *topology.Site) block {
	inside := a.standing(place{site: s})
	if s.Internet.V {
		inside = append(inside, nodeBlock(cell{caption: caption{kind: a.say.word("hop.internet")}, shape: cloudShape}))
	}
	return areaBlock(siteArea, labels(a.say.word("area.site", s.Name), s.CIDR.String()), inside, mapLimit)
}

func (a *atlas) vpc(v *topology.VPC) block {
	var inside []block
	for _, s := range v.Subnets {
		inside = append(inside, a.subnet(s))
	}
	if v.IGW.V {
		inside = append(inside, nodeBlock(cell{caption: caption{kind: a.say.word("hop.igw")}, shape: pillShape}))
	}
	name := labels(a.say.word("area.vpc", v.Name), v.CIDR.String())
	return areaBlock(vpcArea, name, a.capped(inside, 2*sameMost), mapLimit)
}

func (a *atlas) subnet(s *topology.Subnet) block {
	var routes []string
	for _, r := range s.Routes {
		routes = append(routes, r.Text+" → "+r.Target.Text)
	}
	inside := a.standing(in(s))
	if s.NAT.V.Here {
		inside = append(inside, nodeBlock(cell{caption: caption{kind: a.say.word("hop.nat")}, shape: pillShape}))
	}
	var endpoints []block
	for _, e := range s.VPC.Endpoints {
		if slices.Contains(e.Subnets, s) {
			c := caption{kind: endpointWords(e, a.say), name: e.Name}
			if e.Service != nil && e.Service.NLB != nil {
				c.detail = "→ " + e.Service.NLB.Name
			}
			endpoints = append(endpoints, nodeBlock(cell{caption: c, shape: cutShape}))
		}
	}
	inside = append(inside, a.capped(endpoints, sameMost)...)
	name := labels(a.say.word("area.subnet", s.Name), s.CIDR.String(), strings.Join(routes, ", "))
	return areaBlock(subnetArea, name, inside, mapLimit/2)
}

// standing returns the nodes of clients, load balancers and proxies in p.
func (a *atlas) standing(p place) []block {
	var clients, nlbs, proxies []block
	add := func(to *[]block, kind route.HopKind, name, detail string) {
		c := cell{caption: caption{kind: a.say.word("hop." + string(kind)), name: name, detail: detail}, shape: shapeOf(kind)}
		*to = append(*to, nodeBlock(c))
	}
	for _, c := range a.t.Clients {
		if spot(c.At) == p {
			add(&clients, route.ClientHop, c.Name, next(c.Proxy))
		}
	}
	for _, n := range a.t.NLBs {
		if p.subnet != nil && slices.Contains(n.At, p.subnet) {
			kind := route.NLBHop
			if n.ALB.V {
				kind = route.ALBHop
			}
			var targets []string
			for _, t := range n.Targets {
				targets = append(targets, t.Name)
			}
			add(&nlbs, kind, n.Name, "→ "+strings.Join(targets, ", "))
		}
	}
	for _, x := range a.t.Proxies {
		if spot(x.At) == p {
			add(&proxies, route.ProxyHop, x.Name, next(x.Parent))
		}
	}
	return slices.Concat(a.capped(clients, sameMost), a.capped(nlbs, sameMost), a.capped(proxies, sameMost))
}

// next returns what a client or proxy hands its requests to.
func next(via topology.Setting[topology.Via]) string {
	if !via.Is() {
		return ""
	}
	return "→ " + via.V.Text
}

// capped returns the first of blocks, and a node that counts the rest.
func (a *atlas) capped(blocks []block, most int) []block {
	if len(blocks) <= most {
		return blocks
	}
	more := cell{caption: caption{kind: a.say.word("more", strconv.Itoa(len(blocks)-most+1))}, shape: boxShape, look: dashed}
	return append(slices.Clip(blocks[:most-1]), nodeBlock(more))
}
