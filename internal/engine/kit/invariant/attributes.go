package invariant

import (
	"slices"
	"strconv"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// span is what an attribute can be: one of words, or a number from low to high.
type span struct {
	words     []string
	low, high int
}

var truth = span{words: []string{"true", "false"}}

// known are the attributes of Network Load Balancers, their listeners and target
// groups (Elastic Load Balancing API reference, version 2015-12-01:
// LoadBalancerAttribute, ListenerAttribute, TargetGroupAttribute; read
// 2026-11-22). cfn-lint takes any text.
var known = map[string]map[string]span{
	"TargetGroupAttributes": {
		"deregistration_delay.timeout_seconds":                                           {low: 0, high: 3600},
		"deregistration_delay.connection_termination.enabled":                            truth,
		"preserve_client_ip.enabled":                                                     truth,
		"proxy_protocol_v2.enabled":                                                      truth,
		"stickiness.enabled":                                                             truth,
		"stickiness.type":                                                                {words: []string{"source_ip"}},
		"load_balancing.cross_zone.enabled":                                              {words: []string{"true", "false", "use_load_balancer_configuration"}},
		"target_health_state.unhealthy.connection_termination.enabled":                   truth,
		"target_health_state.unhealthy.draining_interval_seconds":                        {low: 0, high: 360000},
		"target_group_health.dns_failover.minimum_healthy_targets.count":                 {words: []string{"off"}, low: 1, high: 1000},
		"target_group_health.dns_failover.minimum_healthy_targets.percentage":            {words: []string{"off"}, low: 1, high: 100},
		"target_group_health.unhealthy_state_routing.minimum_healthy_targets.count":      {low: 1, high: 1000},
		"target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": {words: []string{"off"}, low: 1, high: 100},
	},
	"ListenerAttributes": {"tcp.idle_timeout.seconds": {low: 60, high: 6000}},
	"LoadBalancerAttributes": {
		"deletion_protection.enabled":            truth,
		"load_balancing.cross_zone.enabled":      truth,
		"dns_record.client_routing_policy":       {words: []string{"any_availability_zone", "availability_zone_affinity", "partial_availability_zone_affinity"}},
		"access_logs.s3.enabled":                 truth,
		"zonal_shift.config.enabled":             truth,
		"secondary_ips.auto_assigned.per_subnet": {low: 0, high: 7},
		"access_logs.s3.bucket":                  {},
		"access_logs.s3.prefix":                  {},
	},
}

// attributes finds names that are misspelt, which AWS refuses only when the
// stack is deployed, and values out of range.
func attributes(f *finder) {
	for _, part := range []struct{ typ, key string }{
		{typeTargets, "TargetGroupAttributes"}, {typeListener, "ListenerAttributes"}, {typeBalancer, "LoadBalancerAttributes"},
	} {
		for _, r := range f.Of(part.typ) {
			if kind, _ := text(r.Props, "Type"); part.typ == typeBalancer && kind != "network" {
				continue // has other attributes, and a finding of its own
			}
			list, _ := items(r.Props, part.key)
			seen := make(map[string]bool)
			for _, item := range list {
				if f.attributeIs(item, known[part.key]); seen[textOf(find(item, "Key"))] {
					f.fail(find(item, "Key"), say("DG6202.twice", textOf(find(item, "Key"))), hint("DG6202.twice"))
				}
				seen[textOf(find(item, "Key"))] = textOf(find(item, "Key")) != ""
			}
		}
	}
	for _, g := range f.Of(typeTargets) {
		f.between(g, "HealthCheckIntervalSeconds", 5, 300)
		f.between(g, "HealthCheckTimeoutSeconds", 2, 120)
		f.between(g, "HealthyThresholdCount", 2, 10)
		f.between(g, "UnhealthyThresholdCount", 2, 10)
	}
}

func (f *finder) attributeIs(item *yamldoc.Node, known map[string]span) {
	key, ok := text(item, "Key")
	if !ok {
		return
	}
	s, there := known[key]
	if !there {
		var names []string
		for name := range known {
			names = append(names, name)
		}
		slices.Sort(names)
		meant := reason.Because{}
		if name, near := yamldoc.Nearest(key, names); near {
			meant = say("hint.meant", yamldoc.Quote(name))
		}
		f.fail(find(item, "Key"), say("DG6202", key), meant)
		return
	}
	value, ok := text(item, "Value")
	if !ok || len(s.words) == 0 && s.high == 0 || slices.Contains(s.words, value) {
		return
	}
	n, err := strconv.Atoi(value)
	switch {
	case s.high == 0:
		f.fail(find(item, "Value"), say("DG6203.word", f.Spell(key), value), reason.Because{})
	case err != nil || n < s.low || n > s.high:
		f.fail(find(item, "Value"), say("DG6203", f.Spell(key), value, strconv.Itoa(s.low), strconv.Itoa(s.high)), reason.Because{})
	}
}

// between finds a number of r that is not from low to high.
func (f *finder) between(r *Resource, key string, low, high int) {
	value, ok := text(r.Props, key)
	if n, err := strconv.Atoi(value); ok && (err != nil || n < low || n > high) {
		f.fail(r.Place(key), say("DG6203", f.Spell(key), value, strconv.Itoa(low), strconv.Itoa(high)), reason.Because{})
	}
}

// attribute returns the value of an attribute of r.
func (f *finder) attribute(r *Resource, list, key string) (*yamldoc.Node, bool) {
	all, _ := items(r.Props, list)
	for _, item := range all {
		if k, _ := text(item, "Key"); k == key {
			return find(item, "Value"), find(item, "Value") != nil
		}
	}
	return nil, false
}
