package main

import (
	"fmt"
	"slices"
	"strings"
)

// results are the figures of every round, by peer and figure.
type results struct {
	order   []string // peers
	figures map[string]map[string][]float64
}

func (rs *results) add(peer string, _ int, figures map[string]float64) {
	if rs.figures[peer] == nil {
		rs.order = append(rs.order, peer)
		rs.figures[peer] = map[string][]float64{}
	}
	for k, v := range figures {
		rs.figures[peer][k] = append(rs.figures[peer][k], v)
	}
}

// spread is a median, and the least and the most.
type spread struct{ median, least, most float64 }

func spreadOf(values []float64) spread {
	v := slices.Sorted(slices.Values(values))
	n := len(v)
	return spread{(v[(n-1)/2] + v[n/2]) / 2, v[0], v[n-1]}
}

// ratio holds figure of peer a against that of b, each in the same round.
func (rs *results) ratio(a, b, figure string) (spread, bool) {
	x, y := rs.figures[a][figure], rs.figures[b][figure]
	var all []float64
	for i := range min(len(x), len(y)) {
		if y[i] != 0 {
			all = append(all, x[i]/y[i])
		}
	}
	if len(all) == 0 {
		return spread{}, false
	}
	return spreadOf(all), true
}

// goal is a figure that Deguchi must reach.
type goal struct {
	what   string
	format string
	of     func(rs *results) (spread, bool)
	good   func(v float64) bool
	bound  string
}

func toSquid(figure string) func(rs *results) (spread, bool) {
	return func(rs *results) (spread, bool) { return rs.ratio("deguchi", "squid", figure) }
}

func own(figure string, scale float64) func(rs *results) (spread, bool) {
	return func(rs *results) (spread, bool) {
		v := rs.figures["deguchi"][figure]
		if len(v) == 0 {
			return spread{}, false
		}
		s := spreadOf(v)
		return spread{s.median / scale, s.least / scale, s.most / scale}, true
	}
}

// added is the round trip that the proxy adds, to that of Squid.
func added(rs *results) (spread, bool) {
	d, s, o := rs.figures["deguchi"]["rtt.p50_us"], rs.figures["squid"]["rtt.p50_us"], rs.figures["direct"]["rtt.p50_us"]
	var all []float64
	for i := range min(len(d), len(s), len(o)) {
		if s[i] > o[i] {
			all = append(all, (d[i]-o[i])/(s[i]-o[i]))
		}
	}
	if len(all) == 0 {
		return spread{}, false
	}
	return spreadOf(all), true
}

func atMost(most float64) func(float64) bool   { return func(v float64) bool { return v <= most } }
func atLeast(least float64) func(float64) bool { return func(v float64) bool { return v >= least } }

var goals = []goal{
	{"CPU of 10,000 CONNECT, 32 at once, to Squid's", "%.2f", toSquid("setup32.cpu_10k"), atMost(0.6), "≤ 0.60"},
	{"the same, 256 at once", "%.2f", toSquid("setup256.cpu_10k"), atMost(0.6), "≤ 0.60"},
	{"CPU per GB down, 8 streams, to Squid's", "%.2f", toSquid("down8.cpu_gb"), atMost(0.25), "≤ 0.25"},
	{"CPU per GB up, 8 streams, to Squid's", "%.2f", toSquid("up8.cpu_gb"), atMost(0.25), "≤ 0.25"},
	{"throughput down, 8 streams, to direct", "%.2f", func(rs *results) (spread, bool) { return rs.ratio("deguchi", "direct", "down8.mb_s") }, atLeast(0.75), "≥ 0.75"},
	{"throughput up, 8 streams, to direct", "%.2f", func(rs *results) (spread, bool) { return rs.ratio("deguchi", "direct", "up8.mb_s") }, atLeast(0.75), "≥ 0.75"},
	{"memory of an idle tunnel, kB", "%.2f", own("idle.rss", 1000), atMost(1.5), "≤ 1.5"},
	{"descriptors of an idle tunnel", "%.2f", own("idle.files", 1), atMost(2.001), "2"},
	{"round trip added, to Squid's", "%.2f", added, atMost(1), "≤ 1.00"},
	{"CPU of a plain HTTP request, to Squid's", "%.2f", toSquid("http.cpu_10k"), atMost(0.7), "≤ 0.70"},
	{"CPU of a TLS handshake in a tunnel, to Squid's", "%.2f", toSquid("tls.cpu_10k"), atMost(0.8), "≤ 0.80"},
	{"the same on port 443, the server name checked", "%.2f", toSquid("sni.cpu_10k"), atMost(0.8), "≤ 0.80"},
	{"half-closed streams that are answered", "%.2f", own("halfclose", 1), atLeast(1), "1"},
	{"requests that failed", "%.0f", own("errors", 1), atMost(0), "0"},
}

