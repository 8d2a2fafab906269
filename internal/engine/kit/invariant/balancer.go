package invariant

import (
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
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
	typeVPC      = "AWS::EC2::VPC"
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
	for _, l := range f.Of("AWS::ElasticLoadBalancing::LoadBalancer") {
		f.fail(l.At, say("DG6201.classic", l.ID), hint("DG6201"))
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

// healthChecks finds checks that a draining or a hanging proxy passes, or that no
// proxy does.
func healthChecks(f *finder) {
	for _, g := range f.Of(typeTargets) {
		protocol, known := text(g.Props, "HealthCheckProtocol")
		if find(g.Props, "HealthCheckProtocol") == nil {
			protocol, known = "TCP", true
		}
		path, hasPath := text(g.Props, "HealthCheckPath")
		if find(g.Props, "HealthCheckPath") == nil {
			path, hasPath = "/", true // the default
		}
		switch {
		case known && protocol == "TCP":
			f.warn(g.Place("HealthCheckProtocol"), say("DG6204.tcp", g.ID), hint("DG6204"))
		case known && protocol != "HTTP":
			f.fail(g.Place("HealthCheckProtocol"), say("DG6204.protocol", g.ID, protocol), hint("DG6204"))
		case known && hasPath && path != "/readyz":
			f.warn(g.Place("HealthCheckPath"), say("DG6204", g.ID, path), hint("DG6204"))
		}
		f.healthPort(g)
		f.healthTimes(g)
		if v, ok := text(g.Props, "HealthCheckEnabled"); ok && v == "false" {
			f.fail(g.Place("HealthCheckEnabled"), say("DG6204.off", g.ID), hint("DG6204"))
		}
		if codes, ok := text(g.Props, "Matcher", "HttpCode"); ok && matches(codes, 503) {
			f.fail(g.Place("Matcher", "HttpCode"), say("DG6204.matcher", g.ID, codes), hint("DG6204"))
		}
	}
}

// healthPort finds a check of a port on which the proxies' admin does not listen.
func (f *finder) healthPort(g *Resource) {
	port, ok := text(g.Props, "HealthCheckPort")
	if find(g.Props, "HealthCheckPort") == nil {
		port, ok = "traffic-port", true // the default
	}
	if f.cfg == nil || !ok {
		return
	}
	if port == "traffic-port" {
		port, _ = text(g.Props, "Port")
	}
	if host, admin, found := cutPort(f.cfg.Admin); !found || admin != port || !everywhere(host) {
		f.fail(g.Place("HealthCheckPort"), say("DG6204.port", g.ID, port, f.cfg.Admin), hint("DG6204"))
	}
}

// healthTimes finds a check that begins before the one before has ended.
func (f *finder) healthTimes(g *Resource) {
	timeout, a := number(g.Props, "HealthCheckTimeoutSeconds")
	interval, b := number(g.Props, "HealthCheckIntervalSeconds")
	if a && b && timeout > interval {
		f.fail(g.Place("HealthCheckTimeoutSeconds"), say("DG6204.times", g.ID, strconv.Itoa(timeout), strconv.Itoa(interval)), reason.Because{})
	}
}

// matches reports whether code is among those that a matcher takes: "200,202" or
// "200-399".
func matches(codes string, code int) bool {
	for part := range strings.SplitSeq(codes, ",") {
		low, high, ok := strings.Cut(part, "-")
		if !ok {
			high = low
		}
		first, a := strconv.Atoi(strings.TrimSpace(low))
		last, b := strconv.Atoi(strings.TrimSpace(high))
		if a == nil && b == nil && first <= code && code <= last {
			return true
		}
	}
	return false
}

// number returns the number that keys lead to, if it is known.
func number(n *yamldoc.Node, keys ...string) (int, bool) {
	value, ok := text(n, keys...)
	v, err := strconv.Atoi(value)
	return v, ok && err == nil
}

// cutPort parts an address to listen on.
func cutPort(address string) (host, port string, ok bool) {
	i := strings.LastIndex(address, ":")
	return address[:max(i, 0)], address[i+1:], i >= 0
}

// everywhere reports whether host is every IPv4 address of a machine.
func everywhere(host string) bool { return host == "" || host == "0.0.0.0" || host == "[::]" }

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
		offered := len(f.Of("AWS::EC2::VPCEndpointService")) > 0
		l := f.listens(g)
		switch {
		case !sends && offered && (f.cfg == nil || l != nil && l.Proxy == config.ProxyOptional):
			f.fail(place, say("DG6205.privatelink", g.ID), hint("DG6205.privatelink", f.Spell("proxy_protocol_v2.enabled")))
		case l == nil:
		case sends && l.Proxy == config.ProxyOff:
			f.fail(place, say("DG6205.unread", g.ID), hint("DG6205", f.Spell("proxy_protocol_v2.enabled")))
		case !sends && l.Proxy == config.ProxyRequired:
			f.fail(place, say("DG6205.unsent", g.ID), hint("DG6205", f.Spell("proxy_protocol_v2.enabled")))
		}
	}
}

// listens returns the listener of the configuration that targets of g stand for: that
// of their port, or the only one there is. It is nil if nobody knows.
func (f *finder) listens(g *Resource) *listener {
	if f.cfg == nil {
		return nil
	}
	port, _ := text(g.Props, "Port")
	for i, l := range f.cfg.Listen {
		if _, own, _ := cutPort(l.Address); own == port || len(f.cfg.Listen) == 1 {
			return &f.cfg.Listen[i]
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
			f.warn(v, say("DG6206", l.ID, v.Text), hint("DG6206", f.Spell("tcp.idle_timeout.seconds")))
		}
	}
}
