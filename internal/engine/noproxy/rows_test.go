package noproxy

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// row is what a program did, recorded by a proxy and by listeners at every
// target: testdata/rows.ndjson.gz, November 2026.
type row struct {
	Program, Version, Case, Target string
	Vars                           Vars
	Want                           Way
	Differs                        bool   // the model is known to say otherwise
	Detail                         string // which proxy was contacted, and how
}

func rows(t testing.TB) []row {
	t.Helper()
	return rowsOf(t, "testdata/rows.ndjson.gz")
}

func rowsOf(t testing.TB, name string) []row {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var all []row
	lines := bufio.NewScanner(z)
	for lines.Scan() {
		var r row
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	if err := lines.Err(); err != nil || len(all) < 3000 {
		t.Fatalf("%d rows, %v", len(all), err)
	}
	return all
}

// TestRows holds the models against the recorded answers. What a program did
// must be said right; that it failed is known in most cases: some of the
// failures are those of a client's own checks, before it looks for a proxy.
func TestRows(t *testing.T) {
	failed, known := 0, 0
	for _, r := range rows(t) {
		d, err := Route(r.Program, r.Vars, r.Target)
		if err != nil {
			t.Fatalf("%s: %v", r.Program, err)
		}
		if r.Want == Broken {
			failed++
			if d.Route == Broken {
				known++
			} else {
				t.Logf("not known to fail: %s, %s: %s, %v: %s", r.Program, r.Case, r.Target, r.Vars, d.Route)
			}
			continue
		}
		if d.Route != r.Want || r.Want == Proxied && d.Proxy != endpoint(r) {
			t.Errorf("%s, %s: Route(%v, %s) = %s %s, %v; want %s %s",
				r.Program, r.Case, r.Vars, r.Target, d.Route, d.Proxy, d.Because, r.Want, r.Detail)
		}
	}
	t.Logf("failures: %d of %d known", known, failed)
	if known*100 < failed*95 {
		t.Errorf("only %d of %d failures are known", known, failed)
	}
}

// TestMoreRows holds the models against what programs did on another day
// (testdata/measured.ndjson.gz, 30 November 2026, one network namespace with
// listeners at every target): each was asked what the others were, and odd
// spellings of entries and proxies besides; of some it is recorded which proxy was
// contacted, and how. The rows in which a model differs are
// values that name no proxy at all, such as "http:/10.99.0.1", and names with
// letters that are not ASCII.
func TestMoreRows(t *testing.T) {
	differ, all := 0, rowsOf(t, "testdata/measured.ndjson.gz")
	for _, r := range all {
		d, err := Route(r.Program, r.Vars, r.Target)
		if err != nil {
			t.Fatalf("%s: %v", r.Program, err)
		}
		switch {
		case r.Differs:
			differ++
		case d.Route != r.Want || r.Detail != "" && d.Proxy != endpoint(r):
			t.Errorf("%s, %s: Route(%v, %s) = %s %s, %v; want %s", r.Program, r.Case, r.Vars, r.Target, d.Route, d.Proxy, d.Because, r.Want+" "+Way(r.Detail))
		}
	}
	t.Logf("%d of %d rows are answered as measured", len(all)-differ, len(all))
	if differ*50 > len(all) {
		t.Errorf("the models differ in %d of %d rows", differ, len(all))
	}
}

// endpoint is the proxy that a row's detail speaks of.
func endpoint(r row) string {
	how, port, _ := strings.Cut(r.Detail, ":")
	if port == "" {
		port = "3128"
	}
	value, host := r.Vars["http_proxy"], "10.99.0.1"
	if strings.Contains(value, "proxy.test") {
		host = "proxy.test"
	}
	switch how {
	case "proxy-tls":
		return "https://" + host + ":" + port
	case "proxy-socks5":
		scheme, _, ok := strings.Cut(value, ":")
		if !ok { // Java's properties name none
			scheme = "socks5"
		}
		return scheme + "://" + host + ":" + port
	case "proxy2":
		host = "10.99.0.2"
	}
	return "http://" + host + ":" + port
}
