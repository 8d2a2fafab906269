package main

import (
	"embed"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"text/template"
	"time"
)

// peer is a program that is measured.
type peer struct {
	name    string
	command []string // {deguchi} and {conf} are filled in
	conf    string   // in conf/
	relays  bool     // joins every connection to one origin and knows no CONNECT
	can     []string // tests
}

// peers in the order of a round. HAProxy is no forward proxy: as a relay it is
// what forwarding costs without a request, a rule, a name or a log line.
var peers = []*peer{
	{name: "direct", can: []string{"setup", "rtt", "bulk", "http", "tls", "sni"}},
	{name: "squid", command: []string{"/usr/sbin/squid", "-N", "-n", "bench", "-f", "{conf}"}, conf: "squid.conf",
		can: []string{"idle", "setup", "rtt", "bulk", "http", "tls", "sni"}},
	{name: "deguchi", command: []string{"{deguchi}", "serve", "-c", "{conf}"}, conf: "deguchi.yaml",
		can: []string{"idle", "setup", "rtt", "bulk", "http", "tls", "sni"}},
	{name: "haproxy", command: []string{"/usr/sbin/haproxy", "-f", "{conf}"}, conf: "haproxy.cfg", relays: true,
		can: []string{"idle", "setup", "rtt", "bulk", "http"}},
	{name: "tinyproxy", command: []string{"/usr/bin/tinyproxy", "-d", "-c", "{conf}"}, conf: "tinyproxy.conf",
		can: []string{"idle", "setup", "rtt", "bulk", "http", "tls"}},
}

// compareWith adds another Deguchi to the peers. What a change brings is seen in
// the ratio of the two, round by round.
func compareWith(path string) {
	before := *peerOf("deguchi")
	before.name, before.command = "before", append([]string{path}, before.command[1:]...)
	peers = append(peers, &before)
}

func peerOf(name string) *peer {
	for _, p := range peers {
		if p.name == name {
			return p
		}
	}
	return nil
}

// missing reports whether the peer is not installed. Squid, which everything is
// held against, and Deguchi must be.
func (p *peer) missing() bool {
	if len(p.command) == 0 || p.name == "squid" || p.name == "deguchi" {
		return false
	}
	_, err := exec.LookPath(p.command[0])
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s is left out: %v\n", p.name, err)
	}
	return err != nil
}

//go:embed conf
var confs embed.FS

// running is a peer that runs. Of direct, pid is 0.
type running struct {
	*peer
	pid      int
	addr     string // where it takes requests
	httpAddr string // where it takes absolute-form requests, and Deguchi its admin requests
	cmd      *exec.Cmd
	log      *os.File
}

// start starts p with so many rules more, and waits until it accepts.
func (w *world) start(p *peer, rules []string) (*running, error) {
	r := &running{peer: p}
	if len(p.command) == 0 {
		return r, nil
	}
	port, httpPort := freePort(), freePort()
	r.addr = fmt.Sprintf("127.0.0.1:%d", port)
	r.httpAddr = r.addr
	if p.relays {
		r.httpAddr = fmt.Sprintf("127.0.0.1:%d", httpPort)
	}
	conf := filepath.Join(w.dir, p.conf)
	err := fill(conf, p.conf, map[string]any{
		"Port": port, "HTTPPort": httpPort, "Dir": w.dir, "Raw": portOf(w.raw), "DNS": w.dns, "Rules": rules,
	})
	if err != nil {
		return nil, err
	}
	args := make([]string, len(p.command))
	for i, a := range p.command {
		switch a {
		case "{deguchi}":
			a = w.deguchi
		case "{conf}":
			a = conf
		}
		args[i] = a
	}
	r.cmd = exec.Command(args[0], args[1:]...) //nolint:gosec // a program of the list of peers
	if r.log, err = os.Create(filepath.Join(w.dir, p.name+".out")); err != nil {
		return nil, err
	}
	r.cmd.Stdout, r.cmd.Stderr = r.log, r.log
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := r.cmd.Start(); err != nil {
		return nil, err
	}
	r.pid = r.cmd.Process.Pid
	if err := waitFor(r.addr); err != nil {
		r.stop()
		out, _ := os.ReadFile(r.log.Name())
		return nil, fmt.Errorf("%w; it says: %s", err, out)
	}
	time.Sleep(300 * time.Millisecond) // to settle
	return r, nil
}

func fill(path, name string, values map[string]any) error {
	t, err := template.ParseFS(confs, "conf/"+name)
	if err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(t.Execute(f, values), f.Close())
}

// stop ends the peer's process.
func (r *running) stop() {
	if r.cmd == nil {
		return
	}
	_ = syscall.Kill(-r.pid, syscall.SIGKILL)
	_ = r.cmd.Wait()
	_ = r.log.Close()
}

func waitFor(addr string) error {
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if c, err := net.DialTimeout("tcp", addr, time.Second); err == nil {
			return c.Close()
		}
	}
	return fmt.Errorf("nobody listens on %s", addr)
}

func freePort() int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err) // no loopback, nothing to measure
	}
	defer l.Close()
	return portOf(l)
}

func portOf(l net.Listener) int { return l.Addr().(*net.TCPAddr).Port }
