package settings

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
)

// What a client asks for, and where each request must go with the exclusions of
// question full: S3 of one Region.
var (
	goDirect = []string{
		"http://169.254.169.254/latest/api/token",
		"http://[fd00:ec2::254]/latest/api/token",
		"http://169.254.170.2/v2/credentials/x",
		"http://169.254.170.23/v1/credentials",
		"http://[fd00:ec2::23]/v1/credentials",
		"http://localhost:8080/", "http://127.0.0.1:8080/", "http://[::1]:8080/",
		"http://ip-10-0-0-1.ap-northeast-1.compute.internal/",
		"https://s3.ap-northeast-1.amazonaws.com/corp-reports/x",
		"https://corp-reports.s3.ap-northeast-1.amazonaws.com/x",
		"https://dotted.name.s3.ap-northeast-1.amazonaws.com/x",
	}
	goByProxy = []string{
		"https://sts.ap-northeast-1.amazonaws.com/",
		"https://s3.ap-northeast-3.amazonaws.com/",
		"https://s3.amazonaws.com/",
		"http://amazonlinux.default.amazonaws.com/",
		"https://internal.example/",
		"https://169.254.1.1/",
	}
)

// impossible are requests that a program does not send as its list says,
// whatever is written; each with the fact behind it.
func impossible(program, url string) bool {
	six := strings.Contains(url, "[")
	switch program {
	case "npm": // a bracketed entry makes npm 11 fail on addresses of IPv6; so npm's list has none
		return six
	case "aws-cli-v2": // 2.9.19 refuses addresses of IPv6 as an endpoint
		return six
	case "amazon-ecs-agent", "go": // nothing
		return false
	}
	return false
}

// TestProgramsReadWhatIsWritten takes from each answer what its programs find,
// and asks the models of these programs where they send requests then.
func TestProgramsReadWhatIsWritten(t *testing.T) {
	q := full(t)
	q.Proxy.Password = "p@ss%w'ord" // quotes have tests of their own
	answers(t, q, func(t *testing.T, target Target, a Answer) {
		read, ok := readers[target.Name]
		if !ok || target.Name == "ssm-agent" && a.OS == MacOS { // there it is networksetup's
			return // knows no exceptions, or is no program of the models: see the tests with programs
		}
		vars := read(t, a)
		for _, id := range target.Programs {
			for _, url := range append(slices.Clone(goDirect), goByProxy...) {
				want := noproxy.Proxied
				if slices.Contains(goDirect, url) {
					want = noproxy.Direct
				}
				if impossible(id, url) {
					continue
				}
				d, err := noproxy.Route(id, vars, url)
				if err != nil {
					t.Fatal(err)
				}
				if d.Route != want {
					t.Errorf("%s sends %s to %s by %q (%v), want %s\n%v", id, url, d.Route, d.Entry, d.Because, want, vars)
				}
				if d.Route == noproxy.Proxied && d.Proxy != "http://proxy.example:3128" {
					t.Errorf("%s takes %q for the proxy", id, d.Proxy)
				}
			}
		}
	})
}

