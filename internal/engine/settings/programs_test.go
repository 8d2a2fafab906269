package settings

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// These tests hand what is written to the programs that read it.

// placed writes the files of a below a folder, and returns where each is.
func placed(t *testing.T, a Answer) (dir string, paths []string) {
	t.Helper()
	dir = t.TempDir()
	for _, f := range a.Files {
		text := f.Content
		if f.Block != nil {
			text = f.Block.Open + "\n" + text + f.Block.Close + "\n"
			if f.Block.Under != "" {
				text = f.Block.Under + "\n" + text
			}
		}
		path := filepath.Join(dir, filepath.FromSlash(strings.TrimLeft(f.Path, "/~")))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), f.Mode); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return dir, paths
}

// notShort is for tests that start many programs, or large ones.
func notShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts programs that take seconds; not with -short")
	}
}

// written writes a file of its own, and returns where it is.
func written(t *testing.T, name, text string) string {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// run runs a program in a clean environment and returns what it prints.
func run(t *testing.T, env []string, name string, args ...string) string {
	t.Helper()
	out, err := try(t, env, name, args...)
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return out
}

func try(t *testing.T, env []string, name string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), requiretest.Program(t, name), args...)
	cmd.Dir = t.TempDir()
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + cmd.Dir, "LC_ALL=C.UTF-8"}, env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if err != nil || out.Len() == 0 {
		out.Write(errs.Bytes())
	}
	return out.String(), err
}

// environment is env's output as variables, those of proxies.
func environment(text string) map[string]string {
	vars := map[string]string{}
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		if ok && strings.HasSuffix(strings.ToLower(name), "_proxy") {
			vars[name] = value
		}
	}
	return vars
}

// wanted are the variables that every program is to find.
func wanted(q Question) map[string]string {
	vars := map[string]string{}
	for _, v := range q.variables() {
		vars[v.name] = v.value
	}
	return vars
}

func TestShells(t *testing.T) {
	tests := []struct {
		target string
		os     OS
		shell  string
	}{
		{"shell", AL2023, "sh"},
		{"shell", AL2023, "dash"},
		{"shell", AL2023, "bash"},
		{"shell", MacOS, "zsh"},
		{"environment", AL2023, "bash"},
		{"terraform", Debian, "dash"},
		{"kubectl", MacOS, "zsh"},
	}
	for _, tt := range tests {
		t.Run(tt.target+" in "+tt.shell, func(t *testing.T) {
			_, paths := placed(t, ask(t, tt.target, tt.os))
			run(t, nil, tt.shell, "-n", paths[0])
			out := run(t, nil, tt.shell, "-c", `set -a -u; . "$0"; env`, paths[0])
			if diff := cmp.Diff(wanted(full(t)), environment(out)); diff != "" {
				t.Errorf("variables (-want +got):\n%s", diff)
			}
		})
	}
}

// TestWrapper runs the command of target aws-config with an aws that prints its
// environment.
func TestWrapper(t *testing.T) {
	_, paths := placed(t, ask(t, "aws-config", AL2023))
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "aws"), []byte("#!/bin/sh\nenv\necho \"args=$*\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	out := run(t, []string{"PATH=" + bin + ":" + os.Getenv("PATH")}, paths[0], "s3", "ls", "a b")
	if diff := cmp.Diff(wanted(full(t)), environment(out)); diff != "" {
		t.Errorf("variables (-want +got):\n%s", diff)
	}
	if !strings.Contains(out, "args=s3 ls a b\n") {
		t.Errorf("arguments do not pass: %s", out)
	}
}

func TestGitReads(t *testing.T) {
	q := full(t)
	q.Exclude = excluding(t, "s3.ap-northeast-1.amazonaws.com", "10.1.2.3", "2001:db8::7")
	for _, os := range []OS{AL2023, MacOS} {
		q.OS = os
		_, paths := placed(t, asked(t, "git", q))
		tests := map[string]string{
			"https://git-codecommit.ap-northeast-1.amazonaws.com/x":      q.Proxy.URL(),
			"https://s3.ap-northeast-1.amazonaws.com/x":                  "",
			"https://b.s3.ap-northeast-1.amazonaws.com/x":                "",
			"http://b.s3.ap-northeast-1.amazonaws.com/x":                 "",
			"https://nots3.ap-northeast-1.amazonaws.com/x":               q.Proxy.URL(),
			"https://s3.ap-northeast-1.amazonaws.com.stranger.example/x": q.Proxy.URL(),
			"http://localhost/x":                                         "",
			"https://10.1.2.3/x":                                         "",
			"https://10.1.2.4/x":                                         q.Proxy.URL(),
			"https://[2001:db8::7]/x":                                    "",
		}
		for url, want := range tests {
			got := strings.TrimSuffix(run(t, nil, "git", "config", "-f", paths[0], "--get-urlmatch", "http.proxy", url), "\n")
			if got != want {
				t.Errorf("on %s git takes %q as the proxy for %s, want %q", os, got, url, want)
			}
		}
	}
}

