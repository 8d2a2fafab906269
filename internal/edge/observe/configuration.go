package observe

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Taken is a configuration that has come into force.
type Taken struct {
	Source  string // a file, or a place in AWS
	Version string // an ETag or a number; empty for files
	Digest  string
	Copied  bool // it is the last good copy: its place could not be read since the start
}

// configuration tells which configuration is in force, in one series that the
// next one's takes the place of, and whether the place that it comes from can be
// read.
type configuration struct {
	info   *prometheus.GaugeVec
	read   prometheus.Gauge
	readAt prometheus.Gauge
}

func newConfiguration() configuration {
	return configuration{
		info: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "deguchi_config_info",
			Help: "The configuration in force; always 1. Copy is true while it is the last good copy, its place not having been read since the start.",
		}, []string{"source", "version", "digest", "copy"}),
		read: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "deguchi_config_source_last_read_successful",
			Help: "Whether the configuration's place in AWS could be read at the last look.",
		}),
		readAt: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "deguchi_config_source_last_read_timestamp_seconds",
			Help: "When the configuration's place in AWS was last read, in Unix time; 0 is never.",
		}),
	}
}

// Watch adds what there is to tell of a place that is looked at again and again.
func (m *Metrics) Watch() {
	m.registry.MustRegister(m.source.read, m.source.readAt)
}

// Taken notes which configuration is in force, and where it comes from.
func (m *Metrics) Taken(t Taken) {
	if m != nil {
		m.source.info.Reset()
		m.source.info.WithLabelValues(t.Source, t.Version, t.Digest, strconv.FormatBool(t.Copied)).Set(1)
	}
}

// Looked notes whether the configuration's place could be read at the time at.
func (m *Metrics) Looked(ok bool, at time.Time) {
	switch {
	case m == nil:
	case ok:
		m.source.read.Set(1)
		m.source.readAt.Set(float64(at.UnixMilli()) / 1000)
	default:
		m.source.read.Set(0)
	}
}