// readers are, for each target, what a program finds in its files: the least
// that understands the format. The formats' own programs say that the text is
// as these take it (see parsers_test.go).
var readers = map[string]func(t *testing.T, a Answer) noproxy.Vars{
	"shell":            assignments(`(?m)^export (\w+)='(.*)'$`, nil),
	"environment":      assignments(`(?m)^(\w+)=(.*)$`, nil),
	"systemd":          assignments(`(?m)^Environment="(\w+)=(.*)"$`, strings.NewReplacer("%%", "%")),
	"containerd":       assignments(`(?m)^Environment="(\w+)=(.*)"$`, strings.NewReplacer("%%", "%")),
	"user-data":        assignments(`(?m)(?:export |Variable\(')(\w+)(?:='|', ')(.*?)'(?:$|, 'Machine)`, nil),
	"ssm-agent":        agentVariables,
	"docker":           dockerVariables,
	"cloudwatch-agent": assignments(`(?m)^   (\w+) = "(.*)"$`, nil),
	"ecs-agent":        ecsVariables,
	"eks-node":         assignments(`(?m)^  (\w+): "(.*)"$`, nil),
	"npm":              npmVariables,
	"maven":            mavenProperties,
	"gradle":           javaProperties(`(?m)^systemProp\.(\S+?)=(.*)$`, strings.NewReplacer(`\:`, ":", `\\`, `\`)),
	"java":             javaProperties(`(?m)^"-D(\S+?)=(.*)"$`, strings.NewReplacer(`\\`, `\`)),
	"terraform":        assignments(programLine, nil),
	"kubectl":          assignments(programLine, nil),
	"powershell":       assignments(`(?m)Variable\('(\w+)', '(.*)', 'Machine'\)\r$`, nil),
	"boto3":            codeVariables(`PROXY = "(.*)"`, `NO_PROXY = "(.*)"`),
	"sdk-js":           codeVariables(`const proxy = "(.*)"`, `const noProxy = "(.*)"`),
	"sdk-go":           codeVariables(`HTTPSProxy: "(.*)"`, `NoProxy:    "(.*)"`),
	"aws-config":       assignments(`(?m)^(?:export |set ")(\w+)='?(.*?)['"]\r?$`, strings.NewReplacer("%%", "%")),
}

// programLine is a line of a file of variables for one program, also on Windows.
const programLine = `(?m)^(?:\[Environment\]::SetEnvironmentVariable\(')?(\w+)(?:=|', ')(.*?)(?:', 'Process'\)\r)?$`

// all is the content of all of a's files.
func all(a Answer) string {
	var b strings.Builder
	for _, f := range a.Files {
		b.WriteString(f.Content)
	}
	return b.String()
}

// assignments finds names and values, and undoes escapes.
func assignments(form string, escapes *strings.Replacer) func(*testing.T, Answer) noproxy.Vars {
	pattern := regexp.MustCompile(form)
	return func(t *testing.T, a Answer) noproxy.Vars {
		t.Helper()
		vars := noproxy.Vars{}
		for _, m := range pattern.FindAllStringSubmatch(all(a), -1) {
			value := m[2]
			if escapes != nil {
				value = escapes.Replace(value)
			}
			if old, ok := vars[m[1]]; ok && old != value {
				t.Errorf("%s is set to %q and to %q", m[1], old, value)
			}
			vars[m[1]] = value
		}
		return complete(t, a, vars)
	}
}

// complete asks that vars hold both cases, alike, where case matters.
func complete(t *testing.T, a Answer, vars noproxy.Vars) noproxy.Vars {
	t.Helper()
	if len(vars) == 0 {
		t.Fatalf("no variable found in:\n%s", all(a))
	}
	for name, value := range vars {
		if value == "" {
			t.Errorf("%s is empty", name)
		}
		for _, other := range []string{strings.ToLower(name), strings.ToUpper(name)} {
			if v, ok := vars[other]; ok && v != value {
				t.Errorf("%s is %q and %s is %q", name, value, other, v)
			}
		}
	}
	if a.OS == Windows { // names have no case there
		for name, value := range vars {
			vars[strings.ToLower(name)], vars[strings.ToUpper(name)] = value, value
		}
	}
	return vars
}

func agentVariables(t *testing.T, a Answer) noproxy.Vars {
	t.Helper()
	if a.OS == Windows {
		return assignments(`(?m)^    '(\w+)=(.*?)',?\r$`, nil)(t, a)
	}
	return assignments(`(?m)^Environment="(\w+)=(.*)"$`, strings.NewReplacer("%%", "%"))(t, a)
}

func dockerVariables(t *testing.T, a Answer) noproxy.Vars {
	t.Helper()
	if a.OS == MacOS {
		return codeVariables(`"httpsProxy": "(.*)"`, `"noProxy": "(.*)"`)(t, a)
	}
	return agentVariables(t, a)
}

func ecsVariables(t *testing.T, a Answer) noproxy.Vars {
	t.Helper()
	if a.OS == Windows {
		return assignments(`(?m)Variable\('(\w+)', '(.*)', 'Machine'\)\r$`, nil)(t, a)
	}
	a.Files = a.Files[:1]
	vars := assignments(`(?m)^(\w+)=(.*)$`, nil)(t, a)
	vars["HTTPS_PROXY"] = vars["HTTP_PROXY"] // the agent's own rule (ecs-agent/utils/httpproxy)
	return vars
}

func npmVariables(t *testing.T, a Answer) noproxy.Vars {
	t.Helper()
	vars := assignments(`(?m)^([\w-]+)=(.*)$`, nil)(t, a)
	return noproxy.Vars{"http_proxy": vars["proxy"], "https_proxy": vars["https-proxy"], "no_proxy": vars["noproxy"]}
}

func codeVariables(proxy, list string) func(*testing.T, Answer) noproxy.Vars {
	return func(t *testing.T, a Answer) noproxy.Vars {
		t.Helper()
		p := regexp.MustCompile(proxy).FindStringSubmatch(all(a))
		l := regexp.MustCompile(list).FindStringSubmatch(all(a))
		if p == nil || l == nil {
			t.Fatalf("%s or %s is not in\n%s", proxy, list, all(a))
		}
		vars := noproxy.Vars{}
		for _, v := range variables(p[1], l[1]) {
			vars[v.name] = v.value
		}
		return vars
	}
}

func javaProperties(form string, escapes *strings.Replacer) func(*testing.T, Answer) noproxy.Vars {
	pattern := regexp.MustCompile(form)
	return func(t *testing.T, a Answer) noproxy.Vars {
		t.Helper()
		var args []string
		for _, m := range pattern.FindAllStringSubmatch(all(a), -1) {
			if strings.Contains(m[1], "roxyHost") || strings.Contains(m[1], "roxyPort") {
				args = append(args, "-D"+m[1]+"="+escapes.Replace(m[2]))
			}
		}
		if len(args) == 0 {
			t.Fatalf("no property in\n%s", all(a))
		}
		return noproxy.Vars{"system_properties": strings.Join(args, " ")}
	}
}

func mavenProperties(t *testing.T, a Answer) noproxy.Vars {
	t.Helper()
	m := regexp.MustCompile(`<host>(.*)</host>\s*<port>(.*)</port>(?s:.*)<nonProxyHosts>(.*)</nonProxyHosts>`).FindStringSubmatch(all(a))
	if m == nil {
		t.Fatalf("no proxy in\n%s", all(a))
	}
	return noproxy.Vars{"system_properties": "-Dhttp.proxyHost=" + m[1] + " -Dhttp.proxyPort=" + m[2] +
		" -Dhttps.proxyHost=" + m[1] + " -Dhttps.proxyPort=" + m[2] + " -Dhttp.nonProxyHosts=" + m[3]}
}
