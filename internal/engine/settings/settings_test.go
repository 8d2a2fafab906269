package settings

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// full is a question that every target can answer, with credentials that every
// syntax takes for its own.
func full(t *testing.T) Question {
	t.Helper()
	return Question{
		Proxy:   Proxy{Host: "proxy.example", Port: 3128, User: "us er@corp", Password: special},
		Exclude: excluding(t, "s3.ap-northeast-1.amazonaws.com", "10.0.0.0/8"),
		Region:  "ap-northeast-1",
		Unit:    "myapp",
		Home:    "/home/user",
	}
}

// windowsHome is the home of full's user where it is Windows.
const windowsHome = `C:\Users\user`

// answers yields the answer of every target on every system.
func answers(t *testing.T, q Question, yield func(t *testing.T, target Target, a Answer)) {
	t.Helper()
	for _, target := range Targets() {
		for _, os := range target.OSes {
			t.Run(target.Name+" on "+string(os), func(t *testing.T) {
				q := q
				q.OS = os
				if os == Windows && q.Home != "" {
					q.Home = windowsHome
				}
				a, err := target.Settings(q)
				if err != nil {
					t.Fatal(err)
				}
				yield(t, target, a)
			})
		}
	}
}

// contract are the targets that users may ask for.
var contract = strings.Fields(`shell environment systemd ssm-agent cloudwatch-agent ecs-agent codedeploy-agent
	eks-node docker containerd dnf yum apt git npm pip maven gradle java powershell windows-winhttp boto3
	sdk-go sdk-js sdk-java terraform kubectl user-data pac aws-config`)

func TestTargetsOfTheContract(t *testing.T) {
	for _, name := range contract {
		if _, err := Named(name); err != nil {
			t.Error(err)
		}
	}
	if got := len(Targets()); got != len(contract) {
		t.Errorf("%d targets, want %d", got, len(contract))
	}
}

func TestEveryAnswer(t *testing.T) {
	answers(t, full(t), func(t *testing.T, target Target, a Answer) {
		for _, lang := range []reason.Lang{reason.English, reason.Japanese} {
			for _, n := range append(a.Notes, target.About()) {
				if text := n.In(lang); strings.HasPrefix(text, string(n.Code)) {
					t.Errorf("a note without words: %s", text)
				}
			}
		}
		if len(a.Notes) == 0 {
			t.Error("no note at all")
		}
		for _, n := range a.Notes {
			if strings.Contains(n.In(reason.English), encoded(special)) {
				t.Errorf("a note tells the password: %v", n)
			}
		}
		for _, c := range a.Commands {
			if strings.Contains(c, encoded(special)) || strings.Contains(c, "パスワード") {
				t.Errorf("a command tells the password to the list of processes: %s", c)
			}
		}
		for _, f := range a.Files {
			holds := slices.ContainsFunc([]string{encoded(special), "パスワード", `\u30d1`}, func(s string) bool { return strings.Contains(f.Content, s) })
			if f.Mode&0o077 != 0 && holds && !told(a, f.Path) {
				t.Errorf("%s, mode %o, holds the password, and no note says who can read it", f.Path, f.Mode)
			}
			for i := range len(f.Content) {
				if f.Content[i] >= 0x80 && !strings.HasSuffix(f.Path, ".xml") && !strings.HasSuffix(f.Path, "java.options") {
					t.Errorf("%s is not ASCII, and nobody says how it is encoded", f.Path)
					break
				}
			}
			if f.Block == nil && !strings.Contains(f.Content, "deguchi settings "+target.Name) && !strings.HasSuffix(f.Path, ".json") {
				t.Errorf("%s does not say who wrote it", f.Path)
			}
			if !strings.HasSuffix(f.Content, "\n") {
				t.Errorf("%s has no newline at its end", f.Path)
			}
		}
	})
}

// told reports whether a note of a says who can read the secret in path.
func told(a Answer, path string) bool {
	for _, n := range a.Notes {
		if n.Code == "settings.note.secret-readable" && strings.Contains(n.Args[0], path) {
			return true
		}
	}
	return false
}

// TestWithoutAnything asks with nothing but a proxy: no variable is empty then,
// and nothing mentions credentials.
func TestWithoutAnything(t *testing.T) {
	q := Question{Proxy: Proxy{Host: "proxy.example", Port: 3128}, Unit: "myapp", Home: "/home/user"}
	answers(t, q, func(t *testing.T, _ Target, a Answer) {
		for _, f := range a.Files {
			for line := range strings.Lines(f.Content) {
				line = strings.TrimRight(line, "\"'\r\n")
				if strings.HasSuffix(line, "proxy=") || strings.HasSuffix(line, "PROXY=") {
					t.Errorf("%s sets something to nothing: %s", f.Path, line)
				}
			}
			if strings.Contains(f.Content, "proxyUser") || strings.Contains(f.Content, "username") {
				t.Errorf("%s names a user whom nobody gave:\n%s", f.Path, f.Content)
			}
		}
	})
}

func TestSameQuestionSameAnswer(t *testing.T) {
	first := map[string]Answer{}
	answers(t, full(t), func(t *testing.T, target Target, a Answer) { first[target.Name+string(a.OS)] = a })
	answers(t, full(t), func(t *testing.T, target Target, a Answer) {
		if diff := cmp.Diff(first[target.Name+string(a.OS)], a); diff != "" {
			t.Errorf("the second answer (-first +second):\n%s", diff)
		}
	})
}

