package check

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/model/topology"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// zoneForwardedWhole notes sites that let a VPC answer for all of AWS's names
// and have clients without a proxy: a service without an endpoint there resolves
// to public addresses, to which the site has no way.
//
// facts: forwarding all of amazonaws.com sends services without endpoint to
// addresses that a closed site cannot route (Route 53 guide, forwarding to VPCs).
func zoneForwardedWhole(f *finder) {
	for _, s := range f.t.Sites {
		public := slices.ContainsFunc(f.t.Links, func(l *topology.Link) bool { return l.Kind == topology.DXPublic && l.JoinsSite(s) })
		direct := slices.IndexFunc(f.t.Clients, func(c *topology.Client) bool { return c.At.Site == s && c.Proxy.State == topology.NotWritten })
		if s.Internet.V || public || direct < 0 {
			continue
		}
		for _, z := range s.DNS.Forward {
			if z.Zone != "" && !everyService(z.Zone) || !z.Inbound || !f.strands(f.t.Clients[direct], z) {
				continue
			}
			key := yamldoc.At[string]{Pos: z.Pos, Len: len(zoneKey(z.Zone))}
			f.addAt(diag.Note, key, say("DG3408", s.Name, zoneKey(z.Zone), z.VPC.Name)).Hint = say("DG3408.hint", zonesOf(z.VPC))
		}
	}
}

// strands reports whether one of the common services is out of c's reach.
func (f *finder) strands(c *topology.Client, z topology.SiteForward) bool {
	return slices.ContainsFunc(common, func(service string) bool {
		t := f.asked.trace(f.asked.plain[c], regional(service, z.VPC.Region), "/")
		return t.DNS.Answer == "public" && lost(t.Verdict)
	})
}

// zonesOf lists the zones of the endpoints in v.
func zonesOf(v *topology.VPC) string {
	var zones []string
	for _, e := range v.Endpoints {
		for _, name := range privateNames(e) {
			zones = append(zones, strings.TrimPrefix(name, "*."))
		}
	}
	slices.Sort(zones)
	return strings.Join(slices.Compact(zones), ", ")
}
