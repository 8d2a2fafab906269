package e2e

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
)

const curl = "/usr/bin/curl"

func TestCurl(t *testing.T) {
	t.Parallel()
	here.wellKnownPorts(t)
	p := startProxy(t, setup{rules: corpRules + `
  - {name: package repositories, allow: {hosts: [.amazonlinux.com], ports: [80, 443]}}`})

	t.Run("https", func(t *testing.T) {
		t.Parallel()
		got := mustRun(t, p, curl, "-sS", "https://sts.ap-northeast-1.amazonaws.com/?Action=GetCallerIdentity")
		if !strings.Contains(got, "<Code>MissingAuthenticationToken</Code>") {
			t.Errorf("an unsigned request got %q", got)
		}
	})

	t.Run("http", func(t *testing.T) {
		t.Parallel()
		const host = "cdn.amazonlinux.com"
		got := mustRun(t, p, curl, "-sS", "-H", "X-Forwarded-For: 10.1.2.3", "http://"+host+"/rpm/repomd.xml")
		if got != pages["/rpm/repomd.xml"] {
			t.Errorf("curl printed %q", got)
		}
		asked := here.web.last("/rpm/repomd.xml")
		for _, field := range []string{"X-Forwarded-For", "Forwarded", "Proxy-Connection", "Proxy-Authorization"} {
			if v := asked.Header.Get(field); v != "" {
				t.Errorf("the server was told %s: %s", field, v)
			}
		}
		if asked.Host != host || asked.RequestURI != "/rpm/repomd.xml" {
			t.Errorf("the server was asked for %s at %s", asked.RequestURI, asked.Host)
		}
		if v := p.log.end(t, host); v.Method != http.MethodGet || v.Port != 80 || v.Status != 200 || v.Rule != "package repositories" || v.Down < int64(len(got)) {
			t.Errorf("log: %+v", v)
		}
	})

	for why, url := range map[string]string{
		"denied over https": "https://example.com/",
		"denied over http":  "http://example.com/",
	} {
		t.Run(why, func(t *testing.T) {
			t.Parallel()
			r := through(t, p, curl, "-v", url)
			told := regexp.MustCompile(`(?s)HTTP/1\.1 403 Blocked by Deguchi \(no-rule; .*?; trace ([0-9a-f]{16})\)\r?\n.*X-Deguchi-Reason: no-rule`).FindStringSubmatch(r.err)
			if told == nil {
				t.Fatalf("curl -v does not show the refusal:\n%s", r.err)
			}
			if !strings.Contains(r.err, "X-Deguchi-Trace: "+told[1]) {
				t.Errorf("phrase and field name different traces:\n%s", r.err)
			}
			p.log.find(t, "the trace "+told[1], func(v line) bool { return v.Trace == told[1] && v.Host == "example.com" })
			if strings.HasPrefix(url, "http://") && !strings.Contains(r.out, "no-rule") {
				t.Errorf("the body does not say why: %q", r.out)
			}
		})
	}
}

// TestApt runs apt against a repository behind the proxy: a program that keeps
// connections and sends requests ahead of the answers.
func TestApt(t *testing.T) {
	t.Parallel()
	here.wellKnownPorts(t)
	p := startProxy(t, setup{})
	const host = "apt.amazonlinux.com"
	dir := t.TempDir()
	for _, folder := range []string{"/state/lists/partial", "/cache/archives/partial"} {
		if err := os.MkdirAll(dir+folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	writeFile(t, dir+"/sources.list", fmt.Sprintf("deb [trusted=yes] http://%s/debian ./\n", host))
	args := []string{"update", "-oDir=" + dir, "-oDir::Etc=" + dir, "-oDir::State=" + dir + "/state", "-oDir::State::status=/dev/null",
		"-oDir::Cache=" + dir + "/cache", "-oDir::Etc::sourcelist=" + dir + "/sources.list", "-oDir::Bin::methods=/usr/lib/apt/methods",
		"-oAPT::Sandbox::User=root", "-oAcquire::Languages=none", "-oAcquire::http::Proxy=http://" + p.addr}
	got := mustRun(t, p, "/usr/bin/apt-get", args...)
	if !strings.Contains(got, host+"/debian") || !strings.Contains(got, "Fetched ") {
		t.Errorf("apt-get update printed:\n%s", got)
	}
	if here.web.last("/debian/Packages") == nil {
		t.Error("the repository was not read")
	}
	p.log.find(t, "the packages", func(v line) bool { return v.Host == host && v.Status == 200 && v.Method == http.MethodGet })
}
