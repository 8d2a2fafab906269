package e2e

import (
	"errors"
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// handOver asks pid to hand over to a new process, which systemd is told of, and
// returns the number of that. It ends with the test: nobody else waits for it.
func handOver(t *testing.T, pid int, systemd notifySocket) (next int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGUSR2); err != nil {
		t.Fatal(err)
	}
	if err := systemd.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 4096)
	for {
		n, err := systemd.Read(buf)
		if err != nil {
			t.Fatalf("systemd was not told of a new process: %v", err)
		}
		number, ok := strings.CutPrefix(strings.TrimSpace(string(buf[:n])), "MAINPID=")
		if !ok {
			continue
		}
		if next, err = strconv.Atoi(number); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = syscall.Kill(next, syscall.SIGKILL)
			_, _ = syscall.Wait4(next, nil, 0, nil)
		})
		return next
	}
}

// startUnderSystemd runs a proxy that tells the returned socket of itself.
func startUnderSystemd(t *testing.T, s setup) (*proxy, notifySocket) {
	t.Helper()
	systemd := newNotifySocket(t)
	p := newProxy(t, s)
	cmd := program(t, "serve", "-c", p.file)
	cmd.Env = append(cmd.Env, "NOTIFY_SOCKET="+systemd.LocalAddr().String())
	cmd.WaitDelay = 10 * time.Millisecond // not until all that have its standard error end
	p.start(t, cmd)
	systemd.expect(t, "READY=1")
	return p, systemd
}

// TestHandover upgrades a proxy under load: no connection is refused, no tunnel
// is cut, and the old process ends when its last tunnel does.
func TestHandover(t *testing.T) {
	t.Parallel()
	p, systemd := startUnderSystemd(t, setup{more: "limits: {drain: 1ms}"})
	s := openSession(t, p)
	silent := p.dial(t, "") // accepted, and has asked for nothing yet
	end := busy(t, p)
	s.mustSay(t, "before")
	pid := handOver(t, p.cmd.Process.Pid, systemd)

	p.configure(t, setup{rules: `- {name: sts, allow: {services: [sts], ports: ["*"]}}`})
	if err := syscall.Kill(pid, syscall.SIGHUP); err != nil { // the new process is whom signals mean now
		t.Fatal(err)
	}
	eventually(t, "the new process has new rules", func() bool {
		c := p.dial(t, "")
		defer c.Close() // the old process may have accepted it, and would wait for it
		resp, _, err := c.connect(here.at(channelHost))
		return err == nil && resp.StatusCode == http.StatusForbidden
	})
	silent.open(t, "sts.ap-northeast-1.amazonaws.com")
	_ = silent.Close()
	if n := end(); n < 200 {
		t.Errorf("only %d connections were made around the handover", n)
	}
	s.mustSay(t, "long after")
	select {
	case <-p.exited:
		t.Error("the old process ended before its tunnel")
	default:
	}
	if status, _ := p.ask(t, http.MethodGet, "/readyz"); status != http.StatusOK {
		t.Errorf("/readyz = %d, want 200", status)
	}
	s.hangUp(t)
	if code := p.wait(t); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	got := p.log.find(t, "the end of the session", func(l line) bool {
		return l.Event == "end" && l.Host == channelHost && l.Verdict == "allowed"
	})
	if got.Err != "" || got.Up == 0 || got.Down == 0 {
		t.Errorf("log: %+v", got)
	}
	if err := openAndClose(p); err != nil {
		t.Errorf("after the old process: %v", err)
	}
	if stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat"); err != nil || strings.Fields(string(stat))[3] != strconv.Itoa(os.Getpid()) {
		t.Errorf("the new process is not our child, as the old one was: %s, %v", stat, err)
	}
}

// TestHandoverOfHandover: the new process can do it as well.
func TestHandoverOfHandover(t *testing.T) {
	t.Parallel()
	p, systemd := startUnderSystemd(t, setup{})
	first := openSession(t, p)
	pid := handOver(t, p.cmd.Process.Pid, systemd)
	second := openSession(t, p)
	if third := handOver(t, pid, systemd); third == pid {
		t.Error("no third process")
	}
	third := openSession(t, p)
	first.mustSay(t, "first")
	second.mustSay(t, "second")
	third.mustSay(t, "third")
}

// TestHandoverThatFails changes nothing.
func TestHandoverThatFails(t *testing.T) {
	t.Parallel()
	p, _ := startUnderSystemd(t, setup{})
	s := openSession(t, p)
	p.configure(t, setup{rules: `- {name: x, acton: deny}`})
	p.signal(t, syscall.SIGUSR2)
	eventually(t, "the refusal is logged", func() bool { return strings.Contains(p.stderr.String(), "handover refused") })
	s.mustSay(t, "nothing has happened")
	if err := openAndClose(p); err != nil {
		t.Errorf("after a handover that failed: %v", err)
	}
}

// TestStopAfterHandover: both processes stop, the old one after limits.drain.
func TestStopAfterHandover(t *testing.T) {
	t.Parallel()
	p, systemd := startUnderSystemd(t, setup{more: "limits: {drain: 300ms}"})
	s := openSession(t, p)
	pid := handOver(t, p.cmd.Process.Pid, systemd)
	s.mustSay(t, "still here")
	p.signal(t, syscall.SIGTERM)
	s.ended(t)
	if code := p.wait(t); code != 0 {
		t.Errorf("the old process: exit code %d, want 0", code)
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	eventually(t, "nobody listens", func() bool {
		_, err := p.tryDial("")
		return errors.Is(err, syscall.ECONNREFUSED)
	})
}