// goalTable says what was to be reached, and was.
func goalTable(rs *results) string {
	var b strings.Builder
	b.WriteString("| | goal | median | least to most | reached |\n|---|---|---|---|---|\n")
	for _, g := range goals {
		s, ok := g.of(rs)
		if !ok {
			continue
		}
		reached := "no"
		if g.good(s.median) {
			reached = "yes"
		}
		f := g.format
		fmt.Fprintf(&b, "| %s | %s | "+f+" | "+f+" to "+f+" | %s |\n", g.what, g.bound, s.median, s.least, s.most, reached)
	}
	return b.String()
}

// columns are the figures of peerTable.
var columns = []struct {
	what, figure, format string
	scale                float64
}{
	{"CONNECT/s, 32 at once", "setup32.per_s", "%.0f", 1},
	{"CPU s per 10,000", "setup32.cpu_10k", "%.2f", 1},
	{"CONNECT/s, 256 at once", "setup256.per_s", "%.0f", 1},
	{"CPU s per 10,000", "setup256.cpu_10k", "%.2f", 1},
	{"p99 ms", "setup256.p99_ms", "%.0f", 1},
	{"MB/s down, 1 stream", "down1.mb_s", "%.0f", 1},
	{"CPU s per GB", "down1.cpu_gb", "%.2f", 1},
	{"MB/s down, 8 streams", "down8.mb_s", "%.0f", 1},
	{"CPU s per GB", "down8.cpu_gb", "%.2f", 1},
	{"MB/s up, 8 streams", "up8.mb_s", "%.0f", 1},
	{"CPU s per GB", "up8.cpu_gb", "%.2f", 1},
	{"half-closed streams answered", "halfclose", "%.2f", 1},
	{"round trip, µs", "rtt.p50_us", "%.0f", 1},
	{"CPU s per 100,000 messages", "rtt.cpu_100k", "%.2f", 1},
	{"HTTP requests/s", "http.per_s", "%.0f", 1},
	{"CPU s per 10,000", "http.cpu_10k", "%.2f", 1},
	{"TLS handshakes/s", "tls.per_s", "%.0f", 1},
	{"CPU s per 10,000", "tls.cpu_10k", "%.2f", 1},
	{"TLS on port 443, handshakes/s", "sni.per_s", "%.0f", 1},
	{"CPU s per 10,000", "sni.cpu_10k", "%.2f", 1},
	{"memory of an idle tunnel, kB", "idle.rss", "%.1f", 1000},
	{"kernel memory of it, kB (machine)", "idle.slab", "%.0f", 1000},
	{"descriptors of it", "idle.files", "%.1f", 1},
	{"requests that failed", "errors", "%.0f", 1},
}

// peerTable shows medians, with the least and the most, of every peer.
func peerTable(rs *results) string {
	var b strings.Builder
	b.WriteString("| | " + strings.Join(rs.order, " | ") + " |\n|" + strings.Repeat("---|", len(rs.order)+1) + "\n")
	for _, c := range columns {
		var cells []string
		for _, p := range rs.order {
			v := rs.figures[p][c.figure]
			if len(v) == 0 {
				cells = append(cells, "")
				continue
			}
			s := spreadOf(v)
			f := c.format
			cells = append(cells, fmt.Sprintf(f+" ("+f+"–"+f+")", s.median/c.scale, s.least/c.scale, s.most/c.scale))
		}
		if strings.Join(cells, "") != "" {
			b.WriteString("| " + c.what + " | " + strings.Join(cells, " | ") + " |\n")
		}
	}
	return b.String()
}
