package lab_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/deguchi-project/deguchi/internal/edge/lab"
	"github.com/deguchi-project/deguchi/internal/edge/lab/program"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// told plays the tests of a story that begin with one of names, with the AWS CLI,
// and hands each to look.
func told(t *testing.T, file string, engine lab.Engine, names []string, look func(*lab.Trial)) {
	t.Helper()
	needs(t)
	requiretest.Program(t, "aws")
	path := "../../../examples/" + file
	top := parsed(t, path)
	s := suite(path)
	s.Options.Engine, s.Options.Hasty = engine, false
	s.Program = func(*topology.Client, topology.Request) program.Program { return program.AWS }
	var left []*topology.Test
	for _, test := range top.Tests {
		for _, name := range names {
			if strings.HasPrefix(test.Name, name) {
				left = append(left, test)
			}
		}
	}
	if len(left) != len(names) {
		t.Fatalf("%s has %d tests that begin like %q", file, len(left), names)
	}
	top.Tests = left
	err := s.Run(t.Context(), top, func(trial *lab.Trial) {
		if !trial.Cannot.IsZero() || len(trial.Differs) > 0 {
			t.Errorf("%s: %v", trial.Test.Name, trial.Cannot)
			if trial.Visit != nil {
				t.Error(described(trial))
			}
			return
		}
		look(trial)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// noCredentials is what the CLI says in story A.
const noCredentials = `Unable to locate credentials. You can configure credentials by running "aws configure".`

// TestStoryA is the error of the story, word for word, and its cure; and that a
// proxy on EC2 hands out its own role where it is Squid and not where it is ours.
func TestStoryA(t *testing.T) {
	requiretest.Program(t, "squid")
	names := []string{"As found", "The metadata address", "A proxy on EC2", "A proxy that refuses"}
	want := map[string]struct{ says, role string }{
		"As found":             {noCredentials, "none"},
		"The metadata address": {"", "own"},
		"A proxy on EC2":       {"", "proxy:ec2-proxy"},
		"A proxy that refuses": {noCredentials, "none"},
	}
	told(t, "story-a-metadata.yaml", "", names, func(trial *lab.Trial) {
		for begin, w := range want {
			if !strings.HasPrefix(trial.Test.Name, begin) {
				continue
			}
			if !strings.Contains(trial.Visit.Output, w.says) || (w.says == "") != (trial.Visit.Exit == 0) {
				t.Errorf("%s: exit %d: %s", trial.Test.Name, trial.Visit.Exit, trial.Visit.Output)
			}
			if got := trial.Visit.Answer.Credentials; got != w.role {
				t.Errorf("%s: credentials %s, want %s", trial.Test.Name, got, w.role)
			}
		}
	})
}

var tenRoutes = []string{"1:", "2:", "3:", "4:", "5:", "6:", "7:", "8:", "9:", "10:"}

// TestStoryB is the ten routes with the AWS CLI: with our own proxy, and with
// Squid in its place.
func TestStoryB(t *testing.T) {
	for _, engine := range []lab.Engine{lab.Deguchi, lab.Squid} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			requiretest.Program(t, map[lab.Engine]string{lab.Deguchi: "aws", lab.Squid: "squid"}[engine])
			told(t, "story-b-ten-routes.yaml", engine, tenRoutes, func(trial *lab.Trial) {
				if trial.Engine != engine {
					t.Errorf("%s: the proxy is %s", trial.Test.Name, trial.Engine)
				}
				fails := trial.Predicted.Verdict != route.Reached
				if said := strings.Contains(trial.Visit.Output, "Connect timeout on endpoint URL"); said != fails {
					t.Errorf("%s: exit %d: %s", trial.Test.Name, trial.Visit.Exit, trial.Visit.Output)
				}
			})
		})
	}
}

// TestStoriesCDE is the heart of the other three.
func TestStoriesCDE(t *testing.T) {
	for file, names := range map[string][]string{
		"story-c-closed-data-centre.yaml": {"By load balancer", "An Application Load Balancer", "Today's alternative"},
		"story-d-other-cloud.yaml":        {"From the other cloud to SNS", "Without the proxy", "Deguchi knows", "Deguchi refuses"},
		"story-e-locked-out.yaml":         {"As copied", "With both variables", "Registered, and still", "Deguchi with the job"},
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			told(t, file, lab.Deguchi, names, func(trial *lab.Trial) {
				t.Logf("%s: exit %d: %s", trial.Test.Name, trial.Visit.Exit, strings.TrimSpace(trial.Visit.Output))
			})
		})
	}
}

// star is a VPC with n clients, each in a namespace of its own.
func star(n int) string {
	var b strings.Builder
	b.WriteString("version: 1\nvpcs:\n  app:\n    region: ap-northeast-1\n    cidr: 10.1.0.0/16\n    subnets:\n      a: {cidr: 10.1.0.0/16}\n    endpoints: {s3: {gateway: s3, subnets: [a]}}\nclients:\n")
	for i := range n {
		fmt.Fprintf(&b, "  c%d: {at: app/a}\n", i)
	}
	return b.String()
}

// TestSize says how long networks take until they stand, with every service in
// them. It only tells: the machine decides.
func TestSize(t *testing.T) {
	needs(t)
	for _, nodes := range []int{14, 200} {
		best := time.Hour
		for range 3 {
			top, problems := topology.Parse("star", []byte(star(nodes-6)), topology.Options{Now: now})
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			began := time.Now()
			l, err := lab.Open(t.Context(), top, lab.Options{Dir: folder})
			if err != nil {
				t.Fatal(err)
			}
			best = min(best, time.Since(began))
			if got := len(l.Plan().Nodes); got != nodes {
				t.Fatalf("%d nodes, want %d", got, nodes)
			}
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
		}
		t.Logf("%d namespaces with their services stand after %v", nodes, best)
	}
}
