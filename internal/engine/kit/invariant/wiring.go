package invariant

import (
	"slices"
	"strconv"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// scheme finds a load balancer that the internet reaches, which is the default.
func scheme(f *finder) {
	for _, l := range f.Of(typeBalancer) {
		s, known := text(l.Props, "Scheme")
		if find(l.Props, "Scheme") == nil || known && s != "internal" {
			f.fail(l.Place("Scheme"), say("DG6209", l.ID), hint("DG6209"))
		}
	}
}

// wiring finds parts between clients and proxies that lead nowhere.
func wiring(f *finder) {
	if len(f.Of(typeBalancer)) == 0 {
		return
	}
	served, forwarded := make(map[*Resource]bool), make(map[*Resource]bool)
	complete := true // nothing that only the deployment knows
	for _, l := range f.Of(typeListener) {
		b := find(l.Props, "LoadBalancerArn")
		if served[f.To(b)] = true; f.To(b) == nil {
			complete = false
		}
		actions, known := items(l.Props, "DefaultActions")
		complete = complete && known
		for _, a := range actions {
			if kind, ok := text(a, "Type"); ok && kind != "forward" {
				f.fail(find(a, "Type"), say("DG6213.forward", l.ID, kind), hint("DG6213"))
			}
			if g := f.To(find(a, "TargetGroupArn")); g != nil {
				forwarded[g] = true
			} else {
				complete = false
			}
		}
	}
	for _, l := range f.Of(typeBalancer) {
		if complete && !served[l] && len(f.Of(typeFleet)) > 0 {
			f.fail(l.At, say("DG6213.listener", l.ID), hint("DG6213"))
		}
	}
	for _, fleet := range f.Of(typeFleet) {
		targets, known := items(fleet.Props, "TargetGroupARNs")
		if known && len(targets) == 0 {
			f.fail(fleet.At, say("DG6213", fleet.ID), hint("DG6213"))
		}
		for _, n := range targets {
			g := f.To(n)
			if g == nil {
				continue
			}
			if complete && !forwarded[g] {
				f.fail(g.At, say("DG6213.targets", g.ID), hint("DG6213"))
			}
			if kind, ok := text(g.Props, "TargetType"); ok && kind != "instance" {
				f.fail(g.Place("TargetType"), say("DG6213.type", g.ID, kind), hint("DG6213.type"))
			}
		}
	}
	for _, s := range f.Of("AWS::EC2::VPCEndpointService") {
		arns, known := items(s.Props, "NetworkLoadBalancerArns")
		if known && (len(arns) == 0 || slices.ContainsFunc(arns, func(n *node) bool { return f.To(n) != nil && f.To(n).Type != typeBalancer })) {
			f.fail(s.Place("NetworkLoadBalancerArns"), say("DG6213.service", s.ID), hint("DG6213"))
		}
	}
}

// ports finds ports that differ from clients to proxies.
func ports(f *finder) {
	for _, g := range f.Of(typeTargets) {
		port, known := text(g.Props, "Port")
		if known && f.cfg != nil && !slices.ContainsFunc(f.cfg.Listen, func(l listener) bool {
			host, own, _ := cutPort(l.Address)
			return own == port && everywhere(host)
		}) {
			f.fail(g.Place("Port"), say("DG6210", g.ID, port), hint("DG6210"))
		}
		if n, err := strconv.Atoi(port); known && (err != nil || n < 1 || n > 65535) {
			f.fail(g.Place("Port"), say("DG6203", f.Spell("Port"), port, "1", "65535"), reason.Because{})
		}
	}
	for _, l := range f.Of(typeListener) {
		port, known := text(l.Props, "Port")
		actions, _ := items(l.Props, "DefaultActions")
		for _, a := range actions {
			g := f.To(find(a, "TargetGroupArn"))
			if g == nil {
				continue
			}
			if target, ok := text(g.Props, "Port"); ok && known && target != port {
				f.warn(l.Place("Port"), say("DG6210.listener", l.ID, port, g.ID, target), hint("DG6210.listener"))
			}
		}
	}
}
