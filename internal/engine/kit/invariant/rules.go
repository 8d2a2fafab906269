package invariant

import (
	"net/netip"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/kit/script"
	"github.com/deguchi-project/deguchi/internal/model/config"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

type (
	node     = yamldoc.Node
	listener = config.Listener
)

// readConfiguration returns the proxies' configuration, if it stands in the template,
// and what is wrong with it: in a parameter, or in user data.
func (f *finder) readConfiguration() (*config.Config, *Resource, reason.Because) {
	for _, p := range f.Of("AWS::SSM::Parameter") {
		if source := written(find(p.Props, "Value")); strings.Contains(source, "listen:") {
			cfg, problem := f.parse(p.ID, source)
			return cfg, p, problem
		}
	}
	for _, t := range f.Of(typeTemplate) {
		start, _ := started(find(t.Props, "LaunchTemplateData", "UserData"))
		for _, source := range script.Texts(start) {
			if !strings.Contains(source, "listen:") {
				continue
			}
			if cfg, _ := f.parse(t.ID, source); cfg != nil { // others have files with listen, too
				return cfg, t, reason.Because{}
			}
		}
	}
	return nil, nil, reason.Because{}
}

// written is the text that a parameter has, empty if that is not known.
func written(value *node) string {
	switch {
	case value == nil || value.Tag != "" || value.Kind == yamldoc.Broken:
		return ""
	case value.Kind == yamldoc.Map: // what yamlencode is called with
		return yamldoc.Write(value)
	}
	return value.Text
}

// parse returns the configuration that source is, or the first thing that is wrong.
func (f *finder) parse(name, source string) (*config.Config, reason.Because) {
	cfg, problems := config.Parse(name, []byte(source), f.options.Now)
	diag.Sort(problems)
	for _, x := range problems {
		if x.Severity == diag.Error {
			return nil, x.Summary
		}
	}
	return cfg, reason.Because{}
}

// configurationOf finds a configuration with which the proxies do not start, or
// that does not fit its place.
func configurationOf(f *finder) {
	p := f.cfgFrom
	if p == nil || p.Type != "AWS::SSM::Parameter" {
		return
	}
	if f.cfg == nil {
		f.fail(p.Place("Value"), say("DG6509", p.ID).With(f.cfgProblem), hint("DG6509"))
	}
	const standard, advanced = 4096, 8192 // bytes (Systems Manager user guide, "Managing parameter tiers")
	value := written(find(p.Props, "Value"))
	tier, _ := text(p.Props, "Tier")
	if len(value) > advanced || len(value) > standard && tier != "Advanced" && tier != "Intelligent-Tiering" {
		f.fail(p.Place("Tier"), say("DG6509.size", p.ID, itoa(len(value))), hint("DG6509.size"))
	}
}

// trusted finds listeners that do not believe the load balancer, or believe
// clients: with the addresses of clients preserved, the PROXY header comes from
// them.
func trusted(f *finder) {
	if f.cfg == nil {
		return
	}
	for _, l := range f.cfg.Listen {
		if l.Proxy == config.ProxyOff {
			continue
		}
		for _, subnet := range f.balancerNetworks() {
			if !covers(l.Trust, subnet) {
				f.fail(f.cfgPlace(), say("DG6205.trust", subnet.String()), hint("DG6205.trust"))
			}
		}
	}
	for _, g := range f.Of(typeTargets) {
		const keeps = "preserve_client_ip.enabled"
		v, set := f.attribute(g, "TargetGroupAttributes", keeps)
		if set && textOf(v) == "true" {
			f.fail(v, say("DG6205.preserve", g.ID), hint("DG6205.preserve", f.Spell(keeps)))
		} else if l := f.listens(g); !set && l != nil && l.Proxy != config.ProxyOff { // on by default for instances by TCP
			f.fail(g.At, say("DG6205.preserve", g.ID), hint("DG6205.preserve", f.Spell(keeps)))
		}
	}
}

// cfgPlace is where the configuration stands.
func (f *finder) cfgPlace() *node {
	if f.cfgFrom.Type == typeTemplate {
		return f.cfgFrom.Place("LaunchTemplateData", "UserData")
	}
	return f.cfgFrom.Place("Value")
}

// covers reports whether one of networks holds all of p.
func covers(networks []netip.Prefix, p netip.Prefix) bool {
	for _, n := range networks {
		if n.Bits() <= p.Bits() && n.Overlaps(p) {
			return true
		}
	}
	return false
}

// balancerNetworks are the subnets of load balancers, as far as they are known.
func (f *finder) balancerNetworks() (all []netip.Prefix) {
	for _, l := range f.Of(typeBalancer) {
		subnets, _ := items(l.Props, "Subnets")
		all = append(all, f.networks(subnets)...)
	}
	return all
}

// networks are the ranges of subnets, as far as they are known.
func (f *finder) networks(subnets []*node) (all []netip.Prefix) {
	for _, n := range subnets {
		if s := f.To(n); s != nil {
			value, _ := text(s.Props, "CidrBlock")
			if p, err := netip.ParsePrefix(value); err == nil {
				all = append(all, p)
			}
		}
	}
	return all
}
