package topology

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// parse returns the topology in src, which must be sound.
func parse(t testing.TB, src string) *Topology {
	t.Helper()
	topology, problems := Parse("f.yaml", []byte(src), Options{})
	if len(problems) > 0 {
		t.Fatalf("problems:\n%s", strings.Join(shown(problems), "\n"))
	}
	return topology
}

// files returns the content of every topology among the test data that has no
// problem.
func files(t testing.TB) map[string]string {
	t.Helper()
	found := make(map[string]string)
	for _, pattern := range []string{"testdata/examples/*.yaml", "../../../testdata/routes/*.yaml"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("no files %s: %v", pattern, err)
		}
		for _, name := range names {
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			found[filepath.Base(name)] = string(src)
		}
	}
	return found
}

// TestSound: topologies without problems, and each of them with the change of
// each of its tests, which has the client that the test asks for.
func TestSound(t *testing.T) {
	for name, src := range files(t) {
		t.Run(name, func(t *testing.T) {
			topology := parse(t, src)
			for _, test := range topology.Tests {
				if changed, problems := topology.Apply(test.Change); len(problems) > 0 || changed.Client(test.Client) == nil {
					t.Errorf("%s: no client %s, or %v", test.Name, test.Client, shown(problems))
				}
			}
		})
	}
}

// TestResolved: names become what they name.
func TestResolved(t *testing.T) {
	topology := parse(t, strings.Replace(sound, "proxy: proxy,", `proxy: "app/exit",`, 1))
	app, ec2 := topology.VPC("app"), topology.Client("ec2")
	private := app.Subnet("private")
	switch {
	case ec2.At.Subnet != private || private.VPC != app:
		t.Errorf("ec2 is at %v", ec2.At)
	case ec2.Proxy.V.Endpoint != app.Endpoint("exit") || ec2.Proxy.V.Port != 8080:
		t.Errorf("ec2 goes by %+v, want the endpoint at the first listener", ec2.Proxy.V)
	case !slices.Equal(ec2.Proxy.V.Proxies(), []*Proxy{topology.Proxy("proxy")}):
		t.Errorf("ec2 gets to %v", ec2.Proxy.V.Proxies())
	case !slices.Equal(private.Gateways, []*Endpoint{app.Endpoint("s3")}):
		t.Errorf("the private subnet has %v", private.Gateways)
	case app.Account.V != topology.Account(Main) || app.Account.State != NotWritten:
		t.Errorf("the account is %+v, want main by default", app.Account)
	}
	var routes []string
	for _, r := range app.Subnet("public").Routes {
		routes = append(routes, fmt.Sprint(r.Text, " ", r.Prefix, " ", r.Target.Kind, " ", r.Target.Text, " ", r.Target.Link == topology.Link("dx1")))
	}
	if diff := cmp.Diff([]string{"internet 0.0.0.0/0 1 igw false", "office 192.168.0.0/16 4 dx1 true"}, routes); diff != "" {
		t.Errorf("routes (-want +got):\n%s", diff)
	}
}

// TestStates: not written, written and unknown are three things.
func TestStates(t *testing.T) {
	place := func(s Setting[[]Place]) string { return fmt.Sprint(s.State, " ", len(s.V), " ", s.Pos.Line) }
	tests := map[string]struct {
		put  string
		want string
	}{
		"not written":    {"", "0 0 0"},
		"written, empty": {"sg_from: [], ", "1 0 25"},
		"written":        {"sg_from: [app], ", "1 1 25"},
		"unknown":        {"sg_from: unknown, ", "2 0 25"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := parse(t, spoilt(t, "port: 3128,", tt.put+"port: 3128,")).Proxy("proxy")
			if got := place(p.SGFrom); got != tt.want {
				t.Errorf("sg_from is %s, want %s", got, tt.want)
			}
		})
	}
	p := parse(t, sound).Proxy("proxy")
	if x := p.XForwardedFor; !x.V || x.Is() {
		t.Errorf("x_forwarded_for is %+v, want true by default", x)
	}
}