// TestPaths holds what the documents of each program say about the place.
func TestPaths(t *testing.T) {
	tests := []struct {
		target string
		os     OS
		want   []string
	}{
		{"shell", AL2023, []string{"/etc/profile.d/proxy.sh"}},
		{"shell", MacOS, []string{"/etc/zshenv"}},
		{"systemd", RHEL, []string{"/etc/systemd/system/myapp.service.d/http-proxy.conf"}},
		{"ssm-agent", AL2, []string{"/etc/systemd/system/amazon-ssm-agent.service.d/override.conf"}},
		{"ssm-agent", Debian, []string{"/etc/systemd/system/amazon-ssm-agent.service.d/override.conf"}},
		{"ssm-agent", Ubuntu, []string{"/etc/systemd/system/snap.amazon-ssm-agent.amazon-ssm-agent.service.d/override.conf"}},
		{"cloudwatch-agent", AL2023, []string{"/opt/aws/amazon-cloudwatch-agent/etc/common-config.toml"}},
		{"cloudwatch-agent", Windows, []string{`C:\ProgramData\Amazon\AmazonCloudWatchAgent\common-config.toml`}},
		{"ecs-agent", AL2, []string{"/etc/ecs/ecs.config", "/etc/systemd/system/docker.service.d/http-proxy.conf", "/etc/systemd/system/ecs.service.d/http-proxy.conf"}},
		{"codedeploy-agent", AL2023, []string{"/etc/codedeploy-agent/conf/codedeployagent.yml"}},
		{"eks-node", AL2, []string{
			"/etc/systemd/system/containerd.service.d/http-proxy.conf", "/etc/systemd/system/kubelet.service.d/http-proxy.conf",
			"/etc/systemd/system/sandbox-image.service.d/http-proxy.conf", "proxy-environment-variables.yaml",
		}},
		{"eks-node", AL2023, []string{
			"/etc/systemd/system/containerd.service.d/http-proxy.conf", "/etc/systemd/system/kubelet.service.d/http-proxy.conf",
			"/etc/systemd/system/nodeadm-config.service.d/http-proxy.conf", "/etc/systemd/system/nodeadm-run.service.d/http-proxy.conf",
			"proxy-environment-variables.yaml",
		}},
		{"yum", AL2, []string{"/etc/yum.conf"}},
		{"yum", AL2023, []string{"/etc/dnf/dnf.conf"}},
		{"pip", MacOS, []string{"/Library/Application Support/pip/pip.conf"}},
		{"npm", Debian, []string{"/home/user/.npmrc"}},
		{"npm", Windows, []string{`C:\Users\user\.npmrc`}},
		{"maven", Windows, []string{`C:\Users\user\.m2\settings.xml`}},
	}
	for _, tt := range tests {
		t.Run(tt.target+" on "+string(tt.os), func(t *testing.T) {
			var got []string
			for _, f := range ask(t, tt.target, tt.os).Files {
				got = append(got, f.Path)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

// ask returns the answer of one target to the full question.
func ask(t *testing.T, target string, os OS) Answer {
	t.Helper()
	q := full(t)
	q.OS = os
	if os == Windows {
		q.Home = windowsHome
	}
	return asked(t, target, q)
}

func asked(t *testing.T, target string, q Question) Answer {
	t.Helper()
	tg, err := Named(target)
	if err != nil {
		t.Fatal(err)
	}
	a, err := tg.Settings(q)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestRefusals(t *testing.T) {
	q := full(t)
	tests := map[string]struct {
		target string
		change func(*Question)
		code   string
	}{
		"a target that a system does not have":     {"dnf", func(q *Question) { q.OS = Debian }, "settings.no-os"},
		"a drop-in for nobody":                     {"systemd", func(q *Question) { q.Unit = "" }, "settings.no-unit"},
		"a unit that leads elsewhere":              {"systemd", func(q *Question) { q.Unit = "../x" }, "settings.bad-unit"},
		"PowerShell for Linux":                     {"user-data", func(q *Question) { q.Format = PowerShell }, "settings.format"},
		"a script for Windows":                     {"user-data", func(q *Question) { q.OS, q.Home, q.Format = Windows, "", MIME }, "settings.format"},
		"code in user data":                        {"user-data", func(q *Question) { q.Parts = []string{"sdk-go"} }, "settings.no-part"},
		"nobody's home in user data":               {"user-data", func(q *Question) { q.Home, q.Parts = "", []string{"npm"} }, "settings.no-part"},
		"user data in user data":                   {"user-data", func(q *Question) { q.Parts = []string{"user-data"} }, "settings.no-part"},
		"two parts that do not agree about a file": {"user-data", func(q *Question) { q.Parts = []string{"containerd", "eks-node"} }, "settings.parts-clash"},
		"an unknown part of user data":             {"user-data", func(q *Question) { q.Parts = []string{"shel"} }, "settings.unknown"},
		"more than EC2 takes": {"user-data", func(q *Question) {
			for range 400 {
				q.Exclude.names = append(q.Exclude.names, strings.Repeat("x", 60))
			}
		}, "settings.too-long"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			q := q
			tt.change(&q)
			target, err := Named(tt.target)
			if err != nil {
				t.Fatal(err)
			}
			_, err = target.Settings(q)
			if r, ok := errors.AsType[*Refusal](err); !ok || string(r.Why.Code) != tt.code {
				t.Errorf("Settings: %v, want %s", err, tt.code)
			}
		})
	}
}
