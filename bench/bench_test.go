package main

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func sample() *results {
	rs := &results{figures: map[string]map[string][]float64{}}
	for round, v := range []float64{1, 2, 4} {
		rs.add("squid", round, map[string]float64{"setup32.cpu_10k": 2 * v, "rtt.p50_us": 30})
		rs.add("direct", round, map[string]float64{"rtt.p50_us": 10})
		rs.add("deguchi", round, map[string]float64{"setup32.cpu_10k": v, "rtt.p50_us": 20, "idle.rss": 1000 * v})
	}
	return rs
}

// A ratio is taken in each round: a machine that is three times slower in one of
// them changes nothing.
func TestRatiosAreOfOneRound(t *testing.T) {
	s, ok := sample().ratio("deguchi", "squid", "setup32.cpu_10k")
	if want := (spread{0.5, 0.5, 0.5}); !ok || s != want {
		t.Errorf("ratio = %v, %v, want %v", s, ok, want)
	}
	if s, ok := added(sample()); !ok || s.median != 0.5 {
		t.Errorf("added = %v, %v, want 0.5", s, ok)
	}
	if _, ok := sample().ratio("deguchi", "squid", "idle.rss"); ok {
		t.Error("a figure that Squid lacks has a ratio")
	}
}

func TestTables(t *testing.T) {
	text := goalTable(sample(), "en") + goalTable(sample(), "ja")
	for _, want := range []string{"| ≤ 0.60 | 0.50 | 0.50–0.50 | yes |", "| ≤ 1.5 | 2.00 | 1.00–4.00 | no |", "| ≤ 1.5 | 2.00 | 1.00–4.00 | いいえ |"} {
		if !strings.Contains(text, want) {
			t.Errorf("tables lack %q:\n%s", want, text)
		}
	}
	if got := peerTable(sample(), "en"); !strings.Contains(got, "| memory of an idle tunnel, kB |  |  | 2.0 (1.0–4.0) |") {
		t.Errorf("the table of peers lacks a row:\n%s", got)
	}
}

func TestSlope(t *testing.T) {
	if got := slope([]point{{1000, 11e6}, {5000, 15e6}, {9000, 19e6}}); math.Abs(got-1000) > 1e-6 {
		t.Errorf("slope = %v, want 1000", got)
	}
}

func TestChartIsXML(t *testing.T) {
	for _, l := range []lang{"en", "ja"} {
		d := xml.NewDecoder(strings.NewReader(chart(sample(), l)))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestChartsAreOfOneRun: the Japanese chart is the English one in other words.
func TestChartsAreOfOneRun(t *testing.T) {
	var words []string
	for _, b := range bars {
		words = append(words, ">"+b.what+"<", ">"+b.ja+"<")
	}
	for _, w := range [][2]string{chartTitle, chartHead} {
		words = append(words, ">"+w[0]+"<", ">"+w[1]+"<")
	}
	inJapanese := strings.NewReplacer(append(words, cutBar[0]+"<", cutBar[1]+"<")...)
	if got, want := chart(sample(), "ja"), inJapanese.Replace(chart(sample(), "en")); got != want {
		t.Errorf("the charts differ in more than words:\n%s\n%s", got, want)
	}
	english, err := os.ReadFile("../docs/pictures/bench.svg")
	if err != nil {
		t.Fatal(err)
	}
	japanese, err := os.ReadFile("../docs/pictures/bench.ja.svg")
	if err != nil {
		t.Fatal(err)
	}
	if string(japanese) != inJapanese.Replace(string(english)) {
		t.Error("docs/pictures/bench.ja.svg is of another run than bench.svg")
	}
}

func TestPublish(t *testing.T) {
	page := filepath.Join(t.TempDir(), "x.ja.md")
	if err := os.WriteFile(page, []byte("a\n<!-- m: begin -->\nold\n<!-- m: end -->\nb\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := func(l lang) string { return string(l) + "\n" }
	o := &options{docs: page}
	if err := publish(o, map[string]func(lang) string{"m": text}); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(page); string(b) != "a\n<!-- m: begin -->\nja\n<!-- m: end -->\nb\n" {
		t.Errorf("the page is %q", b)
	}
	if err := publish(o, map[string]func(lang) string{"other": text}); err == nil {
		t.Error("a page without markers was taken")
	}
}
