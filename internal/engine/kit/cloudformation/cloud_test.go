package cloudformation_test

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/engine/kit/cloudformation"
	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// cloud is a stand-in for AWS and the CLI that asks it.
type cloud struct {
	t   *testing.T
	aws string
	url string
	env []string
}

var running = regexp.MustCompile(`Running on (http://127\.0\.0\.1:[0-9]+)`)

// moto starts the stand-in on a port that is free.
func moto(t *testing.T) cloud {
	t.Helper()
	requiretest.Program(t, "moto_server") // then python3 has the module
	python := requiretest.Program(t, "python3")
	c := cloud{t: t, aws: requiretest.Program(t, "aws")}
	server := exec.Command(python, "testdata/standin.py", "-p", "0")
	out, err := server.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = server.Process.Kill(), server.Wait() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := running.FindStringSubmatch(lines.Text()); m != nil {
			c.url = m[1]
			c.env = append(os.Environ(), "AWS_ACCESS_KEY_ID=x", "AWS_SECRET_ACCESS_KEY=x",
				"AWS_DEFAULT_REGION=ap-northeast-1", "AWS_CONFIG_FILE=/nonexistent", "NO_PROXY=127.0.0.1", "PYTHONWARNINGS=ignore")
			break
		}
	}
	if c.env == nil {
		t.Fatalf("moto does not say where it runs: %v", lines.Err())
	}
	go func() { // it blocks once nobody reads
		for lines.Scan() {
		}
	}()
	return c
}

// ask runs the CLI and returns its answer, blanks made one.
func (c cloud) ask(args ...string) string {
	c.t.Helper()
	return strings.Join(strings.Fields(string(c.run(append(args, "--output", "text")...))), " ")
}

// describe has the CLI's answer as v.
func (c cloud) describe(v any, args ...string) {
	c.t.Helper()
	out := c.run(append(args, "--output", "json")...)
	if err := json.Unmarshal(out, v); err != nil {
		c.t.Fatalf("aws %s: %v:\n%s", strings.Join(args, " "), err, out)
	}
}

func (c cloud) run(args ...string) []byte {
	c.t.Helper()
	cmd := exec.Command(c.aws, append(args, "--endpoint-url", c.url)...)
	cmd.Env = c.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		c.t.Fatalf("aws %s = %v:\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// deploy writes s and has the real CLI deploy it.
func (c cloud) deploy(s *cloudformation.Stack, parameters ...string) {
	c.t.Helper()
	file := filepath.Join(c.t.TempDir(), s.File())
	if err := os.WriteFile(file, []byte(s.Text()), 0o600); err != nil {
		c.t.Fatal(err)
	}
	args := []string{"cloudformation", "deploy", "--stack-name", s.Name, "--template-file", file, "--capabilities", "CAPABILITY_IAM"}
	if len(parameters) > 0 {
		args = append(append(args, "--parameter-overrides"), parameters...)
	}
	c.ask(args...) // which waits until the stack is complete
}
