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
	ja     string
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
	{"CPU of 10,000 CONNECT, 32 at once, to Squid's", "CONNECT 1 万件の CPU 時間、同時 32、対 Squid 比", "%.2f", toSquid("setup32.cpu_10k"), atMost(0.6), "≤ 0.60"},
	{"the same, 256 at once", "同上、同時 256", "%.2f", toSquid("setup256.cpu_10k"), atMost(0.6), "≤ 0.60"},
	{"CPU per GB down, 8 streams, to Squid's", "下り 1 GB の CPU 時間、8 本、対 Squid 比", "%.2f", toSquid("down8.cpu_gb"), atMost(0.25), "≤ 0.25"},
	{"CPU per GB up, 8 streams, to Squid's", "上り 1 GB の CPU 時間、8 本、対 Squid 比", "%.2f", toSquid("up8.cpu_gb"), atMost(0.25), "≤ 0.25"},
	{"throughput down, 8 streams, to direct", "下りの速度、8 本、直結との比", "%.2f", func(rs *results) (spread, bool) { return rs.ratio("deguchi", "direct", "down8.mb_s") }, atLeast(0.75), "≥ 0.75"},
	{"throughput up, 8 streams, to direct", "上りの速度、8 本、直結との比", "%.2f", func(rs *results) (spread, bool) { return rs.ratio("deguchi", "direct", "up8.mb_s") }, atLeast(0.75), "≥ 0.75"},
	{"memory of an idle tunnel, kB", "待機中のトンネル 1 本のメモリー、kB", "%.2f", own("idle.rss", 1000), atMost(1.5), "≤ 1.5"},
	{"descriptors of an idle tunnel", "同じくディスクリプター", "%.2f", own("idle.files", 1), atMost(2.001), "2"},
	{"round trip added, to Squid's", "増える往復時間、対 Squid 比", "%.2f", added, atMost(1), "≤ 1.00"},
	{"CPU of a plain HTTP request, to Squid's", "平文 HTTP 要求の CPU 時間、対 Squid 比", "%.2f", toSquid("http.cpu_10k"), atMost(0.7), "≤ 0.70"},
	{"CPU of a TLS handshake in a tunnel, to Squid's", "トンネル内の TLS ハンドシェイクの CPU 時間、対 Squid 比", "%.2f", toSquid("tls.cpu_10k"), atMost(0.8), "≤ 0.80"},
	{"the same on port 443, the server name checked", "同上、ポート 443、サーバー名を検査", "%.2f", toSquid("sni.cpu_10k"), atMost(0.8), "≤ 0.80"},
	{"half-closed streams that are answered", "半クローズ後に応答が届いた割合", "%.2f", own("halfclose", 1), atLeast(1), "1"},
	{"requests that failed", "失敗した要求", "%.0f", own("errors", 1), atMost(0), "0"},
}

// goalTable says what was to be reached, and was.
func goalTable(rs *results, l lang) string {
	var b strings.Builder
	b.WriteString(l.of("| | goal | median | least to most | reached |", "| | 目標 | 中央値 | 最小〜最大 | 達成 |") + "\n|---|---|---|---|---|\n")
	for _, g := range goals {
		s, ok := g.of(rs)
		if !ok {
			continue
		}
		reached := l.of("no", "いいえ")
		if g.good(s.median) {
			reached = l.of("yes", "はい")
		}
		f := g.format
		fmt.Fprintf(&b, "| %s | %s | "+f+" | "+f+"–"+f+" | %s |\n", l.of(g.what, g.ja), g.bound, s.median, s.least, s.most, reached)
	}
	return b.String()
}

// columns are the figures of peerTable.
var columns = []struct {
	what, ja, figure, format string
	scale                    float64
}{
	{"CONNECT/s, 32 at once", "CONNECT/秒、同時 32", "setup32.per_s", "%.0f", 1},
	{"CPU s per 10,000", "1 万件の CPU 秒", "setup32.cpu_10k", "%.2f", 1},
	{"CONNECT/s, 256 at once", "CONNECT/秒、同時 256", "setup256.per_s", "%.0f", 1},
	{"CPU s per 10,000", "1 万件の CPU 秒", "setup256.cpu_10k", "%.2f", 1},
	{"p99 ms", "p99 ミリ秒", "setup256.p99_ms", "%.0f", 1},
	{"MB/s down, 1 stream", "下り MB/秒、1 本", "down1.mb_s", "%.0f", 1},
	{"CPU s per GB", "1 GB の CPU 秒", "down1.cpu_gb", "%.2f", 1},
	{"MB/s down, 8 streams", "下り MB/秒、8 本", "down8.mb_s", "%.0f", 1},
	{"CPU s per GB", "1 GB の CPU 秒", "down8.cpu_gb", "%.2f", 1},
	{"the same of load generator and origin", "同じく負荷生成器とオリジン", "down8.load_gb", "%.2f", 1},
	{"MB/s up, 8 streams", "上り MB/秒、8 本", "up8.mb_s", "%.0f", 1},
	{"CPU s per GB", "1 GB の CPU 秒", "up8.cpu_gb", "%.2f", 1},
	{"the same of load generator and origin", "同じく負荷生成器とオリジン", "up8.load_gb", "%.2f", 1},
	{"half-closed streams answered", "半クローズ後の応答", "halfclose", "%.2f", 1},
	{"round trip, µs", "往復時間、µs", "rtt.p50_us", "%.0f", 1},
	{"CPU s per 100,000 messages", "10 万メッセージの CPU 秒", "rtt.cpu_100k", "%.2f", 1},
	{"HTTP requests/s", "HTTP 要求/秒", "http.per_s", "%.0f", 1},
	{"CPU s per 10,000", "1 万件の CPU 秒", "http.cpu_10k", "%.2f", 1},
	{"TLS handshakes/s", "TLS ハンドシェイク/秒", "tls.per_s", "%.0f", 1},
	{"CPU s per 10,000", "1 万件の CPU 秒", "tls.cpu_10k", "%.2f", 1},
	{"TLS on port 443, handshakes/s", "ポート 443 の TLS ハンドシェイク/秒", "sni.per_s", "%.0f", 1},
	{"CPU s per 10,000", "1 万件の CPU 秒", "sni.cpu_10k", "%.2f", 1},
	{"memory of an idle tunnel, kB", "待機中のトンネル 1 本のメモリー、kB", "idle.rss", "%.1f", 1000},
	{"kernel memory of it, kB (machine)", "同じくカーネルのメモリー、kB(マシン全体)", "idle.slab", "%.0f", 1000},
	{"descriptors of it", "同じくディスクリプター", "idle.files", "%.1f", 1},
	{"requests that failed", "失敗した要求", "errors", "%.0f", 1},
}

// peerTable shows medians, with the least and the most, of every peer.
func peerTable(rs *results, l lang) string {
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
			b.WriteString("| " + l.of(c.what, c.ja) + " | " + strings.Join(cells, " | ") + " |\n")
		}
	}
	return b.String()
}
