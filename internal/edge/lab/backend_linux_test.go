package lab_test

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/edge/lab"
	"github.com/deguchi-project/deguchi/internal/edge/lab/fabric"
	"github.com/deguchi-project/deguchi/internal/model/topology"
	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// outsideURL is where the moto runs that TestMain's first process has started for
// the second, which has no way to the networks of this machine.
const outsideURL = "DEGUCHI_TEST_MOTO"

// motoOutside starts moto, if it is here and a test wants it, and tells its URL
// in the environment.
func motoOutside() (stop func()) {
	stop = func() {}
	path, err := exec.LookPath("moto_server")
	if err != nil {
		return stop
	}
	cmd := exec.Command(path, "-p", "0")
	out, err := cmd.StderrPipe()
	if err != nil || cmd.Start() != nil {
		return stop
	}
	stop = func() { _, _ = cmd.Process.Kill(), cmd.Wait() }
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := regexp.MustCompile(`Running on (http://127\.0\.0\.1:[0-9]+)`).FindStringSubmatch(lines.Text()); m != nil {
			_ = os.Setenv(outsideURL, m[1])
			break
		}
	}
	go func() { // it blocks once nobody reads
		for lines.Scan() {
		}
	}()
	return stop
}

// TestBackend has moto, outside of the lab, answer what no policy denies: what one
// client makes there, the other finds, and a policy still stands before it.
func TestBackend(t *testing.T) {
	needs(t)
	requiretest.Program(t, "moto_server")
	requiretest.Program(t, "/usr/bin/aws")
	to, err := url.Parse(os.Getenv(outsideURL))
	if err != nil || to.Host == "" {
		t.Fatalf("moto does not say where it runs: %q", os.Getenv(outsideURL))
	}
	top, problems := topology.Parse("moto.yaml", []byte(strings.Replace(twoZones, "clients:\n", `buckets:
  mine: {region: ap-northeast-1, policy: [{Effect: Deny, Principal: "*", Action: "s3:DeleteObject"}]}
clients:
`, 1)), topology.Options{Now: now})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	l := opened(t, top, lab.Options{Backend: to})
	for _, tt := range []struct {
		words, want string
		code        int
	}{
		{"s3 mb s3://mine", "make_bucket: mine", 0},
		{"s3api put-object --bucket mine --key k", "ETag", 0},
		{"s3 ls s3://mine", " k", 0},
		{"s3api delete-object --bucket mine --key k", "with an explicit deny in a resource-based policy", 254},
		{"s3 cp s3://mine/none -", "404", 1},
	} {
		var out bytes.Buffer
		cmd := exec.CommandContext(t.Context(), "/usr/bin/aws", append([]string{"--region", "ap-northeast-1"}, strings.Fields(tt.words)...)...)
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := l.Start(top.Client("ec2"), cmd); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // the exit code tells
		if code := cmd.ProcessState.ExitCode(); code != tt.code || !strings.Contains(out.String(), tt.want) {
			t.Errorf("aws %s: exit code %d, want %d and %q\n%s", tt.words, code, tt.code, tt.want, out.String())
		}
	}
}

// TestDialOutside reaches what listens where the tests were started, and tells
// what is said there of what cannot be reached.
func TestDialOutside(t *testing.T) {
	needs(t)
	requiretest.Program(t, "moto_server")
	to, err := url.Parse(os.Getenv(outsideURL))
	if err != nil {
		t.Fatal(err)
	}
	if conn, err := net.Dial("tcp", to.Host); err == nil {
		_ = conn.Close()
		t.Fatal("a process of the lab reaches the networks of this machine")
	}
	tr := &http.Transport{DialContext: fabric.DialOutside}
	defer tr.CloseIdleConnections()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, to.String()+"/moto-api/data.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := tr.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("moto answers %s", resp.Status)
	}
	if conn, err := fabric.DialOutside(t.Context(), "tcp", "127.0.0.1:1"); err == nil || !strings.Contains(fmt.Sprint(err), "refused") {
		t.Errorf("a closed port: %v, %v", conn, err)
	}
}
