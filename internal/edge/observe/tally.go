package observe

import (
	"maps"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// maxSeries bounds the combinations of labels that requests are counted by.
// What comes after is counted without client, rule and service.
const maxSeries = 4000

// other stands for every value outside a closed set.
const other = "other"

// Labels are the closed sets that label values come from. A value outside
// them counts as "other", none at all as none.
type Labels struct {
	Clients, Rules, Services []string
}

// names is what a request is counted by.
type names struct{ client, rule, service, verdict, reason string }

// series are the counters of one names.
type series struct{ requests, up, down prometheus.Counter }

// tally counts requests and bytes. Who counts what was counted before reads
// one map; only new names take the lock.
type tally struct {
	requests, up, down *prometheus.CounterVec

	known    atomic.Pointer[map[names]*series]
	mu       sync.Mutex
	clients  set
	rules    set
	services set
	verdicts set
	reasons  set
}

// register makes the counters and shows them in registry.
func (t *tally) register(registry *prometheus.Registry) {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
		registry.MustRegister(c)
		return c
	}
	t.requests = counter("deguchi_requests_total", "Tunnels and requests that ended.", "client_name", "rule", "service", "verdict", "reason")
	t.up = counter("deguchi_up_bytes_total", "Bytes from clients, counted when a tunnel or request ends.", "client_name", "rule", "service")
	t.down = counter("deguchi_down_bytes_total", "Bytes to clients, counted when a tunnel or request ends.", "client_name", "rule", "service")
	t.known.Store(&map[names]*series{})
	t.verdicts, t.reasons = newSet(verdicts), newSet(reasons)
}

// configure sets the closed sets anew and forgets series outside them.
func (t *tally) configure(l Labels) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.clients, t.rules, t.services = newSet(l.Clients), newSet(l.Rules), newSet(l.Services)
	kept := make(map[names]*series)
	for n, s := range *t.known.Load() {
		if t.closed(n) == n {
			kept[n] = s
			continue
		}
		t.requests.DeleteLabelValues(n.client, n.rule, n.service, n.verdict, n.reason)
		t.up.DeleteLabelValues(n.client, n.rule, n.service)
		t.down.DeleteLabelValues(n.client, n.rule, n.service)
	}
	t.known.Store(&kept)
}

// of returns the counters of n.
func (t *tally) of(n names) *series {
	if s, ok := (*t.known.Load())[n]; ok {
		return s
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	known := *t.known.Load()
	n = t.closed(n)
	if _, ok := known[n]; !ok && len(known) >= maxSeries {
		n.client, n.rule, n.service = other, other, other
	}
	if s, ok := known[n]; ok {
		return s
	}
	s := &series{
		requests: t.requests.WithLabelValues(n.client, n.rule, n.service, n.verdict, n.reason),
		up:       t.up.WithLabelValues(n.client, n.rule, n.service),
		down:     t.down.WithLabelValues(n.client, n.rule, n.service),
	}
	grown := maps.Clone(known)
	grown[n] = s
	t.known.Store(&grown)
	return s
}

// closed returns n with every value outside its set replaced.
func (t *tally) closed(n names) names {
	return names{t.clients.in(n.client), t.rules.in(n.rule), t.services.in(n.service), t.verdicts.in(n.verdict), t.reasons.in(n.reason)}
}

// set is a closed set of label values. Nothing and other are always in it.
type set map[string]bool

func newSet(values []string) set {
	s := make(set, len(values))
	for _, v := range values {
		s[v] = utf8.ValidString(v)
	}
	return s
}

func (s set) in(value string) string {
	if value == "" || s[value] {
		return value
	}
	return other
}

var verdicts = []string{"allowed", "denied", "would-deny"}

// reasons are the codes that stand in the log.
var reasons = func() []string {
	codes := []reason.Code{
		reason.RuleAllows, reason.NoRule, reason.RuleDenies, reason.UnknownClient,
		reason.LinkLocal, reason.PrivateAddress, reason.OwnAddress, reason.SpecialAddress,
		reason.BadName, reason.BadRequest, reason.HeaderTooLarge,
		reason.DNSFail, reason.DNSTimeout,
		reason.ConnectRefused, reason.ConnectFailed, reason.ConnectTimeout,
		reason.Overloaded, reason.Draining,
		reason.SNIMismatch, reason.NotTLS, reason.TLSToPlainPort,
	}
	all := make([]string, len(codes))
	for i, c := range codes {
		all[i] = string(c)
	}
	return all
}()
