package noproxy

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// The scripts below answer questions, one JSON line each, until their input
// ends: they take the variables, ask for the URL, and print a line when that has
// failed. Their first line is the version of what they ask with.

const pythonScript = `
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
elif which == "botocore":
    import botocore, botocore.awsrequest, botocore.httpsession, botocore.utils
    version = botocore.__version__
    def ask(url):
        session = botocore.httpsession.URLLib3Session(proxies=botocore.utils.get_environ_proxies(url), timeout=2)
        return session.send(botocore.awsrequest.AWSRequest("GET", url).prepare())
else:
    import awscli, awscli.clidriver, io
    version = awscli.__version__
    os.environ.update(AWS_MAX_ATTEMPTS="1", AWS_EC2_METADATA_DISABLED="true", AWS_CONFIG_FILE=os.devnull)
    out, sys.stdout, sys.stderr = sys.stdout, io.StringIO(), io.StringIO() # what the CLI says of its failures
    driver = awscli.clidriver.create_clidriver()
    def ask(url):
        driver.main(["sts", "get-caller-identity", "--endpoint-url", url, "--region", "us-east-1",
            "--no-sign-request", "--no-verify-ssl", "--cli-connect-timeout", "2", "--no-cli-pager"])
out = sys.stdout if which != "aws-cli-v2" else out
print(version, file=out, flush=True)
for line in sys.stdin:
    q = json.loads(line)
    for name in [n for n in os.environ if n.lower().endswith("_proxy") or n == "REQUEST_METHOD"]:
        del os.environ[name]
    os.environ.update(q["vars"])
    try:
        ask(q["url"])
    except Exception:
        pass
    print("done", file=out, flush=True)
`

const perlScript = `
use JSON::PP;
my $module = shift;
eval "require $module" or die $@;
my $ask = $module eq "HTTP::Tiny" ? sub { HTTP::Tiny->new(timeout => 2)->get(shift) }
	: sub { LWP::UserAgent->new(timeout => 2, env_proxy => 1)->get(shift) };
$| = 1;
print $module->VERSION, "\n";
while (my $line = <STDIN>) {
	my $q = decode_json($line);
	delete $ENV{$_} for grep { /_proxy$|^REQUEST_METHOD$/i } keys %ENV;
	$ENV{$_} = $q->{vars}{$_} for keys %{$q->{vars}};
	eval { $ask->($q->{url}) };
	print "done\n";
}
`

const rubyScript = `
require "json"
require "net/http"
require "openssl"
$stdout.sync = true
$VERBOSE = nil
puts RUBY_VERSION
STDIN.each_line do |line|
  q = JSON.parse(line)
  ENV.keys.grep(/_proxy$|^REQUEST_METHOD$/i).each { |name| ENV.delete(name) }
  ENV.update(q["vars"])
  begin
    uri = URI(q["url"])
    Net::HTTP.start(uri.hostname, uri.port, use_ssl: uri.scheme == "https", open_timeout: 2, read_timeout: 2) { |http| http.get("/") }
  rescue StandardError
  end
  puts "done"
end
`

// TestLibrariesAgree runs libraries, and the AWS CLI as one.
func TestLibrariesAgree(t *testing.T) {
	python := func(t *testing.T, module, id string) []string {
		return []string{pythonWith(t, module), "-c", pythonScript, id}
	}
	perl := func(t *testing.T, module string) []string {
		program := requiretest.Program(t, "perl")
		requiretest.That(t, exec.CommandContext(t.Context(), program, "-M"+module, "-e", "1").Run() == nil, "perl with "+module)
		return []string{program, "-e", perlScript, module}
	}
	tests := []struct {
		id      string
		command func(*testing.T) []string
		without func(question) bool // what it is not asked
	}{
		{"python-urllib", func(t *testing.T) []string { return python(t, "urllib.request", "python-urllib") }, nil},
		{"python-requests", func(t *testing.T) []string { return python(t, "requests", "python-requests") }, nil},
		{"botocore", func(t *testing.T) []string { return python(t, "botocore", "botocore") }, nil},
		{"aws-cli-v2", func(t *testing.T) []string { return python(t, "awscli.botocore", "aws-cli-v2") }, nil}, // v1 has its botocore beside it
		{"perl-http-tiny", func(t *testing.T) []string { return perl(t, "HTTP::Tiny") }, tlsProxy},             // needs IO::Socket::SSL
		{
			"perl-lwp", func(t *testing.T) []string { return perl(t, "LWP::UserAgent") },
			func(q question) bool { return tlsProxy(q) || strings.HasPrefix(q.url, "https:") }, // needs LWP::Protocol::https
		},
		{"ruby", func(t *testing.T) []string { return []string{requiretest.Program(t, "ruby"), "-e", rubyScript} }, nil},
	}
	for _, tt := range tests {
		t.Run(tt.id, func(t *testing.T) {
			t.Parallel()
			command := tt.command(t)
			proxy := newCounter(t)
			w := start(t, command[0], command[1:]...)
			version := w.line(t)
			qs := questions(*amount, proxy.addr)
			if tt.without != nil {
				qs = slices.DeleteFunc(qs, tt.without)
			}
			compare(t, tt.id, version, qs, func(q question) bool {
				before := proxy.came(t)
				w.ask(t, map[string]any{"vars": q.vars, "url": q.url})
				return proxy.came(t) > before
			})
		})
	}
}

// tlsProxy reports whether a proxy is to be spoken to in TLS.
func tlsProxy(q question) bool {
	for name, value := range q.vars {
		if !strings.EqualFold(name, "no_proxy") && strings.HasPrefix(value, "https://") {
			return true
		}
	}
	return false
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
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute+time.Duration(*amount)*time.Second)
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
