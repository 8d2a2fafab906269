// Command bench measures Deguchi beside Squid, HAProxy and tinyproxy on loopback,
// interleaved in one run, and how Deguchi's cost grows. What counts are ratios
// to Squid in the same round: load generator, origin and proxy share a machine,
// so no figure is the most that a proxy can do. bench/run.sh starts it.
package main

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// options are the flags.
type options struct {
	deguchi, dir, docs, svg string
	rounds, idle            int
	each                    time.Duration
	only, tests             string
	short, growth           bool
	logs, mark, before      string
}

func main() {
	var o options
	flag.StringVar(&o.deguchi, "deguchi", "", "path of the program to measure")
	flag.StringVar(&o.before, "before", "", "path of another Deguchi, measured in the same rounds as peer before")
	flag.StringVar(&o.dir, "dir", "", "an empty folder for configurations and logs")
	flag.StringVar(&o.docs, "docs", "", "comma-separated pages, between whose markers the tables are written; none prints them")
	flag.StringVar(&o.svg, "svg", "", "file for the chart; the Japanese one stands beside it, as NAME.ja.svg")
	flag.IntVar(&o.rounds, "rounds", 4, "rounds, each over all peers")
	flag.IntVar(&o.idle, "idle", 3000, "idle tunnels")
	flag.DurationVar(&o.each, "d", 600*time.Millisecond, "how long each timed test runs")
	flag.StringVar(&o.only, "only", "", "comma-separated peers; all by default")
	flag.StringVar(&o.tests, "tests", "", "comma-separated tests: idle,setup,rtt,bulk,http,tls,sni; all by default")
	flag.BoolVar(&o.short, "short", false, "check what must hold at any speed, with Deguchi alone, and fail if it does not")
	flag.BoolVar(&o.growth, "growth", false, "measure how the cost grows instead")
	flag.StringVar(&o.mark, "mark", "", "name of markers for all tables of a further run")
	flag.StringVar(&o.logs, "logs", "", "with -growth: output of the benchmark LinesPerSecond")
	flag.Parse()
	if err := run(&o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(o *options) error {
	if o.deguchi == "" || o.dir == "" {
		return errors.New("-deguchi and -dir are needed: bench/run.sh gives them")
	}
	w, err := newWorld(o.dir, o.deguchi)
	if err != nil {
		return err
	}
	if o.before != "" {
		compareWith(o.before)
	}
	switch {
	case o.short:
		return short(w, o)
	case o.growth:
		return growth(w, o)
	}
	rs, err := compare(w, o)
	if err != nil {
		return err
	}
	if o.svg != "" {
		for l, name := range map[lang]string{"en": o.svg, "ja": strings.TrimSuffix(o.svg, ".svg") + ".ja.svg"} {
			if err := os.WriteFile(name, []byte(chart(rs, l)), 0o644); err != nil { //nolint:gosec // a page for everybody
				return err
			}
		}
	}
	if o.mark != "" {
		return publish(o, map[string]func(lang) string{
			"bench " + o.mark: func(l lang) string { return machine(l) + "\n" + goalTable(rs, l) + "\n" + peerTable(rs, l) },
		})
	}
	return publish(o, map[string]func(lang) string{
		"bench goals": func(l lang) string { return machine(l) + "\n" + goalTable(rs, l) },
		"bench peers": func(l lang) string { return peerTable(rs, l) },
	})
}

// lang is a language that tables are written in.
type lang string

// of returns the words in the language.
func (l lang) of(english, japanese string) string {
	if l == "ja" {
		return japanese
	}
	return english
}

// compare runs every test of every peer, round by round.
func compare(w *world, o *options) (*results, error) {
	rs := &results{figures: map[string]map[string][]float64{}}
	for round := range o.rounds {
		for _, p := range peers {
			if !among(o.only, p.name) || p.missing() {
				continue
			}
			start := time.Now()
			figures, err := w.measure(p, o)
			if err != nil {
				return nil, fmt.Errorf("%s, round %d: %w", p.name, round+1, err)
			}
			rs.add(p.name, round, figures)
			fmt.Fprintf(os.Stderr, "round %d of %d: %s in %.0f s\n", round+1, o.rounds, p.name, time.Since(start).Seconds())
		}
	}
	return rs, nil
}

// measure starts p, runs its tests and ends it.
func (w *world) measure(p *peer, o *options) (map[string]float64, error) {
	r, err := w.start(p, nil)
	if err != nil {
		return nil, err
	}
	defer r.stop()
	b := &bench{world: w, running: r, figures: map[string]float64{}, each: o.each, idle: o.idle}
	for _, t := range tests {
		if !among(o.tests, t.name) || !slices.Contains(p.can, t.name) {
			continue
		}
		if t.name == "sni" && w.sni == nil {
			continue
		}
		if err := t.run(b); err != nil {
			return nil, fmt.Errorf("%s: %w", t.name, err)
		}
	}
	return b.figures, nil
}

// among reports whether name is in a comma-separated list. An empty list has all.
func among(list, name string) bool {
	return list == "" || slices.Contains(strings.Split(list, ","), name)
}

// publish prints the texts, or writes each between its markers on the pages that
// have them.
func publish(o *options, texts map[string]func(lang) string) error {
	if o.docs == "" {
		for _, name := range slices.Sorted(maps.Keys(texts)) {
			fmt.Println(texts[name]("en"))
		}
		return nil
	}
	written := map[string]bool{}
	for page := range strings.SplitSeq(o.docs, ",") {
		b, err := os.ReadFile(filepath.Clean(page))
		if err != nil {
			return err
		}
		l := lang("en")
		if strings.HasSuffix(page, ".ja.md") {
			l = "ja"
		}
		all := string(b)
		for name, text := range texts {
			begin, end := "<!-- "+name+": begin -->\n", "<!-- "+name+": end -->"
			head, rest, ok := strings.Cut(all, begin)
			_, tail, ok2 := strings.Cut(rest, end)
			if ok && ok2 {
				all, written[name] = head+begin+text(l)+end+tail, true
			}
		}
		if err := os.WriteFile(page, []byte(all), 0o644); err != nil { //nolint:gosec // a page for everybody
			return err
		}
	}
	for name := range texts {
		if !written[name] {
			return fmt.Errorf("no page has markers %q", name)
		}
	}
	return nil
}