// TestApply: maps are merged, anything else replaces, null removes, and the
// topology that is changed stays as it is.
func TestApply(t *testing.T) {
	base := parse(t, sound)
	change, problems := ReadChange("change", []byte("clients: {ec2: {no_proxy: [a, b], proxy: null}, new: {at: office}}\nvpcs: {app: {endpoints: {exit: null}}}\nnlbs: null\nendpoint_services: null"))
	if len(problems) > 0 {
		t.Fatal(shown(problems))
	}
	got, problems := base.Apply(change)
	if len(problems) > 0 {
		t.Fatal(shown(problems))
	}
	ec2 := got.Client("ec2")
	if !slices.Equal(ec2.NoProxy.V, []string{"a", "b"}) || ec2.Proxy.State != NotWritten || ec2.At.String() != "app/private" {
		t.Errorf("ec2 is %+v", ec2)
	}
	if got.Client("new") == nil || got.VPC("app").Endpoint("exit") != nil || len(got.NLBs) > 0 || len(got.Tests) != 1 {
		t.Errorf("the change gives %+v", got)
	}
	if diff := cmp.Diff(dump(parse(t, sound)), dump(base)); diff != "" {
		t.Errorf("the topology has changed (-before +after):\n%s", diff)
	}
	if same, _ := base.Apply(Change{}); same != base {
		t.Error("no change makes another topology")
	}
	if _, problems := base.Apply(Change{&yamldoc.Node{Kind: yamldoc.Map, Entries: []yamldoc.Entry{{Key: &yamldoc.Node{Text: "nodes"}, Value: &yamldoc.Node{Kind: yamldoc.Map}}}}}); len(problems) == 0 {
		t.Error("a change of what there is not has no problem")
	}
}

// dump returns v as text, without places. What is pointed to is written out
// where it is met first.
func dump(v any) string {
	var b strings.Builder
	seen := make(map[uintptr]int)
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		if s, ok := v.Interface().(fmt.Stringer); ok && v.Kind() == reflect.Struct {
			b.WriteString(s.String())
			return
		}
		switch v.Kind() {
		case reflect.Pointer:
			if n, again := seen[v.Pointer()]; again || v.IsNil() {
				fmt.Fprintf(&b, "#%d", n)
				return
			}
			seen[v.Pointer()] = len(seen) + 1
			walk(v.Elem())
		case reflect.Struct:
			b.WriteString("{\n")
			for field, value := range v.Fields() {
				if field.IsExported() && field.Name != "Pos" && field.Name != "Len" && field.Name != "Change" {
					b.WriteString(field.Name + ": ")
					walk(value)
				}
			}
			b.WriteString("}\n")
		case reflect.Slice:
			for i := range v.Len() {
				fmt.Fprintf(&b, "%d ", i)
				walk(v.Index(i))
			}
			fmt.Fprintf(&b, "of %d\n", v.Len())
		default:
			fmt.Fprintln(&b, v.Interface())
		}
	}
	walk(reflect.ValueOf(v))
	return b.String()
}

// TestOrder: the order of maps in the file changes nothing.
func TestOrder(t *testing.T) {
	for name, src := range files(t) {
		t.Run(name, func(t *testing.T) {
			want := dump(parse(t, src))
			root, _ := yamldoc.Parse("f.yaml", []byte(src))
			for seed := range uint64(16) {
				var b strings.Builder
				write(&b, root, rand.New(rand.NewPCG(seed, 1)))
				if diff := cmp.Diff(want, dump(parse(t, b.String()))); diff != "" {
					t.Fatalf("in another order (-want +got):\n%s\n%s", diff, b.String())
				}
			}
		})
	}
}

// write writes n as YAML with the entries of its maps in another order.
func write(b *strings.Builder, n *yamldoc.Node, r *rand.Rand) {
	switch n.Kind {
	case yamldoc.Map:
		b.WriteString("{")
		for _, i := range r.Perm(len(n.Entries)) {
			fmt.Fprintf(b, "%q: ", n.Entries[i].Key.Text)
			write(b, n.Entries[i].Value, r)
			b.WriteString(",\n")
		}
		b.WriteString("}")
	case yamldoc.List:
		b.WriteString("[")
		for _, item := range n.Items {
			write(b, item, r)
			b.WriteString(",\n")
		}
		b.WriteString("]")
	case yamldoc.Text:
		fmt.Fprintf(b, "%q", n.Text)
	case yamldoc.Null:
		b.WriteString("null")
	case yamldoc.Int, yamldoc.Bool, yamldoc.Broken:
		b.WriteString(n.Text)
	}
}

