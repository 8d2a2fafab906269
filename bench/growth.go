package main

import (
	"bufio"
	"fmt"
	"math"
	"net"
	"os"
	"regexp"
	"runtime"
	"strings"
	"time"
)

// crowds are numbers of tunnels; the last is what 20,000 descriptors allow.
var crowds = []int{1000, 5000, 9000}

// ruleCounts are numbers of rules, of which the last decides.
var ruleCounts = []int{10, 1000, 100_000}

// growth measures how Deguchi's cost grows, and writes down the points and what
// follows from them.
func growth(w *world, o *options) error {
	crowd, err := growingCrowd(w, o)
	if err != nil {
		return err
	}
	rules, err := growingRules(w, o)
	if err != nil {
		return err
	}
	logs, err := growingLog(o.logs)
	if err != nil {
		return err
	}
	return publish(o, map[string]func(lang) string{
		"bench growth": func(l lang) string { return machine(l) + "\n" + crowd(l) + "\n" + rules(l) + "\n" + logs(l) },
	})
}

// point is what was measured at one size.
type point struct{ n, value float64 }

// slope is by how much the value grows with each n, by least squares.
func slope(points []point) float64 {
	var n, x, y, xx, xy float64
	for _, p := range points {
		n, x, y, xx, xy = n+1, x+p.n, y+p.value, xx+p.n*p.n, xy+p.n*p.value
	}
	return (n*xy - x*y) / (n*xx - x*x)
}

// growingCrowd opens more and more idle tunnels.
func growingCrowd(w *world, o *options) (func(lang) string, error) {
	r, err := w.start(peerOf("deguchi"), nil)
	if err != nil {
		return nil, err
	}
	defer r.stop()
	b := &bench{world: w, running: r, figures: map[string]float64{}, each: o.each}
	base := memoryOf(r.pid)
	var text strings.Builder
	var conns []net.Conn
	defer func() { closeAll(conns) }()
	var rss, slab []point
	for _, n := range crowds {
		more, err := b.open(n - len(conns))
		conns = append(conns, more...)
		if err != nil {
			return nil, err
		}
		time.Sleep(1500 * time.Millisecond)
		m, before := memoryOf(r.pid), cpu(r.pid)
		time.Sleep(2 * time.Second)
		idle := (cpu(r.pid) - before).Seconds() / 2 * 100
		if err := b.load("setup", 32, func() func() error { return b.setup }); err != nil {
			return nil, err
		}
		if err := b.roundTrips(); err != nil {
			return nil, err
		}
		rss = append(rss, point{float64(n), float64(m.rss)})
		slab = append(slab, point{float64(n), float64(m.slab)})
		fmt.Fprintf(&text, "| %d | %.1f | %d | %.1f | %.1f | %.2f | %.0f |\n", n, float64(m.rss)/1e6, m.files,
			float64(m.slab-base.slab)/1e6, idle, b.figures["setup.cpu_10k"], b.figures["rtt.p50_us"])
	}
	if b.figures["errors"] > 0 {
		return nil, fmt.Errorf("%.0f requests failed", b.figures["errors"])
	}
	return func(l lang) string {
		return l.of("| tunnels open | memory, MB | descriptors | kernel memory of the machine, MB | CPU while idle, % | CPU s per 10,000 CONNECT more | round trip, µs |",
			"| トンネル数 | メモリー、MB | ディスクリプター | マシン全体のカーネルメモリー、MB | 待機中の CPU、% | さらに CONNECT 1 万件の CPU 秒 | 往復時間、µs |") +
			"\n|---|---|---|---|---|---|---|\n" + text.String() + extrapolated(l, slope(rss), slope(slab)/2)
	}, nil
}

// extrapolated says what slopes come to, in bytes for a tunnel.
func extrapolated(l lang, rss, kernel float64) string {
	const million, agents, machine = 1e6, 1e7, 16e9
	fits := machine / 2 / (rss + kernel)
	return fmt.Sprintf("\n"+l.of(`Slope: %.0f bytes of the process and %.0f bytes of the kernel for a tunnel (half of the machine's growth: the other half belongs to
the load generator). So 1,000,000 tunnels take %.1f GB and %.1f GB. Half of a machine with 16 GB holds %.2f million; 10 million agents
need %.0f such machines for their memory.
`, `傾き: トンネル 1 本につきプロセスが %.0f バイト、カーネルが %.0f バイト(マシン全体の増加の半分。残りは負荷生成側の分)。
したがって 100 万本は %.1f GB と %.1f GB。メモリー 16 GB のマシンの半分に %.2f 百万本が入り、1,000 万のエージェントにはメモリーだけで
このマシンが %.0f 台必要。
`), rss, kernel, rss*million/1e9, kernel*million/1e9, fits/million, math.Ceil(agents/fits))
}

// growingRules starts Deguchi with more and more rules before the one that decides.
func growingRules(w *world, o *options) (func(lang) string, error) {
	var text strings.Builder
	for _, n := range ruleCounts {
		rules := make([]string, n-1)
		for i := range rules {
			rules[i] = fmt.Sprintf("r%d", i)
		}
		begun := time.Now()
		r, err := w.start(peerOf("deguchi"), rules)
		if err != nil {
			return nil, fmt.Errorf("%d rules: %w", n, err)
		}
		took := time.Since(begun) - 300*time.Millisecond
		b := &bench{world: w, running: r, figures: map[string]float64{}, each: 2 * o.each}
		err = b.load("setup", 32, func() func() error { return b.setup })
		m := memoryOf(r.pid)
		r.stop()
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&text, "| %d | %.2f | %.1f | %.2f | %.0f |\n", n, took.Seconds(), float64(m.rss)/1e6, b.figures["setup.cpu_10k"], b.figures["setup.per_s"])
		runtime.GC()
	}
	return func(l lang) string {
		return l.of("| rules | time to start, s | memory, MB | CPU s per 10,000 CONNECT | CONNECT/s |",
			"| ルール数 | 起動時間、秒 | メモリー、MB | CONNECT 1 万件の CPU 秒 | CONNECT/秒 |") + "\n|---|---|---|---|---|\n" + text.String()
	}, nil
}

var lineRate = regexp.MustCompile(`LinesPerSecond/(\d+)`)

// growingLog makes a table of what go test says of LinesPerSecond.
func growingLog(file string) (func(lang) string, error) {
	if file == "" {
		return func(lang) string { return "" }, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var text strings.Builder
	rows := 0
	for s := bufio.NewScanner(f); s.Scan(); {
		rate := lineRate.FindStringSubmatch(s.Text())
		if rate == nil {
			continue
		}
		v := map[string]string{}
		fields := strings.Fields(s.Text())
		for i := 3; i < len(fields); i += 2 {
			v[fields[i]] = fields[i-1]
		}
		fmt.Fprintf(&text, "| %s | %s | %s | %s |\n", rate[1], v["cpu-ns/line"], v["p99-µs"], v["lost"])
		rows++
	}
	if rows == 0 {
		return nil, fmt.Errorf("%s has no figures of LinesPerSecond", file)
	}
	return func(l lang) string {
		return l.of("| log lines/s | CPU ns for a line | who writes one waits, µs (p99) | lost |",
			"| ログ行/秒 | 1 行の CPU ナノ秒 | 書く側の待ち、µs(p99) | 失われた行 |") + "\n|---|---|---|---|\n" + text.String()
	}, nil
}
