package main

import (
	"bufio"
	"fmt"
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
	text, err := growingCrowd(w, o)
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
	o.mark = "growth"
	return publish(o, machine()+"\n"+text+"\n"+rules+"\n"+logs)
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
func growingCrowd(w *world, o *options) (string, error) {
	r, err := w.start(peerOf("deguchi"), nil)
	if err != nil {
		return "", err
	}
	defer r.stop()
	b := &bench{world: w, running: r, figures: map[string]float64{}, each: o.each}
	base := memoryOf(r.pid)
	var text strings.Builder
	text.WriteString("| tunnels open | memory, MB | descriptors | kernel memory of the machine, MB | CPU while idle, % | CPU s per 10,000 CONNECT more | round trip, µs |\n|---|---|---|---|---|---|---|\n")
	var conns []net.Conn
	defer func() { closeAll(conns) }()
	var rss, slab []point
	for _, n := range crowds {
		more, err := b.open(n - len(conns))
		conns = append(conns, more...)
		if err != nil {
			return "", err
		}
		time.Sleep(1500 * time.Millisecond)
		m, before := memoryOf(r.pid), cpu(r.pid)
		time.Sleep(2 * time.Second)
		idle := (cpu(r.pid) - before).Seconds() / 2 * 100
		if err := b.load("setup", 32, func() func() error { return b.setup }); err != nil {
			return "", err
		}
		if err := b.roundTrips(); err != nil {
			return "", err
		}
		rss = append(rss, point{float64(n), float64(m.rss)})
		slab = append(slab, point{float64(n), float64(m.slab)})
		fmt.Fprintf(&text, "| %d | %.1f | %d | %.1f | %.1f | %.2f | %.0f |\n", n, float64(m.rss)/1e6, m.files,
			float64(m.slab-base.slab)/1e6, idle, b.figures["setup.cpu_10k"], b.figures["rtt.p50_us"])
	}
	if b.figures["errors"] > 0 {
		return "", fmt.Errorf("%.0f requests failed", b.figures["errors"])
	}
	text.WriteString(extrapolated(slope(rss), slope(slab)/2))
	return text.String(), nil
}

// extrapolated says what slopes come to, in bytes for a tunnel.
func extrapolated(rss, kernel float64) string {
	const million, agents, machine = 1e6, 1e7, 16e9
	fits := machine / 2 / (rss + kernel)
	return fmt.Sprintf(`
Slope: %.0f bytes of the process and %.0f bytes of the kernel for a tunnel (half of the machine's: the other half belongs to the load
generator). So 1,000,000 tunnels take %.1f GB and %.1f GB. Half of a machine with 16 GB holds %.1f million; 10 million agents need %.0f
such machines for their memory.
`, rss, kernel, rss*million/1e9, kernel*million/1e9, fits/million, max(1, agents/fits+0.5))
}

// growingRules starts Deguchi with more and more rules before the one that decides.
func growingRules(w *world, o *options) (string, error) {
	var text strings.Builder
	text.WriteString("| rules | time to start, s | memory, MB | CPU s per 10,000 CONNECT | CONNECT/s |\n|---|---|---|---|---|\n")
	for _, n := range ruleCounts {
		rules := make([]string, n-1)
		for i := range rules {
			rules[i] = fmt.Sprintf("r%d", i)
		}
		begun := time.Now()
		r, err := w.start(peerOf("deguchi"), rules)
		if err != nil {
			return "", fmt.Errorf("%d rules: %w", n, err)
		}
		took := time.Since(begun) - 300*time.Millisecond
		b := &bench{world: w, running: r, figures: map[string]float64{}, each: 2 * o.each}
		err = b.load("setup", 32, func() func() error { return b.setup })
		m := memoryOf(r.pid)
		r.stop()
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&text, "| %d | %.2f | %.1f | %.2f | %.0f |\n", n, took.Seconds(), float64(m.rss)/1e6, b.figures["setup.cpu_10k"], b.figures["setup.per_s"])
		runtime.GC()
	}
	return text.String(), nil
}

var lineRate = regexp.MustCompile(`LinesPerSecond/(\d+)`)

// growingLog makes a table of what go test says of LinesPerSecond.
func growingLog(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	var text strings.Builder
	text.WriteString("| log lines/s | CPU ns for a line | a line waits, µs (p99) | lost |\n|---|---|---|---|\n")
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
		return "", fmt.Errorf("%s has no figures of LinesPerSecond", file)
	}
	return text.String(), nil
}