// FuzzParse: whatever the file, Parse ends, says the same twice, and returns a
// topology or problems that have their page and stand in the file.
func FuzzParse(f *testing.F) {
	for _, src := range files(f) {
		f.Add(src)
	}
	invalid, _ := filepath.Glob("testdata/invalid/*.yaml")
	for _, name := range invalid {
		src, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src))
	}
	f.Fuzz(func(t *testing.T, src string) {
		topology, problems := Parse("f", []byte(src), Options{})
		again, more := Parse("f", []byte(src), Options{})
		if diff := cmp.Diff(problems, more); diff != "" || (topology == nil) != (again == nil) {
			t.Fatalf("twice the same file (-first +second):\n%s", diff)
		}
		if (topology == nil) != (len(problems) > 0) {
			t.Fatalf("topology %v with problems %v", topology, shown(problems))
		}
		lines := strings.Count(src, "\n") + 1
		for _, p := range problems {
			if !strings.HasPrefix(p.Code, "DG") || p.Summary.IsZero() || p.Pos.Line < 1 || p.Pos.Line > lines || p.Pos.Col < 1 {
				t.Errorf("problem %+v of a file of %d lines", p, lines)
			}
		}
		if topology == nil {
			return
		}
		for _, test := range topology.Tests {
			if changed, problems := topology.Apply(test.Change); changed == nil {
				t.Errorf("the change of test %q: %v", test.Name, shown(problems))
			}
		}
	})
}

// large returns a topology of n VPCs on one transit gateway.
func large(n int) string {
	var b strings.Builder
	b.WriteString("version: 1\nsites:\n  dc: {cidr: 192.168.0.0/16}\nvpcs:\n")
	for i := range n {
		fmt.Fprintf(&b, `  v%d:
    region: ap-northeast-1
    cidr: 10.%d.%d.0/24
    igw: true
    subnets:
      public: {cidr: 10.%[2]d.%[3]d.0/26, nat: true, routes: {internet: igw, 10.0.0.0/8: core, dc: core}}
      private: {cidr: 10.%[2]d.%[3]d.64/26, routes: {internet: "nat:public", 10.0.0.0/8: core, dc: core}}
      closed: {cidr: 10.%[2]d.%[3]d.128/26, nacl: {out: [allow any 443], in: [allow any 32768-60999]}}
    endpoints:
      s3: {gateway: s3, subnets: [private, closed]}
      ssm: {interface: ssm, subnets: [private], sg_from: [v%[1]d, dc]}
`, i, i/250, i%250)
	}
	b.WriteString("links:\n  core:\n    tgw:\n      - dc\n")
	for i := range n {
		fmt.Fprintf(&b, "      - v%d\n", i)
	}
	b.WriteString("proxies:\n  proxy: {at: v0/private, port: 3128, allow_domains: [.amazonaws.com], allow_sources: [10.0.0.0/8, dc]}\nclients:\n")
	for i := range n {
		fmt.Fprintf(&b, "  c%d: {at: v%[1]d/closed, proxy: proxy, no_proxy: [169.254.169.254]}\n", i)
	}
	return b.String()
}

// BenchmarkParse measures 500 VPCs of three subnets and two endpoints each.
func BenchmarkParse(b *testing.B) {
	src := []byte(large(500))
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if t, problems := Parse("f.yaml", src, Options{}); t == nil {
			b.Fatal(shown(problems))
		}
	}
}

// BenchmarkApply measures one change of them.
func BenchmarkApply(b *testing.B) {
	t := parse(b, large(500))
	change, _ := ReadChange("change", []byte("clients: {c7: {no_proxy: [s3.ap-northeast-1.amazonaws.com]}}"))
	for b.Loop() {
		if _, problems := t.Apply(change); len(problems) > 0 {
			b.Fatal(shown(problems))
		}
	}
}