// TestNPMReads asks for the list alone: npm shows no proxy that has a password.
func TestNPMReads(t *testing.T) {
	notShort(t)
	_, paths := placed(t, ask(t, "npm", AL2023))
	got := strings.TrimSpace(run(t, nil, "npm", "config", "get", "noproxy", "--userconfig", paths[0]))
	if want := full(t).Exclude.npm(); got != want {
		t.Errorf("npm reads noproxy = %q, want %q", got, want)
	}
}

func TestPipReads(t *testing.T) {
	notShort(t)
	q := full(t)
	_, paths := placed(t, ask(t, "pip", AL2023))
	out := run(t, []string{"PIP_CONFIG_FILE=" + paths[0], "PIP_DISABLE_PIP_VERSION_CHECK=1"}, python(t, "pip"), "-m", "pip", "config", "list")
	if want := "global.proxy='" + q.Proxy.URL() + "'\n"; !strings.Contains(out, want) {
		t.Errorf("pip reads %q, want %q", out, want)
	}
}

// TestDocumentsRead gives YAML, TOML, XML and JSON to Python's parsers.
func TestDocumentsRead(t *testing.T) {
	q := full(t)
	const script = `
import configparser, json, sys, tomllib, yaml
import xml.etree.ElementTree as ET

def ini(text):
    c = configparser.RawConfigParser(strict=True)
    c.read_string(text)
    return {s: dict(c[s]) for s in c.sections()}

def xml(text):
    ns = "{http://maven.apache.org/SETTINGS/1.0.0}"
    return {e.tag.replace(ns, ""): e.text for e in ET.fromstring(text.encode()).find(f"{ns}proxies/{ns}proxy")}

readers = {"yaml": yaml.safe_load, "toml": tomllib.loads, "json": json.loads, "ini": ini, "xml": xml}
for question in json.loads(sys.argv[1]):
    doc = readers[question["kind"]](open(question["path"], encoding="utf-8").read())
    for key in question["keys"]:
        doc = doc[key]
    print(json.dumps(doc))
`
	xmlWant := map[string]string{
		"id": "deguchi", "active": "true", "protocol": "http", "host": "proxy.example", "port": "3128",
		"username": q.Proxy.User, "password": q.Proxy.Password, "nonProxyHosts": q.Exclude.java(),
	}
	list := q.Exclude.with(clusterNames...).Variable()
	configMap := map[string]string{}
	for _, v := range variables(q.Proxy.URL(), list) {
		configMap[v.name] = v.value
	}
	tests := []struct {
		target string
		os     OS
		file   int
		kind   string
		keys   []string
		want   any
	}{
		{"codedeploy-agent", AL2023, 0, "yaml", []string{":proxy_uri"}, q.Proxy.URL()},
		{"eks-node", AL2, 3, "yaml", []string{"data"}, configMap},
		{"cloudwatch-agent", AL2023, 0, "toml", []string{"proxy"}, map[string]string{"http_proxy": q.Proxy.URL(), "https_proxy": q.Proxy.URL(), "no_proxy": q.Exclude.golang()}},
		{"docker", MacOS, 0, "json", []string{"proxies", "default"}, map[string]string{"httpProxy": q.Proxy.URL(), "httpsProxy": q.Proxy.URL(), "noProxy": q.Exclude.Variable()}},
		{"pip", Debian, 0, "ini", []string{"global", "proxy"}, q.Proxy.URL()},
		{"dnf", AL2023, 0, "ini", []string{"main", "proxy"}, q.Proxy.URL()},
		{"maven", AL2023, 0, "xml", nil, xmlWant},
	}
	type question struct {
		Kind string   `json:"kind"`
		Path string   `json:"path"`
		Keys []string `json:"keys"`
	}
	var questions []question
	for _, tt := range tests {
		_, paths := placed(t, ask(t, tt.target, tt.os))
		questions = append(questions, question{tt.kind, paths[tt.file], append([]string{}, tt.keys...)})
	}
	out := run(t, nil, python(t, "yaml"), "-c", script, encodedJSON(t, questions))
	answers := strings.Split(strings.TrimSpace(out), "\n")
	for i, tt := range tests {
		t.Run(tt.target, func(t *testing.T) {
			if diff := cmp.Diff(decoded(t, encodedJSON(t, tt.want)), decoded(t, answers[i])); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.kind, diff)
			}
		})
	}
}

func encodedJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// decoded is JSON as values that can be compared.
func decoded(t *testing.T, text string) (v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	return v
}
