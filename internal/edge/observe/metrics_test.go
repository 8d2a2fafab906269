package observe

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// configured returns metrics that know the names of tunnel().
func configured() *Metrics {
	m := NewMetrics("1.2.3", Sources{
		OpenTunnels: func() int { return 7 },
		LogLost:     func() uint64 { return 3 },
		DNS: func() DNS {
			return DNS{Lookups: 5, Queries: 6, Hits: 2, Names: 1, Failures: map[string]uint64{"timeout": 1, "not-found": 0}}
		},
	})
	m.Configure(Labels{Clients: []string{"office", "other-cloud"}, Rules: []string{"our buckets", "出口"}, Services: []string{"s3", "ssm"}})
	return m
}

// scrape returns the series that begin with deguchi_, sorted.
func scrape(t *testing.T, m *Metrics) []string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	var all []string
	for line := range strings.Lines(w.Body.String()) {
		if strings.HasPrefix(line, "deguchi_") && !strings.Contains(line, "_bucket{") {
			all = append(all, strings.TrimSuffix(line, "\n"))
		}
	}
	slices.Sort(all)
	return all
}

func TestMetrics(t *testing.T) {
	m := configured()
	m.Reloaded(true, time.UnixMilli(1_800_000_000_500))
	m.Reloaded(false, time.UnixMilli(1_800_000_001_000))
	m.Taken(Taken{Source: "s3://corp/a.yaml", Version: "1", Digest: "aaa", Copied: true})
	m.Taken(Taken{Source: "s3://corp/a.yaml", Version: "2", Digest: "bbb"})
	m.Watch()
	m.Looked(true, time.UnixMilli(1_800_000_002_500))
	m.Looked(false, time.UnixMilli(1_800_000_003_000))
	m.Established(20 * time.Millisecond)
	m.Ended(tunnel())
	m.Ended(tunnel())
	m.Ended(with(func(r *Record) {
		r.ClientName, r.Rule, r.Verdict, r.Reason = "office", "出口", "denied", "sni-mismatch"
	}))
	m.Ended(&Record{Verdict: "denied", Reason: "unknown-client", Up: -1, Down: -1})
	m.Ended(&Record{ClientName: "x", Rule: "\xff", Service: "y", Verdict: "z", Reason: "w"})
	want := []string{
		`deguchi_config_info{copy="false",digest="bbb",source="s3://corp/a.yaml",version="2"} 1`,
		`deguchi_config_last_reload_successful 0`,
		`deguchi_config_last_reload_timestamp_seconds 1.8000000005e+09`,
		`deguchi_config_source_last_read_successful 0`,
		`deguchi_config_source_last_read_timestamp_seconds 1.8000000025e+09`,
		`deguchi_dns_cached_names 1`,
		`deguchi_dns_failures_total{reason="not-found"} 0`,
		`deguchi_dns_failures_total{reason="timeout"} 1`,
		`deguchi_dns_hits_total 2`,
		`deguchi_dns_lookups_total 5`,
		`deguchi_dns_queries_total 6`,
		`deguchi_down_bytes_total{client_name="",rule="",service=""} 0`,
		`deguchi_down_bytes_total{client_name="office",rule="出口",service="s3"} 567890`,
		`deguchi_down_bytes_total{client_name="other",rule="other",service="other"} 0`,
		`deguchi_down_bytes_total{client_name="other-cloud",rule="our buckets",service="s3"} 1.13578e+06`,
		`deguchi_log_lost_lines_total 3`,
		`deguchi_open_tunnels 7`,
		`deguchi_requests_total{client_name="",reason="unknown-client",rule="",service="",verdict="denied"} 1`,
		`deguchi_requests_total{client_name="office",reason="sni-mismatch",rule="出口",service="s3",verdict="denied"} 1`,
		`deguchi_requests_total{client_name="other",reason="other",rule="other",service="other",verdict="other"} 1`,
		`deguchi_requests_total{client_name="other-cloud",reason="rule-allows",rule="our buckets",service="s3",verdict="allowed"} 2`,
		`deguchi_tunnel_setup_seconds_count 1`,
		`deguchi_tunnel_setup_seconds_sum 0.02`,
		`deguchi_up_bytes_total{client_name="",rule="",service=""} 0`,
		`deguchi_up_bytes_total{client_name="office",rule="出口",service="s3"} 1234`,
		`deguchi_up_bytes_total{client_name="other",rule="other",service="other"} 0`,
		`deguchi_up_bytes_total{client_name="other-cloud",rule="our buckets",service="s3"} 2468`,
	}
	got := slices.DeleteFunc(scrape(t, m), func(s string) bool { return strings.HasPrefix(s, "deguchi_build_info") })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("metrics (-want +got):\n%s", diff)
	}
}

