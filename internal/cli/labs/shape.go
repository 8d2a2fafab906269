package labs

import (
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/lab"
	"github.com/deguchi-project/deguchi/internal/edge/lab/fabric"
	"github.com/deguchi-project/deguchi/internal/engine/blueprint"
	"github.com/deguchi-project/deguchi/internal/engine/route"
)

// Record is the answer of "deguchi lab run --json".
type Record struct {
	File   string `json:"file"`
	Tests  []Test `json:"tests"`
	Agree  int    `json:"agree"`
	Differ int    `json:"differ"`
	Beyond int    `json:"beyond"` // what a network cannot show
}

// Test is one test, as a network saw it.
type Test struct {
	Name      string       `json:"name"`
	Position  string       `json:"position"`
	Client    string       `json:"client"`
	URL       string       `json:"url"`
	OK        bool         `json:"ok"`
	Beyond    string       `json:"beyond"` // why a network cannot show it; then seen is nothing
	Predicted Answer       `json:"predicted"`
	Seen      *Answer      `json:"seen"`
	ToldBy    string       `json:"told_by"` // the counter or the line that told the verdict
	Differs   []Difference `json:"differs"`
	Run       *Run         `json:"run"`
	Hops      []Hop        `json:"hops"`
	Engine    string       `json:"engine"`
	Nodes     int          `json:"nodes"`
	OpenedMS  float64      `json:"opened_ms"` // 0 if the network stood already
}

// Answer is a verdict with what stands beside it, as "deguchi verify" has it.
type Answer struct {
	Verdict     string            `json:"verdict"`
	Path        []string          `json:"path"`
	Endpoint    string            `json:"endpoint"`
	DNS         DNS               `json:"dns"`
	Context     map[string]string `json:"context,omitempty"`
	Credentials string            `json:"credentials"`
	Redirect    string            `json:"redirect,omitempty"`
}

// DNS says who resolved the name, and what the answer was.
type DNS struct {
	By     string `json:"by"`
	Answer string `json:"answer"`
}

// Difference is a field in which the network is not as predicted.
type Difference struct {
	Field     string `json:"field"`
	Seen      string `json:"seen"`
	Predicted string `json:"predicted"`
}

// Run is what a program did.
type Run struct {
	Program string   `json:"program"`
	Command []string `json:"command"`
	Exit    int      `json:"exit"`
	TookMS  float64  `json:"took_ms"`
	Output  string   `json:"output"`
}

// Hop is what the counters of a node say.
type Hop struct {
	Hop      string    `json:"hop"` // of the path; empty for a router that is none
	Node     string    `json:"node"`
	Counters []Counter `json:"counters"`
}

// Counter is a named counter of a node's packet filter.
type Counter struct {
	Name    string `json:"name"`
	Packets uint64 `json:"packets"`
	Bytes   uint64 `json:"bytes"`
}

func testOf(t *lab.Trial, lang reason.Lang) Test {
	doc := Test{
		Name: t.Test.Name, Position: t.Test.Pos.String(), Client: t.Test.Client, URL: t.Test.Request.URL.String(),
		Predicted: predictedOf(&t.Predicted), Differs: []Difference{}, Hops: []Hop{},
		Engine: string(t.Engine), Nodes: t.Nodes, OpenedMS: milliseconds(t.Opened),
	}
	if !t.Cannot.IsZero() {
		doc.Beyond = t.Cannot.In(lang)
		return doc
	}
	v := t.Visit
	a := answerOf(&v.Answer)
	doc.Seen, doc.ToldBy, doc.OK = &a, v.Answer.Because, len(t.Differs) == 0
	for _, d := range t.Differs {
		doc.Differs = append(doc.Differs, Difference{d.Field, d.Got, d.Want})
	}
	doc.Run = &Run{string(v.Program), shown(v.Command), v.Exit, milliseconds(v.Took), v.Output}
	doc.Hops = hopsOf(v)
	return doc
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func predictedOf(t *route.Trace) Answer {
	return answer(string(t.Verdict), t.Path(), t.Crossed(), DNS(t.DNS), t.Context, t.Credentials, t.Redirect)
}

func answerOf(a *blueprint.Answer) Answer {
	return answer(string(a.Verdict), a.Path, a.Endpoint, DNS(a.DNS), a.Context, a.Credentials, a.Redirect)
}

func answer(verdict string, path []string, endpoint string, dns DNS, context []route.Key, credentials, redirect string) Answer {
	a := Answer{verdict, path, endpoint, dns, map[string]string{}, credentials, redirect}
	for _, k := range context {
		a.Context[k.Name] = k.Value
	}
	return a
}

// hopsOf are the nodes on the path in its order, then those that dropped
// something beside it.
func hopsOf(v *lab.Visit) (hops []Hop) {
	by := map[string][]Counter{}
	var order []string
	for _, c := range v.Counters {
		if by[c.Node] == nil {
			order = append(order, c.Node)
		}
		by[c.Node] = append(by[c.Node], Counter{c.Name, c.Packets, c.Bytes})
	}
	done := map[string]bool{}
	for _, h := range v.Answer.Path {
		hop := Hop{Hop: h, Node: nodeOf(h, order), Counters: []Counter{}}
		if strings.HasPrefix(h, "client:") {
			hop.Node = v.Machine
		}
		if !done[hop.Node] {
			hop.Counters = append(hop.Counters, by[hop.Node]...)
		}
		done[hop.Node] = true
		hops = append(hops, hop)
	}
	for _, n := range order {
		if !done[n] && drops(by[n]) {
			hops = append(hops, Hop{Node: n, Counters: by[n]})
		}
	}
	return hops
}

// nodeOf returns the one of nodes that hop is.
func nodeOf(hop string, nodes []string) string {
	for _, n := range nodes {
		if n == hop || strings.HasPrefix(n, hop+"@") {
			return n
		}
	}
	if service, ok := strings.CutPrefix(hop, "aws:"); ok {
		return "aws:" + service[strings.LastIndexByte(service, '.')+1:]
	}
	return hop
}

func drops(all []Counter) bool {
	for _, c := range all {
		if c.Name != fabric.Passed && c.Name != fabric.Arrived && c.Name != fabric.Sent {
			return true
		}
	}
	return false
}

// shown is a command as people see it: keys are the lab's own, and still nobody
// gets used to reading some.
func shown(command []string) []string {
	all := append([]string{}, command...)
	for i, arg := range all {
		if arg == "--user" && i+1 < len(all) {
			all[i+1] = "KEY:SECRET"
		}
		switch {
		case strings.HasPrefix(strings.ToLower(arg), "x-amz-security-token:"):
			all[i] = "x-amz-security-token: TOKEN"
		case strings.HasPrefix(arg, "AWS4-HMAC-SHA256 "):
			all[i] = "AUTHORIZATION"
		case len(arg) >= 64 && strings.Trim(arg, "0123456789abcdef") == "":
			all[i] = "TOKEN"
		case strings.Count(arg, "\n") > 1:
			all[i] = "PROGRAM"
		}
	}
	return all
}
