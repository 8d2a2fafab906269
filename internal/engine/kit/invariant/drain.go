package invariant

import (
	"strconv"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// draining finds a fleet whose instances go with their tunnels.
func draining(f *finder) {
	for _, fleet := range f.Of(typeFleet) {
		f.updates(fleet)
		hook := f.hookOf(fleet)
		if hook == nil {
			f.warn(fleet.At, say("DG6208", fleet.ID), hint("DG6208"))
			continue
		}
		wait, known := number(hook, "HeartbeatTimeout")
		if known && (wait < 30 || wait > 7200) {
			f.fail(find(hook, "HeartbeatTimeout"), say("DG6203", f.Spell("HeartbeatTimeout"), strconv.Itoa(wait), "30", "7200"), reason.Because{})
			continue
		}
		if known {
			f.wait(fleet, hook, wait)
		}
	}
}

// wait finds a hook that ends before connections do.
func (f *finder) wait(fleet *Resource, hook *yamldoc.Node, wait int) {
	at := find(hook, "HeartbeatTimeout")
	targets, _ := items(fleet.Props, "TargetGroupARNs")
	for _, n := range targets {
		if delay, ok := f.delay(f.To(n)); ok && wait < delay {
			f.warn(at, say("DG6208.short", itoa(wait), itoa(delay)), hint("DG6208.short", f.Spell("HeartbeatTimeout"), f.Spell("deregistration_delay.timeout_seconds")))
			return
		}
	}
	if drain := f.drain(); wait < drain {
		f.warn(at, say("DG6208.proxy", itoa(wait), itoa(drain)), hint("DG6208.proxy"))
	}
}

// drain is how long the proxies let tunnels finish, in seconds; 0 if that is not
// known.
func (f *finder) drain() int {
	if f.cfg == nil {
		return 0
	}
	return int(f.cfg.Limits.Drain / time.Second)
}

// delay returns how long the load balancer lets connections to targets finish.
func (f *finder) delay(g *Resource) (int, bool) {
	if g == nil {
		return 0, false
	}
	v, set := f.attribute(g, "TargetGroupAttributes", "deregistration_delay.timeout_seconds")
	if !set {
		return 300, true // the default
	}
	n, err := strconv.Atoi(textOf(v))
	return n, err == nil
}

// hookOf returns the terminating hook of a fleet: its own resource or a part of
// the fleet's.
func (f *finder) hookOf(fleet *Resource) *yamldoc.Node {
	hooks, _ := items(fleet.Props, "LifecycleHookSpecificationList")
	for _, h := range f.Of(typeHook) {
		if f.refers(find(h.Props, "AutoScalingGroupName"), fleet, "AutoScalingGroupName") {
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

// refers reports whether n leads to r: by reference, or by the name that a key of
// r gives it.
func (f *finder) refers(n *yamldoc.Node, r *Resource, key string) bool {
	name, ok := text(r.Props, key)
	return f.To(n) == r || ok && n != nil && n.Tag == "" && n.Text == name
}

// updates finds an update that takes every instance at once.
func (f *finder) updates(fleet *Resource) {
	at := find(fleet.Around, "UpdatePolicy", "AutoScalingRollingUpdate", "MinInstancesInService")
	if at == nil {
		at = find(fleet.Props, "MinHealthyPercentage")
	}
	if at != nil && textOf(at) == "0" {
		f.warn(at, say("DG6208.update", fleet.ID), hint("DG6208.update"))
	}
}

// termination finds connections that outlive the instance they lead to, or that
// are cut before the proxy has drained.
func termination(f *finder) {
	for _, g := range f.Of(typeTargets) {
		const ends = "deregistration_delay.connection_termination.enabled"
		v, set := f.attribute(g, "TargetGroupAttributes", ends)
		if !set || textOf(v) == "false" {
			at := g.At
			if set {
				at = v
			}
			f.warn(at, say("DG6211", g.ID), hint("DG6211", f.Spell(ends)))
		}
		delay, ok := f.delay(g)
		if drain := f.drain(); ok && delay < drain {
			at, set := f.attribute(g, "TargetGroupAttributes", "deregistration_delay.timeout_seconds")
			if !set {
				at = g.At
			}
			f.warn(at, say("DG6211.delay", g.ID, strconv.Itoa(delay), strconv.Itoa(drain)), hint("DG6211.delay"))
		}
	}
}