// TestNames: every metric is deguchi_<noun>_<unit>[_total], with a help text
// and labels out of the closed list. go_ and process_ are Prometheus's own.
func TestNames(t *testing.T) {
	name := regexp.MustCompile(`^deguchi(_[a-z]+)*_(seconds|bytes|requests|tunnels|lookups|queries|hits|failures|names|lines|info|successful)(_total)?$`)
	labels := []string{"client_name", "rule", "service", "verdict", "reason"}
	m := configured()
	m.Ended(tunnel())
	families, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	ours := 0
	for _, f := range families {
		if strings.HasPrefix(f.GetName(), "go_") || strings.HasPrefix(f.GetName(), "process_") {
			continue
		}
		ours++
		if !name.MatchString(f.GetName()) || f.GetHelp() == "" {
			t.Errorf("metric %s, help %q: want a name like %s", f.GetName(), f.GetHelp(), name)
		}
		if strings.HasSuffix(f.GetName(), "_info") { // one series each
			continue
		}
		for _, l := range f.GetMetric()[0].GetLabel() {
			if !slices.Contains(labels, l.GetName()) {
				t.Errorf("metric %s has label %s, which is none of %v", f.GetName(), l.GetName(), labels)
			}
		}
	}
	if ours < 10 {
		t.Errorf("%d metrics of our own", ours)
	}
}

// TestFloodOfNames: no request adds series that are not in the sets.
func TestFloodOfNames(t *testing.T) {
	m := configured()
	for i := range 10_000 {
		odd := fmt.Sprintf("odd-%d\xff", i)
		m.Ended(&Record{ClientName: odd, Rule: odd, Service: odd, Verdict: odd, Reason: odd})
	}
	for _, s := range scrape(t, m) {
		if strings.HasPrefix(s, "deguchi_requests_total{") && s != `deguchi_requests_total{client_name="other",reason="other",rule="other",service="other",verdict="other"} 10000` {
			t.Errorf("series %s", s)
		}
	}
}

// TestSeriesAreBounded: the sets themselves may be large.
func TestSeriesAreBounded(t *testing.T) {
	var l Labels
	for i := range 100 {
		l.Clients, l.Services = append(l.Clients, "client "+strconv.Itoa(i)), append(l.Services, "service "+strconv.Itoa(i))
	}
	m := configured()
	m.Configure(l)
	for _, c := range l.Clients {
		for _, s := range l.Services {
			m.Ended(&Record{ClientName: c, Service: s, Verdict: "denied", Reason: "no-rule"})
		}
	}
	count, sum := 0, 0
	for _, s := range scrape(t, m) {
		if strings.HasPrefix(s, "deguchi_requests_total{") {
			n, err := strconv.Atoi(s[strings.LastIndexByte(s, ' ')+1:])
			if err != nil {
				t.Fatal(err)
			}
			count, sum = count+1, sum+n
		}
	}
	if count > maxSeries+1 || sum != 10_000 {
		t.Errorf("%d series count %d requests, want at most %d series and 10000", count, sum, maxSeries+1)
	}
}

func TestReloadDropsSeriesOfNamesThatAreGone(t *testing.T) {
	m := configured()
	m.Ended(tunnel())
	m.Ended(with(func(r *Record) { r.Rule = "出口" }))
	m.Configure(Labels{Clients: []string{"other-cloud"}, Rules: []string{"出口"}, Services: []string{"s3"}})
	m.Ended(with(func(r *Record) { r.Rule = "出口" }))
	m.Ended(tunnel()) // began before the reload
	var got []string
	for _, s := range scrape(t, m) {
		if strings.HasPrefix(s, "deguchi_requests_total{") {
			got = append(got, s)
		}
	}
	want := []string{
		`deguchi_requests_total{client_name="other-cloud",reason="rule-allows",rule="other",service="s3",verdict="allowed"} 1`,
		`deguchi_requests_total{client_name="other-cloud",reason="rule-allows",rule="出口",service="s3",verdict="allowed"} 2`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("series (-want +got):\n%s", diff)
	}
}

// TestReasonsAreComplete reads the codes where they are declared.
func TestReasonsAreComplete(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../../base/reason/verdict.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var declared []string
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			for _, v := range spec.Values {
				if lit, ok := v.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					code, _ := strconv.Unquote(lit.Value)
					declared = append(declared, code)
				}
			}
		}
		return true
	})
	for _, code := range declared {
		if !slices.Contains(reasons, code) {
			t.Errorf("reason %s is not counted", code)
		}
	}
	if len(declared) < 20 {
		t.Errorf("%d reasons declared", len(declared))
	}
}

func TestNilMetrics(t *testing.T) {
	var m *Metrics
	m.Configure(Labels{})
	m.Reloaded(true, time.Now())
	m.Taken(Taken{})
	m.Looked(true, time.Now())
	m.Ended(tunnel())
	m.Established(time.Second)
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("status %d, want 404", w.Code)
	}
}

func TestNewLogger(t *testing.T) {
	var text strings.Builder
	l := NewLogger(&text, false)
	l.Debug("not this")
	l.Info("listening", slog.String("address", "127.0.0.1:3128"))
	if got := text.String(); !strings.HasSuffix(got, "level=INFO msg=listening address=127.0.0.1:3128\n") || strings.Count(got, "\n") != 1 {
		t.Errorf("log = %q", got)
	}
}

func BenchmarkEnded(b *testing.B) {
	m, r := configured(), tunnel()
	b.ReportAllocs()
	for b.Loop() {
		m.Ended(r)
	}
}

func BenchmarkScrape(b *testing.B) {
	m := configured()
	m.Ended(tunnel())
	for b.Loop() {
		w := httptest.NewRecorder()
		m.Handler().ServeHTTP(w, httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/metrics", nil))
		_, _ = io.Copy(io.Discard, w.Body)
	}
}
