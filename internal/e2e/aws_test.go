package e2e

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/edge/standin"
	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// awsCLI is Debian's, which does not change under us.
const awsCLI = "/usr/bin/aws"

// run is a program that has ended.
type run struct {
	out, err string
	code     int
}

// through runs a program for which p is the proxy, and nothing of this
// machine's configuration is.
func through(t *testing.T, p *proxy, program string, args ...string) run {
	t.Helper()
	here.wellKnownPorts(t)
	path := requiretest.Program(t, program)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	dieWithUs(cmd)
	proxyURL := "http://" + p.addr
	cmd.Env = []string{
		"PATH=/usr/bin:/bin", "HOME=" + t.TempDir(), "LC_ALL=C.UTF-8",
		"HTTPS_PROXY=" + proxyURL, "https_proxy=" + proxyURL, "HTTP_PROXY=" + proxyURL, "http_proxy=" + proxyURL,
		"AWS_CA_BUNDLE=" + here.ca, "CURL_CA_BUNDLE=" + here.ca,
		"AWS_ACCESS_KEY_ID=AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY=secret", "AWS_DEFAULT_REGION=" + tokyo,
		"AWS_EC2_METADATA_DISABLED=true", "AWS_MAX_ATTEMPTS=1", "AWS_PAGER=",
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); cmd.ProcessState == nil || ctx.Err() != nil {
		t.Fatalf("%s %q: %v\n%s", program, args, err, stderr.String())
	}
	return run{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// mustRun is through for what must work.
func mustRun(t *testing.T, p *proxy, program string, args ...string) string {
	t.Helper()
	r := through(t, p, program, args...)
	if r.code != 0 {
		t.Fatalf("%s %q: exit code %d\n%s%s", program, args, r.code, r.out, r.err)
	}
	return r.out
}

// corpRules are rules as story A has them.
const corpRules = `- name: operators use session manager
    allow: {job: session-manager, regions: [ap-northeast-1]}
  - name: our buckets
    allow: {services: [s3], regions: [ap-northeast-1, ap-northeast-3], buckets: [corp-reports, corp-osaka, corp-backup]}
    ticket: CHG-1234
  - name: lists of buckets
    allow: {hosts: [s3.ap-northeast-1.amazonaws.com]}
  - name: alarms
    allow: {services: [sns, sts], regions: [ap-northeast-1]}
  - name: no cloudshell
    deny: {services: [lambda]}
    ticket: SEC-7`

func TestAWSCLIVersion(t *testing.T) {
	t.Parallel()
	r, err := exec.CommandContext(t.Context(), requiretest.Program(t, awsCLI), "--version").CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %s", awsCLI, r)
}

func TestAWSCLI(t *testing.T) {
	t.Parallel()
	here.wellKnownPorts(t)
	p := startProxy(t, setup{rules: corpRules})
	for why, tt := range map[string]struct {
		args []string
		want string // a regular expression for the answer
		host string
		rule string
	}{
		"the buckets of the account": {
			[]string{"s3", "ls"}, `corp-reports`,
			"s3.ap-northeast-1.amazonaws.com", "lists of buckets",
		},
		"a bucket, by its own host name": {
			[]string{"s3", "ls", "s3://corp-reports"}, `^$`,
			"corp-reports.s3.ap-northeast-1.amazonaws.com", "our buckets",
		},
		"a bucket in another region that a rule names": {
			[]string{"s3", "ls", "s3://corp-osaka", "--region", osaka}, `^$`,
			"corp-osaka.s3.ap-northeast-3.amazonaws.com", "our buckets",
		},
		"a message": {
			[]string{"sns", "publish", "--topic-arn", "arn:aws:sns:ap-northeast-1:123456789012:alarms", "--message", "it works"}, `"MessageId": "[0-9a-f-]{36}"`,
			"sns.ap-northeast-1.amazonaws.com", "alarms",
		},
		"who am I": {
			[]string{"sts", "get-caller-identity"}, `"Arn": "arn:aws:iam::123456789012:user/AKIAEXAMPLE"`,
			"sts.ap-northeast-1.amazonaws.com", "alarms",
		},
		"managed instances": {
			[]string{"ssm", "describe-instance-information"}, `"InstanceId": "i-0123456789abcdef0"`,
			"ssm.ap-northeast-1.amazonaws.com", "operators use session manager",
		},
	} {
		t.Run(why, func(t *testing.T) {
			t.Parallel()
			if got := mustRun(t, p, awsCLI, tt.args...); !regexp.MustCompile(tt.want).MatchString(got) {
				t.Errorf("aws %q = %q, want %s", tt.args, got, tt.want)
			}
			if got := p.log.end(t, tt.host); got.Verdict != "allowed" || got.Rule != tt.rule || got.Status != 200 {
				t.Errorf("log: %+v, want allowed by %q", got, tt.rule)
			}
			if here.aws.Count(func(c standin.Call) bool { return c.Host == tt.host && c.AccessKey == "AKIAEXAMPLE" }) == 0 {
				t.Errorf("AWS heard nothing as %s", tt.host)
			}
		})
	}
}

func TestAWSCLIDenied(t *testing.T) {
	t.Parallel()
	here.wellKnownPorts(t)
	p := startProxy(t, setup{rules: corpRules})
	for why, tt := range map[string]struct {
		args         []string
		host         string
		reason, rule string
	}{
		"a bucket that no rule names": {
			[]string{"s3", "ls", "s3://somebody-elses"},
			"somebody-elses.s3.ap-northeast-1.amazonaws.com", "no-rule", "",
		},
		"a service that no rule names": {
			[]string{"ec2", "describe-instances"},
			"ec2.ap-northeast-1.amazonaws.com", "no-rule", "",
		},
		"a region that no rule names": {
			[]string{"sns", "publish", "--region", "us-east-1", "--topic-arn", "arn:aws:sns:us-east-1:123456789012:t", "--message", "x"},
			"sns.us-east-1.amazonaws.com", "no-rule", "",
		},
		"a service that a rule denies": {
			[]string{"lambda", "list-functions"},
			"lambda.ap-northeast-1.amazonaws.com", "rule-denies", "no cloudshell",
		},
	} {
		t.Run(why, func(t *testing.T) {
			t.Parallel()
			r := through(t, p, awsCLI, append(tt.args, "--debug")...)
			if r.code == 0 {
				t.Fatalf("aws %q worked: %s", tt.args, r.out)
			}
			told := regexp.MustCompile(`Blocked by Deguchi \(([a-z-]+); .*?; trace ([0-9a-f]{16})\)`).FindStringSubmatch(r.err)
			if told == nil {
				t.Fatalf("aws --debug does not say that Deguchi blocked it:\n%s", r.err)
			}
			got := p.log.find(t, "the trace "+told[2], func(v line) bool { return v.Trace == told[2] })
			want := line{Event: "end", Trace: told[2], Host: tt.host, Verdict: "denied", Reason: tt.reason, Rule: tt.rule, Status: 403}
			if told[1] != tt.reason {
				t.Errorf("the client was told %q, want %q", told[1], tt.reason)
			}
			if diff := cmp.Diff(want, line{Event: got.Event, Trace: got.Trace, Host: got.Host, Verdict: got.Verdict, Reason: got.Reason, Rule: got.Rule, Status: got.Status}); diff != "" {
				t.Errorf("log (-want +got):\n%s", diff)
			}
			if n := here.aws.Count(func(c standin.Call) bool { return c.Host == tt.host }); n > 0 {
				t.Errorf("AWS was asked %d times as %s", n, tt.host)
			}
		})
	}
}

// big is more than every buffer on the way, and 25 parts of the CLI.
const big = 200 << 20

// TestAWSCLICopies200MB has a bucket of its own: other tests list theirs meanwhile.
func TestAWSCLICopies200MB(t *testing.T) {
	t.Parallel()
	here.wellKnownPorts(t)
	p := startProxy(t, setup{rules: corpRules})
	dir := t.TempDir()
	up, down := filepath.Join(dir, "up"), filepath.Join(dir, "down")
	sent := randomFile(t, up, big)

	mustRun(t, p, awsCLI, "s3", "cp", "--only-show-errors", up, "s3://corp-backup/2026/big.bin")
	mustRun(t, p, awsCLI, "s3", "cp", "--only-show-errors", "s3://corp-backup/2026/big.bin", down)
	if got := sumOf(t, down); got != sent {
		t.Errorf("sha256 of what came back = %x, want %x", got, sent)
	}
	const host = "corp-backup.s3.ap-northeast-1.amazonaws.com"
	eventually(t, "the log accounts for every byte, both ways", func() bool {
		var up, down int64
		for _, v := range p.log.lines(t) {
			if v.Host == host && v.Rule == "our buckets" && v.Ticket == "CHG-1234" {
				up += v.Up
				down += v.Down
			}
		}
		return up > big && up < big*11/10 && down > big && down < big*11/10
	})
	mustRun(t, p, awsCLI, "s3", "rm", "--only-show-errors", "s3://corp-backup/2026/big.bin")
}

// randomFile writes size bytes that nothing can compress, and returns their sum.
func randomFile(t *testing.T, name string, size int64) [sha256.Size]byte {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(f, sum), io.LimitReader(rand.NewChaCha8([32]byte{1}), size)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return [sha256.Size]byte(sum.Sum(nil))
}

func sumOf(t *testing.T, name string) [sha256.Size]byte {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		t.Fatal(err)
	}
	return [sha256.Size]byte(sum.Sum(nil))
}

// TestLogLine compares a whole line with contract 3.
func TestLogLine(t *testing.T) {
	t.Parallel()
	here.wellKnownPorts(t)
	p := startProxy(t, setup{rules: corpRules})
	mustRun(t, p, awsCLI, "s3", "ls", "s3://corp-reports")
	const host = "corp-reports.s3.ap-northeast-1.amazonaws.com"
	got := p.log.end(t, host)

	for _, field := range []struct{ name, value, form string }{
		{"time", got.Time, `^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`},
		{"trace", got.Trace, `^[0-9a-f]{16}$`},
		{"peer", got.Peer, `^127\.[0-9.]+:\d+$`},
		{"client", got.Client, `^127\.[0-9.]+$`},
		{"config", got.Config, `^[0-9a-f]{12,}$`},
	} {
		if !regexp.MustCompile(field.form).MatchString(field.value) {
			t.Errorf("%s = %q, want %s", field.name, field.value, field.form)
		}
	}
	if !strings.HasPrefix(got.Peer, got.Client+":") {
		t.Errorf("client %s is not peer %s", got.Client, got.Peer)
	}
	if got.Up < 500 || got.Down < 500 || got.TookMS < 1 {
		t.Errorf("up %d, down %d, took_ms %d: not what a TLS request takes", got.Up, got.Down, got.TookMS)
	}
	want := line{
		Time: got.Time, Trace: got.Trace, Client: got.Client, Peer: got.Peer, Up: got.Up, Down: got.Down, TookMS: got.TookMS, Config: got.Config,
		Event: "end", ClientName: "here", Method: "CONNECT", Host: host, Port: 443,
		Addr: here.addr.String(), Answer: "private",
		Partition: "aws", Service: "s3", Region: tokyo, Kind: "resource", Bucket: "corp-reports",
		Rule: "our buckets", Ticket: "CHG-1234", Verdict: "allowed", Reason: "rule-allows", Status: 200,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("log line (-want +got):\n%s", diff)
	}
}
