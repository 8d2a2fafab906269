package noproxy

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// environment returns vars as a process gets them, with nothing of this user's.
func environment(t *testing.T, path string, vars Vars) []string {
	env := []string{
		"PATH=" + path, "HOME=" + t.TempDir(), "GIT_TERMINAL_PROMPT=0", "GIT_CONFIG_NOSYSTEM=1",
		"GORACE=atexit_sleep_ms=0", // a program of this test would sleep a second at its end
	}
	for name, value := range vars {
		env = append(env, name+"="+value)
	}
	return env
}

// asGo is the first argument with which this test is a program itself: one
// that asks for the URL behind it with net/http.
const asGo = "ask-with-net/http"

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == asGo {
		client := http.Client{Timeout: 2 * time.Second}
		if resp, err := client.Get(os.Args[2]); err == nil {
			resp.Body.Close()
		}
		return
	}
	os.Exit(m.Run())
}

// TestProgramsAgree runs programs that are one process a request.
func TestProgramsAgree(t *testing.T) {
	const path = "/usr/local/bin:/usr/bin:/bin"
	out := filepath.Join(t.TempDir(), "out")
	tests := []struct {
		id, name string
		version  []string // prints it
		args     []string // with URL for the URL
		without  string   // a value that this test leaves out
	}{
		{"go", os.Args[0], nil, []string{asGo, "URL"}, ""},
		{"curl", "curl", []string{"--version"}, []string{"-s", "-m", "2", "-o", os.DevNull, "URL"}, ""},
		{"wget", "wget", []string{"--version"}, []string{"-q", "-t", "1", "-T", "2", "-O", os.DevNull, "URL"}, ""},
		{"git", "git", []string{"--version"}, []string{"ls-remote", "URL"}, ""},
		{
			"apt", "/usr/lib/apt/apt-helper", []string{"--version"},
			[]string{"-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=2", "-o", "Acquire::https::Timeout=2", "download-file", "URL", out}, "",
		},
		{
			"perl-http-tiny", "perl", []string{"-MHTTP::Tiny", "-e", "print HTTP::Tiny->VERSION"},
			[]string{"-MHTTP::Tiny", "-e", "HTTP::Tiny->new(timeout => 2)->get(shift)", "URL"},
			"https://", // needs IO::Socket::SSL
		},
	}
	for _, tt := range tests {
		t.Run(tt.id, func(t *testing.T) {
			t.Parallel()
			program := requiretest.Program(t, tt.name)
			proxy := newCounter(t)
			at := slices.Index(tt.args, "URL")
			found := strings.TrimPrefix(runtime.Version(), "go")
			if tt.version != nil {
				found = version(t, program, tt.version...)
			}
			compare(t, tt.id, found, without(questions(60, proxy.addr), tt.without), func(q question) bool {
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				before := proxy.came(t)
				cmd := exec.CommandContext(ctx, program, slices.Concat(tt.args[:at], []string{q.url}, tt.args[at+1:])...)
				cmd.Env = environment(t, path, q.vars)
				_ = cmd.Run() // it always fails; the proxy saw whether it came
				return proxy.came(t) > before
			})
		})
	}
}

// without leaves out the questions in which a proxy's value starts with prefix.
func without(qs []question, prefix string) []question {
	return slices.DeleteFunc(qs, func(q question) bool {
		for name, value := range q.vars {
			if prefix != "" && !strings.EqualFold(name, "no_proxy") && strings.HasPrefix(value, prefix) {
				return true
			}
		}
		return false
	})
}

// number is what a version looks like.
var number = regexp.MustCompile(`\d+(\.\d+)+`)

func version(t *testing.T, program string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput()
	requiretest.That(t, err == nil, program+" "+strings.Join(args, " ")+": "+string(out))
	return number.FindString(string(bytes.SplitN(out, []byte("\n"), 2)[0]))
}

// python answers questions, one JSON line each, until its input ends: it takes
// the variables, asks for the URL, and prints a line when that has failed. Its
// first line is the version of what it asks with.
const python = `
import json, os, sys, warnings
warnings.simplefilter("ignore")
which = sys.argv[1]
if which == "python-urllib":
    import platform, urllib.request
    version = platform.python_version()
    ask = lambda url: urllib.request.build_opener().open(url, timeout=2)
elif which == "python-requests":
    import requests
    version = requests.__version__
    ask = lambda url: requests.get(url, timeout=2)
else:
    import botocore, botocore.awsrequest, botocore.httpsession, botocore.utils
    version = botocore.__version__
    def ask(url):
        session = botocore.httpsession.URLLib3Session(proxies=botocore.utils.get_environ_proxies(url), timeout=2)
        return session.send(botocore.awsrequest.AWSRequest("GET", url).prepare())
print(version, flush=True)
for line in sys.stdin:
    q = json.loads(line)
    for name in [n for n in os.environ if n.lower().endswith("_proxy")]:
        del os.environ[name]
    os.environ.update(q["vars"])
    try:
        ask(q["url"])
    except Exception:
        pass
    print("done", flush=True)
`

// TestPythonAgrees runs libraries of Python.
func TestPythonAgrees(t *testing.T) {
	for _, id := range []string{"python-urllib", "python-requests", "botocore"} {
		t.Run(id, func(t *testing.T) {
			library := strings.TrimPrefix(id, "python-")
			program := pythonWith(t, strings.Replace(library, "urllib", "urllib.request", 1))
			proxy := newCounter(t)
			w := start(t, program, "-c", python, id)
			version := w.line(t)
			compare(t, id, version, questions(60, proxy.addr), func(q question) bool {
				before := proxy.came(t)
				w.ask(t, map[string]any{"vars": q.vars, "url": q.url})
				return proxy.came(t) > before
			})
		})
	}
}

// pythonWith returns a Python that has library: the first in PATH, which may be
// the user's own, or else the system's, for which distributions package it.
func pythonWith(t *testing.T, library string) string {
	t.Helper()
	first := requiretest.Program(t, "python3")
	for _, program := range []string{first, "/usr/bin/python3"} {
		if exec.CommandContext(t.Context(), program, "-c", "import "+library).Run() == nil {
			return program
		}
	}
	requiretest.That(t, false, "a Python with "+library)
	return ""
}

// worker is a process that answers lines with lines.
type worker struct {
	in  io.WriteCloser
	out *bufio.Scanner
}

// start runs program, which ends when its input does.
func start(t *testing.T, program string, args ...string) *worker {
	t.Helper()
	// The test's context ends before its clean-up, which lets the program go.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, program, args...)
	in, errIn := cmd.StdinPipe()
	out, errOut := cmd.StdoutPipe()
	if errIn != nil || errOut != nil {
		t.Fatal(errIn, errOut)
	}
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("%s: %v\n%s", program, err, said.String())
		}
	})
	return &worker{in, bufio.NewScanner(out)}
}

func (w *worker) line(t *testing.T) string {
	t.Helper()
	if !w.out.Scan() {
		t.Fatalf("no answer: %v", w.out.Err())
	}
	return w.out.Text()
}

func (w *worker) ask(t *testing.T, q any) string {
	t.Helper()
	if err := json.NewEncoder(w.in).Encode(q); err != nil {
		t.Fatal(err)
	}
	return w.line(t)
}
