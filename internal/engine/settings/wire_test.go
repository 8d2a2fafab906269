package settings

import (
	"bufio"
	"encoding/base64"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// logging is a proxy on loopback that asks for credentials, refuses everything,
// and notes who came.
type logging struct {
	addr *net.TCPAddr

	mu    sync.Mutex
	asked map[string]bool // hosts
	login map[string]bool // credentials, decoded
	conns sync.WaitGroup
}

func newLogging(t *testing.T, loopback string) *logging {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(loopback, "0"))
	requiretest.That(t, err == nil, "loopback "+loopback)
	p := &logging{addr: l.Addr().(*net.TCPAddr), asked: map[string]bool{}, login: map[string]bool{}}
	p.conns.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			p.conns.Go(func() { p.answer(conn) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		p.conns.Wait()
	})
	return p
}

func (p *logging) answer(conn net.Conn) {
	defer conn.Close()
	r, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	status := "407 Who Is It\r\nProxy-Authenticate: Basic realm=\"x\""
	p.mu.Lock()
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	p.asked[host] = true
	if login, ok := strings.CutPrefix(r.Header.Get("Proxy-Authorization"), "Basic "); ok {
		text, _ := base64.StdEncoding.DecodeString(login)
		p.login[string(text)] = true
		status = "403 Seen"
	}
	p.mu.Unlock()
	_, _ = conn.Write([]byte("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
}

// through is the full question with p for the proxy.
func (p *logging) through(t *testing.T) Question {
	t.Helper()
	q := full(t)
	q.Proxy.Host, q.Proxy.Port = p.addr.IP.String(), uint16(p.addr.Port)
	q.Exclude = excluding(t, "direct.invalid")
	return q
}

// check asks that the proxy was asked for host, with the credentials of q and
// no others, and never for direct.invalid.
func (p *logging) check(t *testing.T, q Question, host, out string) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.asked[host] {
		t.Errorf("the proxy was asked for %v, want %s\n%s", p.asked, host, out)
	}
	for direct := range p.asked {
		if strings.HasSuffix(direct, "direct.invalid") {
			t.Errorf("the proxy was asked for %s", direct)
		}
	}
	want := q.Proxy.User + ":" + q.Proxy.Password
	if len(p.login) != 1 || !p.login[want] {
		t.Errorf("the proxy was told %v, want %q\n%s", p.login, want, out)
	}
}

// TestOnTheWire starts programs with what is written, and looks at what arrives
// at the proxy: every character of the credentials, and nothing of what goes
// direct. All names are of .invalid: nothing leaves this machine.
func TestOnTheWire(t *testing.T) {
	notShort(t)
	const repo = "[t]\nname=t\nbaseurl=http://%s/\n"
	tests := map[string]struct {
		target string
		os     OS
		ask    func(t *testing.T, dir, file, host string) string
	}{
		"curl, variables": {"shell", Debian, func(t *testing.T, _, file, host string) string {
			out, _ := try(t, nil, "sh", "-c", `. "$0"; curl -sS "https://$1/"`, file, host)
			return out
		}},
		"wget, variables": {"environment", Debian, func(t *testing.T, _, file, host string) string {
			out, _ := try(t, nil, "sh", "-c", `set -a; . "$0"; wget --tries=1 -O /dev/null "https://$1/"`, file, host)
			return out
		}},
		"python with botocore": {"boto3", AL2023, func(t *testing.T, _, file, host string) string {
			script := `import sys; sys.path.insert(0, sys.argv[1]); import deguchi_proxy
deguchi_proxy.use_environment()
from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies
url = "https://" + sys.argv[2] + "/"
URLLib3Session(proxies=get_environ_proxies(url)).send(AWSRequest("GET", url).prepare())`
			out, _ := try(t, nil, python(t, "botocore"), "-c", script, filepath.Dir(file), host)
			return out
		}},
		"python with botocore, one client": {"boto3", AL2023, func(t *testing.T, _, file, host string) string {
			if strings.HasSuffix(host, "direct.invalid") {
				return "" // Config(proxies=) knows no exceptions, as its comment says
			}
			script := `import sys; sys.path.insert(0, sys.argv[1]); import deguchi_proxy, botocore.session
client = botocore.session.get_session().create_client("sts", region_name="ap-northeast-1", endpoint_url="https://" + sys.argv[2],
    aws_access_key_id="x", aws_secret_access_key="x", config=deguchi_proxy.config(retries={"total_max_attempts": 1}))
client.get_caller_identity()`
			out, _ := try(t, nil, python(t, "botocore"), "-c", script, filepath.Dir(file), host)
			return out
		}},
		"dnf": {"dnf", AL2023, func(t *testing.T, dir, file, host string) string {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			main := "reposdir=" + dir + "/none\ncachedir=" + dir + "/cache\nlogdir=" + dir + "/log\npersistdir=" + dir + "/persist\nretries=1\ntimeout=3\nminrate=1\n"
			name := host
			if strings.HasSuffix(host, "direct.invalid") { // as the note says
				host += "/\nproxy=_none_\n#"
			}
			conf := filepath.Join(dir, name+".conf")
			if err := os.WriteFile(conf, []byte(string(text)+main+strings.Replace(repo, "%s", host, 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			out, _ := try(t, nil, "dnf", "-q", "-c", conf, "--releasever", "9", "makecache")
			return out
		}},
		"apt": {"apt", Debian, func(t *testing.T, dir, file, host string) string {
			if host != "direct.invalid" && strings.HasSuffix(host, "direct.invalid") {
				return "" // apt takes whole names, as its note says
			}
			for _, d := range []string{"lists/partial", "cache/archives/partial", "etc"} {
				if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			list := filepath.Join(dir, "etc", host+".list")
			if err := os.WriteFile(list, []byte("deb [trusted=yes] http://"+host+"/ x main\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			out, _ := try(t, []string{"APT_CONFIG=" + file}, "apt-get", "-o", "Dir::Etc::sourcelist="+list, "-o", "Dir::Etc::sourceparts=-",
				"-o", "Dir::State::lists="+dir+"/lists", "-o", "Dir::Cache="+dir+"/cache", "-o", "APT::Sandbox::User=root", "-o", "Acquire::Retries=0", "update")
			return out
		}},
		"git": {"git", Debian, func(t *testing.T, _, file, host string) string {
			out, _ := try(t, []string{"GIT_CONFIG_SYSTEM=" + file, "GIT_TERMINAL_PROMPT=0"}, "git", "ls-remote", "https://"+host+"/x.git")
			return out
		}},
		"npm": {"npm", Debian, func(t *testing.T, _, file, host string) string {
			out, _ := try(t, nil, "npm", "ping", "--userconfig", file, "--registry", "https://"+host+"/", "--fetch-retries", "0")
			return out
		}},
		"pip": {"pip", Debian, func(t *testing.T, _, file, host string) string {
			if strings.HasSuffix(host, "direct.invalid") {
				return "" // pip knows no exceptions then, as its note says
			}
			out, _ := try(t, []string{"PIP_CONFIG_FILE=" + file, "PIP_DISABLE_PIP_VERSION_CHECK=1"}, python(t, "pip"), "-m", "pip", "download", "--no-deps", "--retries", "0", "--index-url", "https://"+host+"/simple/", "x")
			return out
		}},
		"maven": {"maven", Debian, func(t *testing.T, dir, file, host string) string {
			if host != "proxied.invalid" {
				return "" // it is asked about all at once: a JVM takes its time
			}
			pom := `<project><modelVersion>4.0.0</modelVersion><groupId>g</groupId><artifactId>a</artifactId><version>1</version>` +
				`<parent><groupId>p</groupId><artifactId>p</artifactId><version>1</version><relativePath/></parent><repositories>`
			for _, h := range []string{"direct.invalid", "a.direct.invalid", host} {
				pom += `<repository><id>` + h + `</id><url>https://` + h + `/</url></repository>`
			}
			name := filepath.Join(dir, "pom.xml")
			if err := os.WriteFile(name, []byte(pom+"</repositories></project>"), 0o644); err != nil {
				t.Fatal(err)
			}
			out, _ := try(t, nil, "mvn", "-B", "-q", "-s", file, "-f", name, "-Dmaven.repo.local="+dir+"/repository", "validate")
			return out
		}},
	}
	for name, tt := range tests {
		ask := func(t *testing.T, loopback string) {
			t.Parallel()
			p := newLogging(t, loopback)
			q := p.through(t)
			q.OS = tt.os
			q.Proxy.Password = possible(tt.target, q.Proxy.Password)
			dir, paths := placed(t, asked(t, tt.target, q))
			out := tt.ask(t, dir, paths[0], "proxied.invalid")
			tt.ask(t, dir, paths[0], "direct.invalid")
			tt.ask(t, dir, paths[0], "a.direct.invalid")
			p.check(t, q, "proxied.invalid", out)
		}
		t.Run(name, func(t *testing.T) { ask(t, "127.0.0.1") })
		t.Run(name+", IPv6", func(t *testing.T) { ask(t, "::1") })
	}
}

// possible is password without what the target's program cannot send, as notes
// of the answer say: braces and blanks at the ends in Maven, and what is not ASCII in some.
func possible(target, password string) string {
	sent := strings.Map(func(r rune) rune {
		switch target {
		case "maven":
			if r == '{' || r == '}' || r > '~' {
				return -1
			}
		case "boto3", "pip":
			if r > '~' {
				return -1
			}
		}
		return r
	}, password)
	if target == "maven" {
		return strings.TrimSpace(sent)
	}
	return sent
}

// python returns a Python that has library: the first in PATH, or Debian's.
func python(t *testing.T, library string) string {
	t.Helper()
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(name, "-c", "import "+library).Run() == nil {
			return name
		}
	}
	requiretest.That(t, false, "a Python with "+library)
	return ""
}
