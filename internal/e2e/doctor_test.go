package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"os/exec"
	"strings"
	"testing"
)

// diagnosis is what contract 8 says of "deguchi doctor --json".
type diagnosis struct {
	Schema string
	Checks []struct {
		ID, Status, Because, Fix, Verify string
		Evidence                         []string
	}
	Causes []string
	told   string // what it said on stderr
	code   int
}

func (d diagnosis) check(t *testing.T, id string) (status, because, fix string, evidence []string) {
	t.Helper()
	for _, c := range d.Checks {
		if c.ID == id {
			return c.Status, c.Because, c.Fix, c.Evidence
		}
	}
	t.Fatalf("there is no check %q among %+v", id, d.Checks)
	return "", "", "", nil
}

// doctor runs "deguchi doctor --json" for somebody whose proxy is at address.
func doctor(t *testing.T, address string, args ...string) diagnosis {
	t.Helper()
	here.wellKnownPorts(t)
	cmd := program(t, append([]string{"doctor", "--json", "--region", tokyo}, args...)...)
	url := "http://" + address
	cmd.Env = []string{
		asProgram + "=1", "LC_ALL=C", "PATH=/usr/bin:/bin", "HOME=" + t.TempDir(),
		"https_proxy=" + url, "HTTPS_PROXY=" + url, "http_proxy=" + url, "HTTP_PROXY=" + url,
		"no_proxy=169.254.169.254", "NO_PROXY=169.254.169.254",
		"AWS_CA_BUNDLE=" + here.ca, "AWS_ACCESS_KEY_ID=AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY=secret",
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	}
	d := diagnosis{told: stderr.String(), code: cmd.ProcessState.ExitCode()}
	if err := json.Unmarshal(stdout.Bytes(), &d); err != nil {
		t.Fatalf("doctor %q: %v\n%s%s", args, err, stdout.String(), stderr.String())
	}
	if d.Schema != "deguchi/doctor/v1" || len(d.Checks) != 16 {
		t.Errorf("schema %q with %d checks, want deguchi/doctor/v1 with 16", d.Schema, len(d.Checks))
	}
	return d
}

func TestDoctorFindsNothingWrong(t *testing.T) {
	t.Parallel()
	p := startProxy(t, setup{rules: corpRules})
	d := doctor(t, p.addr, "--for", "session-manager", "--for", "sns", "--for", "https://corp-reports.s3.ap-northeast-1.amazonaws.com/")
	if d.code != 0 || len(d.Causes) > 0 {
		t.Fatalf("exit code %d, causes %q: %+v", d.code, d.Causes, d.Checks)
	}
	for _, id := range []string{"settings", "values", "no-proxy", "clock", "proxy", "connect", "tls", "answer", "path", "websocket", "body", "identity"} {
		if status, because, _, _ := d.check(t, id); status != "ok" {
			t.Errorf("%s is %s: %s", id, status, because)
		}
	}
	for _, want := range []string{p.addr, channelHost + ":443", "sns.ap-northeast-1.amazonaws.com:443"} {
		if !strings.Contains(d.told, want) {
			t.Errorf("the doctor did not announce %s:\n%s", want, d.told)
		}
	}
	for _, v := range p.log.lines(t) {
		if !strings.Contains(d.told, v.Host) {
			t.Errorf("the proxy was asked for %s, which was not announced:\n%s", v.Host, d.told)
		}
	}
}

