package observe

import (
	"net/http"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics counts what the proxy does, for Prometheus. Names are
// deguchi_<noun>_<unit>[_total]; labels come from closed sets, so their number
// is bounded whatever clients ask for. A nil Metrics counts nothing.
type Metrics struct {
	registry *prometheus.Registry
	requests tally
	setup    prometheus.Histogram
	loaded   prometheus.Gauge
	loadedAt prometheus.Gauge
	source   configuration
}

// NewMetrics returns metrics of a proxy of the given version. Until Configure
// is called, every name counts as "other".
func NewMetrics(version string, src Sources) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		setup: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "deguchi_tunnel_setup_seconds",
			Help:    "Time from a request to the answer that its tunnel is there.",
			Buckets: []float64{.001, .005, .025, .1, .5, 1, 2.5, 10},
		}),
		loaded: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "deguchi_config_last_reload_successful",
			Help: "Whether the configuration that was loaded last was good: 1, or 0 while an older one is in force.",
		}),
		loadedAt: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "deguchi_config_last_reload_timestamp_seconds",
			Help: "When the configuration in force was loaded, in Unix time.",
		}),
		source: newConfiguration(),
	}
	m.requests.register(m.registry)
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "deguchi_build_info",
		Help:        "The version that runs; always 1.",
		ConstLabels: prometheus.Labels{"version": version, "goversion": runtime.Version()},
	})
	build.Set(1)
	m.registry.MustRegister(m.setup, m.loaded, m.loadedAt, m.source.info, build, src,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Configure sets the closed sets after a load or reload of the configuration.
// Series of names that it no longer has are dropped.
func (m *Metrics) Configure(l Labels) {
	if m != nil {
		m.requests.configure(l)
	}
}

// Reloaded notes that a configuration was loaded at the time at, or was bad.
func (m *Metrics) Reloaded(ok bool, at time.Time) {
	switch {
	case m == nil:
	case ok:
		m.loaded.Set(1)
		m.loadedAt.Set(float64(at.UnixMilli()) / 1000)
	default:
		m.loaded.Set(0)
	}
}

// Ended counts the tunnel or request that r tells of, with its bytes.
func (m *Metrics) Ended(r *Record) {
	if m == nil {
		return
	}
	s := m.requests.of(names{r.ClientName, r.Rule, r.Service, r.Verdict, r.Reason})
	s.requests.Inc()
	if r.Up > 0 {
		s.up.Add(float64(r.Up))
	}
	if r.Down > 0 {
		s.down.Add(float64(r.Down))
	}
}

// Established notes how long it took from the request to the answer that the
// tunnel is there.
func (m *Metrics) Established(took time.Duration) {
	if m != nil {
		m.setup.Observe(took.Seconds())
	}
}

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler {
	if m == nil {
		return http.NotFoundHandler()
	}
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 10 * time.Second})
}
