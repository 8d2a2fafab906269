package invariant

import (
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/model/config"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// The types that checks look at.
const (
	typeBalancer = "AWS::ElasticLoadBalancingV2::LoadBalancer"
	typeTargets  = "AWS::ElasticLoadBalancingV2::TargetGroup"
	typeListener = "AWS::ElasticLoadBalancingV2::Listener"
	typeFleet    = "AWS::AutoScaling::AutoScalingGroup"
	typeHook     = "AWS::AutoScaling::LifecycleHook"
	typeTemplate = "AWS::EC2::LaunchTemplate"
	typeEndpoint = "AWS::EC2::VPCEndpoint"
	typeGroup    = "AWS::EC2::SecurityGroup"
	typeSubnet   = "AWS::EC2::Subnet"
	typeRoute    = "AWS::EC2::Route"
)

// balancerKind finds an Application Load Balancer in front of a port that is no
// web site's. It rewrites what it forwards and does not know CONNECT. Without
// Type a load balancer is one (CloudFormation reference,
// AWS::ElasticLoadBalancingV2::LoadBalancer).
func balancerKind(f *finder) {
	for _, l := range f.Of(typeBalancer) {
		kind, known := text(l.Props, "Type")
		if find(l.Props, "Type") == nil {
			kind, known = "application", true
		}
		if known && kind != "network" {
			f.fail(l.Place("Type"), say("DG6201", l.ID), hint("DG6201"))
		}
	}
	for _, l := range f.Of(typeListener) {
		if p, ok := text(l.Props, "Protocol"); ok && p != "TCP" {
			f.fail(l.Place("Protocol"), say("DG6201.listener", l.ID, p), hint("DG6201"))
		}
	}
	for _, g := range f.Of(typeTargets) {
		if p, ok := text(g.Props, "Protocol"); ok && p != "TCP" {
			f.fail(g.Place("Protocol"), say("DG6201.targets", g.ID, p), hint("DG6201"))
		}
	}
}

// healthChecks finds checks that a draining or a hanging proxy passes.
func healthChecks(f *finder) {
	for _, g := range f.Of(typeTargets) {
		protocol, known := text(g.Props, "HealthCheckProtocol")
		if find(g.Props, "HealthCheckProtocol") == nil {
			protocol, known = "TCP", true
		}
		path, hasPath := text(g.Props, "HealthCheckPath")
		switch {
		case known && protocol == "TCP":
			f.warn(g.Place("HealthCheckProtocol"), say("DG6204.tcp", g.ID), hint("DG6204"))
		case known && hasPath && path != "/readyz":
			f.warn(g.Place("HealthCheckPath"), say("DG6204", g.ID, path), hint("DG6204"))
		}
		if cfg := f.configuration(); cfg != nil {
			port, ok := text(g.Props, "HealthCheckPort")
			if ok && cfg.Admin != "" && !strings.HasSuffix(cfg.Admin, ":"+port) {
				f.fail(g.Place("HealthCheckPort"), say("DG6204.port", g.ID, port, cfg.Admin), hint("DG6204"))
			}
		}
	}
}

// proxyHeaders finds PROXY protocol on one side only, and on none where the
// proxy then knows nobody.
func proxyHeaders(f *finder) {
	for _, g := range f.Of(typeTargets) {
		v, set := f.attribute(g, "TargetGroupAttributes", "proxy_protocol_v2.enabled")
		sends := set && v.Text == "true"
		if set && (!v.Scalar() || v.Tag != "") {
			continue
		}
		place := g.Place("TargetGroupAttributes")
		if set {
			place = v
		}
		cfg := f.configuration()
		switch {
		case cfg == nil && !sends && len(f.Of("AWS::EC2::VPCEndpointService")) > 0:
			f.fail(place, say("DG6205.privatelink", g.ID), hint("DG6205.privatelink"))
		case cfg == nil:
		case sends && !reads(cfg):
			f.fail(place, say("DG6205.unread", g.ID), hint("DG6205"))
		case !sends && demands(cfg):
			f.fail(place, say("DG6205.unsent", g.ID), hint("DG6205"))
		}
	}
}

func reads(cfg *config.Config) bool {
	for _, l := range cfg.Listen {
		if l.Proxy != config.ProxyOff {
			return true
		}
	}
	return false
}

func demands(cfg *config.Config) bool {
	for _, l := range cfg.Listen {
		if l.Proxy != config.ProxyRequired {
			return false
		}
	}
	return len(cfg.Listen) > 0
}

// configuration returns the proxies' configuration, if it stands in a parameter
// of the template.
func (f *finder) configuration() *config.Config {
	for _, p := range f.Of("AWS::SSM::Parameter") {
		value, ok := text(p.Props, "Value")
		if !ok || !strings.Contains(value, "listen:") {
			continue
		}
		cfg, problems := config.Parse(p.ID, []byte(value), f.options.Now)
		if worst, any := diag.Worst(problems); cfg != nil && (!any || worst != diag.Error) {
			return cfg
		}
	}
	return nil
}

// keepalive is how often the proxy says on a silent connection that it is there,
// in seconds, at most.
const keepalive = 350

// idleTimeout finds a load balancer that forgets connections before they have
// said that they are there.
func idleTimeout(f *finder) {
	for _, l := range f.Of(typeListener) {
		v, set := f.attribute(l, "ListenerAttributes", "tcp.idle_timeout.seconds")
		if n, err := strconv.Atoi(textOf(v)); set && err == nil && n >= 60 && n < keepalive {
			f.warn(v, say("DG6206", l.ID, v.Text), hint("DG6206"))
		}
	}
}

func textOf(n *yamldoc.Node) string {
	if n == nil || n.Tag != "" {
		return ""
	}
	return n.Text
}

// zones finds a load balancer or a fleet in one zone.
func zones(f *finder) {
	for _, part := range []struct{ typ, key string }{{typeBalancer, "Subnets"}, {typeFleet, "VPCZoneIdentifier"}} {
		for _, r := range f.Of(part.typ) {
			if subnets, known := items(r.Props, part.key); known && len(subnets) == 1 {
				f.warn(r.Place(part.key), say("DG6207", r.ID), hint("DG6207"))
			}
		}
	}
}

// draining finds a fleet whose instances go with their tunnels.
func draining(f *finder) {
	for _, fleet := range f.Of(typeFleet) {
		hook := f.hookOf(fleet)
		if hook == nil {
			f.warn(fleet.At, say("DG6208", fleet.ID), hint("DG6208"))
			continue
		}
		targets, _ := items(fleet.Props, "TargetGroupARNs")
		for _, n := range targets {
			g := f.To(n)
			if g == nil {
				continue
			}
			v, set := f.attribute(g, "TargetGroupAttributes", "deregistration_delay.timeout_seconds")
			delay, err := strconv.Atoi(textOf(v))
			if !set {
				delay, err = 300, nil // the default
			}
			heartbeat, known := text(hook, "HeartbeatTimeout")
			wait, bad := strconv.Atoi(heartbeat)
			if err == nil && known && bad == nil && wait < delay {
				f.warn(find(hook, "HeartbeatTimeout"), say("DG6208.short", heartbeat, strconv.Itoa(delay)), hint("DG6208.short"))
			}
		}
	}
}

// hookOf returns the terminating hook of a fleet: its own resource or a part of
// the fleet's.
func (f *finder) hookOf(fleet *Resource) *yamldoc.Node {
	hooks, _ := items(fleet.Props, "LifecycleHookSpecificationList")
	for _, h := range f.Of(typeHook) {
		if f.To(find(h.Props, "AutoScalingGroupName")) == fleet {
			hooks = append(hooks, h.Props)
		}
	}
	for _, h := range hooks {
		if t, _ := text(h, "LifecycleTransition"); t == "autoscaling:EC2_INSTANCE_TERMINATING" {
			return h
		}
	}
	return nil
}