// TestDoctorQuotesRefusals is issue 4: a Deguchi says why, and the doctor passes
// it on: reason, rule and trace.
func TestDoctorQuotesRefusals(t *testing.T) {
	t.Parallel()
	for why, tt := range map[string]struct {
		set    setup
		target string
		cause  string
		says   []string // in words or evidence
	}{
		"story E: ssmmessages is not allowed": {
			setup{rules: "- {name: the agent, allow: {services: [ssm], regions: [ap-northeast-1]}}"}, "session-manager",
			"proxy-403", []string{channelHost, "no-rule"},
		},
		"a rule denies, with a ticket": {
			setup{rules: corpRules}, "lambda", "proxy-403", []string{"rule-denies", "no cloudshell", "SEC-7"},
		},
		"this client is unknown": {
			setup{clients: "office: {from: [10.20.0.0/16]}"}, "sts", "proxy-403", []string{"unknown-client"},
		},
		"the listener expects PROXY protocol": {
			setup{listen: ", proxy_protocol: required, trust: [127.0.0.0/8]"}, "sts", "ppv2-mismatch", []string{"bad-request"},
		},
	} {
		t.Run(why, func(t *testing.T) {
			t.Parallel()
			p := startProxy(t, tt.set)
			d := doctor(t, p.addr, "--for", tt.target)
			if d.code != 1 || len(d.Causes) == 0 || d.Causes[0] != tt.cause {
				t.Fatalf("exit code %d, causes %q, want %s first: %+v", d.code, d.Causes, tt.cause, d.Checks)
			}
			_, because, fix, evidence := d.check(t, "connect")
			said := because + fix + strings.Join(evidence, "\n")
			for _, want := range tt.says {
				if !strings.Contains(said, want) {
					t.Errorf("the diagnosis lacks %q: %s", want, said)
				}
			}
			refused := p.log.find(t, "a refusal", func(v line) bool { return v.Verdict == "denied" })
			if !strings.Contains(because, refused.Trace) {
				t.Errorf("the diagnosis does not name the trace %s: %s", refused.Trace, because)
			}
		})
	}
}

// TestDoctorAndTheProxysNames is a proxy that cannot resolve the target.
func TestDoctorAndTheProxysNames(t *testing.T) {
	t.Parallel()
	p := startProxy(t, setup{})
	const host = "kms.ap-northeast-1.amazonaws.com"
	here.names.say(host, addresses())
	d := doctor(t, p.addr, "--for", "https://"+host+"/")
	if len(d.Causes) == 0 || d.Causes[0] != "proxy-5xx" {
		t.Fatalf("causes %q, want proxy-5xx first: %+v", d.Causes, d.Checks)
	}
	if _, because, _, _ := d.check(t, "connect"); !strings.Contains(because, "dns-fail") {
		t.Errorf("the diagnosis does not say dns-fail: %s", because)
	}
}

// TestDoctorExplainsTheCLI pastes what the real AWS CLI prints.
func TestDoctorExplainsTheCLI(t *testing.T) {
	t.Parallel()
	here.wellKnownPorts(t)
	p := startProxy(t, setup{rules: corpRules})
	for why, tt := range map[string]struct {
		args  []string
		first string
	}{
		"as it is printed, it may be many": {[]string{"ec2", "describe-instances"}, ""},
		"with --debug it is one":           {[]string{"ec2", "describe-instances", "--debug"}, "proxy-403"},
	} {
		t.Run(why, func(t *testing.T) {
			t.Parallel()
			r := through(t, p, awsCLI, tt.args...)
			cmd := program(t, "doctor", "explain", "--json", "-")
			cmd.Stdin = strings.NewReader(r.err)
			out, _ := cmd.Output()
			var e struct {
				Causes, Alike []string
				Apart         string
			}
			if err := json.Unmarshal(out, &e); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if tt.first != "" && (len(e.Causes) == 0 || e.Causes[0] != tt.first) {
				t.Errorf("causes %q, want %s first, of\n%s", e.Causes, tt.first, r.err)
			}
			if tt.first == "" && (len(e.Alike) < 5 || !strings.Contains(e.Apart, "deguchi doctor")) {
				t.Errorf("alike %q, apart %q, of\n%s", e.Alike, e.Apart, r.err)
			}
		})
	}
}

// TestDoctorAsksWhoseCredentials signs one request, which the stand-in answers
// as STS does.
func TestDoctorAsksWhoseCredentials(t *testing.T) {
	t.Parallel()
	p := startProxy(t, setup{rules: corpRules})
	d := doctor(t, p.addr, "--for", "sts", "--identity")
	if status, because, _, _ := d.check(t, "identity"); d.code != 0 || status != "ok" || !strings.Contains(because, "arn:aws:iam::123456789012:user/") {
		t.Errorf("exit code %d, identity %s: %s", d.code, status, because)
	}
}
