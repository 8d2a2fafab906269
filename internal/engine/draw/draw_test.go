package draw

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

var (
	update = flag.Bool("update", false, "rewrite the golden files; look at each of them")
	gather = flag.String("gather", "", "folder for pictures of what the planner says today, to look at")
)

// golden compares got with testdata/name.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// stories are single ways, each with what its picture has to show.
var stories = map[string]struct {
	seed, test string
	lang       reason.Lang
}{
	"captured":    {"seed001", "③ EC2", reason.English},                                               // an endpoint not meant, and one not used
	"no-route":    {"seed001", "⑥", reason.Japanese},                                                  // stopped at the client
	"policy":      {"seed001", "⑦ with", reason.Japanese},                                             // stopped at the goal
	"alb":         {"seed002", "Closed site through ALB", reason.English},                             // a site, a link, a load balancer
	"privatelink": {"seed003", "Client in another cloud", reason.Japanese},                            // seven hops, three networks
	"metadata":    {"seed003", "Proxy is EC2", reason.English},                                        // a hop that is a metadata service
	"redirect":    {"names", "Client asks the Tokyo name for an Osaka bucket, Tokyo", reason.English}, // two legs
}

// TestStories uses the ways that the test files expect, with the sentences
// they give: what the planner says in words is not this package's business.
func TestStories(t *testing.T) {
	for name, s := range stories {
		t.Run(name, func(t *testing.T) {
			top := read(t, s.seed)
			changed, trace := expected(t, top, named(t, top, s.test))
			one := []route.Trace{trace}
			golden(t, name+".svg", SVG(changed, one, Options{Lang: s.lang}))
			golden(t, name+".mmd", []byte(Mermaid(changed, one, Options{Lang: s.lang})))
			golden(t, name+".txt", []byte(Text(changed, trace, s.lang, false)))
		})
	}
}

func TestTenRoutes(t *testing.T) {
	top, traces := tenRoutes(t)
	o := Options{Lang: reason.Japanese, Title: "共有プロキシの横に S3 ゲートウェイエンドポイントがある構成の 10 通りの経路"}
	golden(t, "ten-routes.svg", SVG(top, traces, o))
	golden(t, "ten-routes.mmd", []byte(Mermaid(top, traces, o)))
}

func TestMap(t *testing.T) {
	golden(t, "map-hub-spoke.mmd", []byte(Mermaid(read(t, "hub-spoke"), nil, Options{})))
	golden(t, "map-hub-spoke.svg", SVG(read(t, "hub-spoke"), nil, Options{}))
	golden(t, "map-chain.svg", SVG(read(t, "proxy-chain"), nil, Options{Lang: reason.Japanese}))
}

// TestEveryRoute draws what the planner says to every test of the shared
// files, in both languages.
func TestEveryRoute(t *testing.T) {
	files, err := filepath.Glob("../../../testdata/routes/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no routes: %v", err)
	}
	for _, file := range files {
		name := filepath.Base(file[:len(file)-len(".yaml")])
		t.Run(name, func(t *testing.T) {
			top := read(t, name)
			for _, lang := range []reason.Lang{reason.English, reason.Japanese} {
				var all []route.Trace
				for _, test := range top.Tests {
					changed, trace := traced(t, top, test)
					sound(t, changed, []route.Trace{trace}, Options{Lang: lang, Title: test.Name})
					if test.Change.IsZero() {
						all = append(all, trace)
					}
				}
				sound(t, top, all, Options{Lang: lang})
				sound(t, top, nil, Options{Lang: lang})
				keep(t, top, name, all, lang)
			}
		})
	}
}

// keep writes pictures for a person to look at, if one asks for them.
func keep(t *testing.T, top *topology.Topology, name string, all []route.Trace, lang reason.Lang) {
	t.Helper()
	if *gather == "" {
		return
	}
	name += "." + []string{"en", "ja"}[lang]
	pictures := map[string][]byte{
		name + ".svg":     SVG(top, all, Options{Lang: lang}),
		name + ".map.svg": SVG(top, nil, Options{Lang: lang}),
		name + ".mmd":     []byte(Mermaid(top, all, Options{Lang: lang})),
		name + ".map.mmd": []byte(Mermaid(top, nil, Options{Lang: lang})),
	}
	for file, content := range pictures {
		if err := os.WriteFile(filepath.Join(*gather, file), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range top.Tests {
		changed, trace := traced(t, top, test)
		file := filepath.Join(*gather, name+"."+plainName(test.Name)+".svg")
		if err := os.WriteFile(file, SVG(changed, []route.Trace{trace}, Options{Lang: lang, Title: test.Name}), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// plainName returns s as the name of a file.
func plainName(s string) string {
	var name []rune
	for _, r := range s {
		if r < 'a' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') {
			r = '-'
		}
		if name = append(name, r); len(name) == 30 {
			break
		}
	}
	return string(name)
}
