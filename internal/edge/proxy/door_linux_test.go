package proxy

import (
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A client that came while there were no descriptors is served when there are
// some again, though no other comes.
func TestAcceptGoesOnAfterAnError(t *testing.T) {
	f := start(t, permissive)
	a := net.TCPAddrFromAddrPort(netip.MustParseAddrPort(f.addr))
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	file := os.NewFile(uintptr(fd), "client")
	defer file.Close()
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	none := limit
	none.Cur = 3 // what is open stays open
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &none); err != nil {
		t.Fatal(err)
	}
	err = unix.Connect(fd, &unix.SockaddrInet4{Port: a.Port, Addr: [4]byte(a.IP.To4())})
	time.Sleep(50 * time.Millisecond) // of which accept fails at least once
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	nc, err := net.FileConn(file)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	_ = nc.SetDeadline(time.Now().Add(10 * time.Second))
	_, _ = nc.Write([]byte("BREW\r\n\r\n"))
	b := make([]byte, 100)
	n, err := nc.Read(b)
	if !strings.HasPrefix(string(b[:n]), "HTTP/1.1 400 ") {
		t.Errorf("answer %q, %v, want 400", b[:n], err)
	}
}
