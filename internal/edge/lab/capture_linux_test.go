package lab_test

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/edge/lab"
	"github.com/deguchi-project/deguchi/internal/edge/lab/program"
	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// TestCapture has tcpdump read what the nodes of a request's way sent and got.
func TestCapture(t *testing.T) {
	needs(t)
	tcpdump := requiretest.Program(t, "tcpdump")
	top := parsed(t, "../../../examples/story-b-ten-routes.yaml")
	dir := filepath.Join(t.TempDir(), "packets")
	l := opened(t, top, lab.Options{Packets: dir})
	test := top.Tests[3] // excluded from the proxy, by the client's own endpoint
	v, err := l.Ask(t.Context(), top.Client(test.Client), test.Request, program.Curl)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.pcap"))
	if err != nil || len(files) != len(l.Plan().Nodes) {
		t.Fatalf("%d files, %v; %d nodes", len(files), err, len(l.Plan().Nodes))
	}
	dumped := func(node, filter string) string {
		file := filepath.Join(dir, strings.NewReplacer("/", "-", ":", "-").Replace(node)+".pcap")
		out, err := exec.CommandContext(t.Context(), tcpdump, "-n", "-r", file, filter).Output()
		if err != nil {
			t.Fatalf("tcpdump of %s: %v", file, err)
		}
		return string(out)
	}
	t.Logf("%v %s", v.Answer.Path, v.Command)
	for _, node := range []string{"client:" + test.Client, v.Answer.Path[1]} {
		got := dumped(node, "tcp port 443 and tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn")
		t.Logf("%s:\n%s", node, got)
		if n := strings.Count(got, "Flags [S]"); n != 1 {
			t.Errorf("%s: %d connections began, want 1:\n%s", node, n, got)
		}
		if !regexp.MustCompile(` (In|Out) +IP `).MatchString(got) {
			t.Errorf("%s: nobody can tell what comes from what goes:\n%s", node, got)
		}
	}
	for _, p := range top.Proxies {
		if got := dumped("proxy:"+p.Name, "tcp port 443"); got != "" {
			t.Errorf("the proxy, which is not on the way, has packets:\n%s", got)
		}
	}
}
