package planner

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// office is a topology with a test that passes, one that fails, and one that
// holds only with its change.
const office = `version: 1
sites:
  office: {cidr: 192.168.0.0/16, internet: true, dns: {public: true}}
clients:
  pc: {at: office}
tests:
  - name: SNS|straight <out>
    client: pc
    request: {url: "https://sns.ap-northeast-1.amazonaws.com/?a=1&b=2"}
    expect:
      verdict: reached
      path: [client:pc, internet, aws:sns.ap-northeast-1]
      endpoint: none
      dns: {by: client, answer: public}
      context: {aws:SourceVpce: absent}
    because: The office has the internet.
  - name: "not\asound"
    client: pc
    request: {url: "https://sns.ap-northeast-1.amazonaws.com/"}
    expect:
      verdict: no-route
      path: [client:pc]
      endpoint: none
      dns: {by: client, answer: public}
      credentials: none
    because: =1+1
  - name: without the internet
    client: pc
    change: {sites: {office: {internet: false}}}
    request: {url: "https://sns.ap-northeast-1.amazonaws.com/"}
    expect:
      verdict: no-route
      path: [client:pc]
      endpoint: none
      dns: {by: client, answer: public}
    because: Nothing else leads out.
`

func parse(t *testing.T, file, src string) *topology.Topology {
	t.Helper()
	top, problems := topology.Parse(file, []byte(src), topology.Options{})
	if len(problems) > 0 {
		t.Fatalf("%s has a problem: %v", file, problems)
	}
	return top
}

func plan(t *topology.Topology) *route.Planner { return route.New(t, route.Options{}) }

// recorded is the record of office.
func recorded(t *testing.T) *Record {
	t.Helper()
	var r Record
	r.verify(parse(t, "office.yaml", office), plan, reason.English)
	return &r
}

func TestVerify(t *testing.T) {
	r := recorded(t)
	if r.Passed != 2 || r.Failed != 1 || len(r.Tests) != 3 {
		t.Fatalf("%d passed, %d failed of %d tests, want 2, 1 of 3", r.Passed, r.Failed, len(r.Tests))
	}
	want := []Difference{
		{"verdict", "reached", "no-route"},
		{"path", "[client:pc, internet, aws:sns.ap-northeast-1]", "[client:pc]"},
		{"credentials", "own", "none"},
	}
	if diff := cmp.Diff(want, r.Tests[1].Differs); diff != "" {
		t.Errorf("differences of the second test (-want +got):\n%s", diff)
	}
	if got, want := r.Tests[1].Position, "office.yaml:17:5"; got != want {
		t.Errorf("the second test stands at %s, want %s", got, want)
	}
	if _, ok := r.Tests[0].Got.Context["aws:SourceVpce"]; !ok {
		t.Errorf("got of the first test lacks keys: %v", r.Tests[0].Got.Context)
	}
}

// TestJUnit reads the report back as CI systems do.
func TestJUnit(t *testing.T) {
	p, out := to(reason.English)
	if err := p.recordJUnit(recorded(t)); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(out.String(), "\a\uFFFD") {
		t.Errorf("the report has control characters, or what stands for them:\n%s", out)
	}
	var doc suitesXML
	if err := xml.Unmarshal([]byte(out.String()), &doc); err != nil {
		t.Fatalf("the report is not XML: %v\n%s", err, out)
	}
	if doc.Tests != 3 || doc.Failures != 1 || len(doc.Suites) != 1 || len(doc.Suites[0].Cases) != 3 {
		t.Fatalf("the report has other counts than 3 tests, 1 failure, 1 suite:\n%s", out)
	}
	suite := doc.Suites[0]
	if suite.Name != "office.yaml" || suite.Tests != 3 || suite.Failures != 1 {
		t.Errorf("suite %s has %d tests, %d failures", suite.Name, suite.Tests, suite.Failures)
	}
	for i, name := range []string{"SNS|straight <out>", "notsound", "without the internet"} {
		if c := suite.Cases[i]; c.Name != name || c.Class != "office.yaml" || (c.Failure == nil) != (i != 1) {
			t.Errorf("case %d is %+v, want %q", i, c, name)
		}
	}
	failure := suite.Cases[1].Failure
	if failure == nil || failure.Type != "verdict" || !strings.Contains(failure.Text, "office.yaml:17:5") ||
		!strings.Contains(failure.Message, "verdict is reached, expected no-route") {
		t.Errorf("failure = %+v", failure)
	}
}

// TestRecordTables keeps every row of Markdown and every field of CSV in its
// column, whatever names hold.
func TestRecordTables(t *testing.T) {
	p, out := to(reason.Japanese)
	if err := p.recordMarkdown(recorded(t)); err != nil {
		t.Fatal(err)
	}
	width := 0
	for line := range strings.Lines(out.String()) {
		cells := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		switch {
		case cells == 0:
			width = 0
		case width == 0:
			width = cells
		case cells != width:
			t.Errorf("a row of %d bars in a table of %d: %s", cells, width, line)
		}
	}
	if !strings.Contains(out.String(), `SNS\|straight &lt;out&gt;`) {
		t.Errorf("the first test is not named:\n%s", out)
	}
	p, out = to(reason.English)
	if err := p.recordCSV(recorded(t)); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), ",'=1+1\r\n") {
		t.Errorf("a sentence stands as a formula:\n%s", out)
	}
}

func TestChoose(t *testing.T) {
	tests := []struct {
		why, format string
		json        bool
		want, fails string
	}{
		{"the default", "text", false, "text", ""},
		{"--json alone", "text", true, "json", ""},
		{"both ways to say JSON", "json", true, "json", ""},
		{"two forms", "csv", true, "", "--json and --format csv contradict each other"},
		{"no form", "pdf", false, "", `--format is "pdf", not one of text, json, junit, markdown, csv`},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			got, err := VerifyFormats().choose(tt.format, tt.json)
			fails := ""
			if err != nil {
				fails = err.Error()
			}
			if got != tt.want || fails != tt.fails {
				t.Errorf("choose(%q, %v) = %q, %q, want %q, %q", tt.format, tt.json, got, fails, tt.want, tt.fails)
			}
		})
	}
}
