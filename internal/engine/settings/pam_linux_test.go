package settings

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// TestPAMReads logs in, by su, where /etc/environment is the one that is written:
// PAM has a reader of its own, which is neither a shell nor systemd.
func TestPAMReads(t *testing.T) {
	requiretest.That(t, os.Getuid() == 0, "root, for a mount namespace")
	_, err := os.Stat("/etc/pam.d/su")
	requiretest.That(t, err == nil, "a su that asks PAM")
	login := func(t *testing.T, q Question) map[string]string {
		t.Helper()
		_, paths := placed(t, asked(t, "environment", q))
		const script = `set -e; mount --make-rprivate /; mount --bind "$1" /etc/environment; exec su nobody -s /bin/sh -c env`
		cmd := exec.CommandContext(t.Context(), requiretest.Program(t, "unshare"), "-m", "sh", "-c", script, "sh", paths[0])
		cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		return environment(string(out))
	}
	q := full(t)
	q.OS = Debian
	if diff := cmp.Diff(wanted(q), login(t, q)); diff != "" {
		t.Errorf("variables (-want +got):\n%s", diff)
	}
	fill := func(bytes int) Question {
		q := q
		q.Exclude = Exclusions{}
		for length := len("no_proxy=" + q.Exclude.Variable()); length < bytes; length = len("no_proxy=" + q.Exclude.Variable()) {
			name := strings.Repeat("x", min(max((bytes-length-3)/2, 1), 60)) // stands twice: ",name,.name"
			q.Exclude.names = append(q.Exclude.names, name)
		}
		return q
	}
	for _, bytes := range []int{pamLine, pamLine + 2} {
		q := fill(bytes)
		reads := cmp.Equal(wanted(q), login(t, q))
		noted := slices.ContainsFunc(asked(t, "environment", q).Notes, func(n reason.Because) bool { return n.Code == "settings.note.environment-long" })
		if reads == noted {
			t.Errorf("a line of %d bytes: PAM reads it: %v; a note says that it does not: %v", len("no_proxy="+q.Exclude.Variable()), reads, noted)
		}
	}
}

// TestLongEnvironment: what is cut, and where.
func TestLongEnvironment(t *testing.T) {
	for _, tt := range []struct {
		os    OS
		names int
		want  string
	}{
		{AL2, 1, ""}, {AL2, 20, "settings.note.environment-long-old"}, {RHEL, 20, "settings.note.environment-long-old"},
		{AL2023, 20, ""}, {AL2023, 80, "settings.note.environment-long"}, {AL2, 80, "settings.note.environment-long"},
	} {
		q := full(t)
		q.OS = tt.os
		for i := range tt.names {
			q.Exclude.names = append(q.Exclude.names, strings.Repeat(string(rune('a'+i%26)), 60))
		}
		got := ""
		for _, n := range asked(t, "environment", q).Notes {
			if strings.HasPrefix(string(n.Code), "settings.note.environment-") {
				got = string(n.Code)
			}
		}
		if got != tt.want {
			t.Errorf("%d names on %s: note %q, want %q", tt.names, tt.os, got, tt.want)
		}
	}
}
