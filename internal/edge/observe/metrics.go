package observe

import (
	"net/http"
	"time"
)

// Sources are figures that others count; each is read at a scrape. A nil
// source shows nothing.
type Sources struct {
	OpenTunnels func() int
	LogLost     func() uint64
	DNS         func() DNS
}

// DNS is what name lookups have cost.
type DNS struct {
	Queries  uint64            // messages sent
	Hits     uint64            // lookups answered from the cache
	Failures map[string]uint64 // lookups that failed, by kind
}

// Labels are the closed sets that label values come from. A value outside
// them counts as "other".
type Labels struct {
	Clients, Rules, Services []string
}

// Metrics counts what the proxy does, for Prometheus.
type Metrics struct{}

// NewMetrics returns metrics of a proxy of the given version.
func NewMetrics(version string, src Sources) *Metrics { return &Metrics{} }

// Configure sets the closed sets after a load or reload of the configuration.
// Series of names that it no longer has are dropped.
func (m *Metrics) Configure(l Labels) {}

// Reloaded notes that a configuration was loaded at the time at, or was not.
func (m *Metrics) Reloaded(ok bool, at time.Time) {}

// Ended counts the tunnel or request that r tells of, with its bytes.
func (m *Metrics) Ended(r *Record) {}

// Established notes how long it took from the request to the answer.
func (m *Metrics) Established(took time.Duration) {}

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler { return http.NotFoundHandler() }
