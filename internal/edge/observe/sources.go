package observe

import "github.com/prometheus/client_golang/prometheus"

// Sources are figures that others count; each is read at a scrape. A nil
// source shows nothing.
type Sources struct {
	OpenTunnels func() int
	LogLost     func() uint64
	DNS         func() DNS
}

// DNS is what name lookups have cost.
type DNS struct {
	Lookups  uint64            // asked for
	Queries  uint64            // messages sent
	Hits     uint64            // lookups answered from the cache
	Failures map[string]uint64 // lookups that failed, by kind: a closed set
	Names    int               // in the cache
}

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

// Describe says nothing: what there is depends on the sources.
func (s Sources) Describe(chan<- *prometheus.Desc) {}

// Collect reads the sources.
func (s Sources) Collect(out chan<- prometheus.Metric) {
	send := func(d *prometheus.Desc, kind prometheus.ValueType, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, kind, v, labels...)
	}
	if s.OpenTunnels != nil {
		send(describe("deguchi_open_tunnels", "Tunnels that are open."), prometheus.GaugeValue, float64(s.OpenTunnels()))
	}
	if s.LogLost != nil {
		send(describe("deguchi_log_lost_lines_total", "Lines of the access log that could not be written."), prometheus.CounterValue, float64(s.LogLost()))
	}
	if s.DNS == nil {
		return
	}
	dns := s.DNS()
	send(describe("deguchi_dns_lookups_total", "Names that were to be resolved."), prometheus.CounterValue, float64(dns.Lookups))
	send(describe("deguchi_dns_queries_total", "Messages sent to name servers."), prometheus.CounterValue, float64(dns.Queries))
	send(describe("deguchi_dns_hits_total", "Names resolved from the cache."), prometheus.CounterValue, float64(dns.Hits))
	send(describe("deguchi_dns_cached_names", "Names in the cache."), prometheus.GaugeValue, float64(dns.Names))
	failures := describe("deguchi_dns_failures_total", "Names that could not be resolved.", "reason")
	for kind, n := range dns.Failures {
		send(failures, prometheus.CounterValue, float64(n), kind)
	}
}
