package socket

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// pair returns a connection that Connect has made and its other end, which Accept
// has taken, as descriptors.
func pair(t *testing.T, address string) (made, taken int, from netip.AddrPort) {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	made, err = Connect(l.Addr().(*net.TCPAddr).AddrPort(), 77*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := l.(*net.TCPListener).SyscallConn()
	for taken = 0; taken == 0; {
		_ = raw.Control(func(fd uintptr) { taken, from, err = Accept(int(fd)) })
		if err != nil && !errors.Is(err, Again) {
			t.Fatal(err)
		}
	}
	return made, taken, from
}

func TestConnectAndAccept(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		made, taken, from := pair(t, address)
		defer Close(made)
		defer Close(taken)
		for name, tt := range map[string]struct{ level, option, want int }{
			"keepalive":         {unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1},
			"time before it":    {unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, 77},
			"no delay of bytes": {unix.IPPROTO_TCP, unix.TCP_NODELAY, 1},
		} {
			if got, err := unix.GetsockoptInt(made, tt.level, tt.option); got != tt.want || err != nil {
				t.Errorf("%s: %s = %d, %v, want %d", address, name, got, err, tt.want)
			}
		}
		a, err := unix.Getsockname(made)
		if err != nil {
			t.Fatal(err)
		}
		var want netip.AddrPort
		switch a := a.(type) {
		case *unix.SockaddrInet4:
			want = netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port))
		case *unix.SockaddrInet6:
			want = netip.AddrPortFrom(netip.AddrFrom16(a.Addr), uint16(a.Port))
		}
		if from != want {
			t.Errorf("Accept tells of %v, want %v", from, want)
		}
		for _, fd := range []int{made, taken} {
			flags, _ := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
			closes, _ := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
			if flags&unix.O_NONBLOCK == 0 || closes&unix.FD_CLOEXEC == 0 {
				t.Errorf("descriptor %d may block, or outlive an exec", fd)
			}
		}
	}
}

func TestBytesAndTheirEnd(t *testing.T) {
	a, b, _ := pair(t, "127.0.0.1:0")
	defer Close(a)
	defer Close(b)
	buf := make([]byte, 10)
	if n, err := Read(b, buf); n != 0 || !errors.Is(err, Again) {
		t.Errorf("Read before a byte = %d, %v, want Again", n, err)
	}
	sent := strings.Repeat("x", 1<<20)
	all, written := []byte(nil), 0
	for written < len(sent) {
		n, err := Write(a, []byte(sent[written:]))
		if err != nil && !errors.Is(err, Again) {
			t.Fatal(err)
		}
		written += n
		all = append(all, drain(t, b)...)
	}
	if err := EndWrites(a); err != nil {
		t.Fatal(err)
	}
	for {
		rest := drain(t, b)
		all = append(all, rest...)
		if len(all) == len(sent) {
			break
		}
	}
	if !bytes.Equal(all, []byte(sent)) {
		t.Errorf("got %d bytes, want the %d that were sent", len(all), len(sent))
	}
}

// drain reads what there is.
func drain(t *testing.T, fd int) (all []byte) {
	t.Helper()
	buf := make([]byte, 64<<10)
	for {
		n, err := Read(fd, buf)
		if errors.Is(err, Again) || n == 0 && err == nil {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, buf[:n]...)
	}
}

func TestErrorOfAReset(t *testing.T) {
	a, b, _ := pair(t, "127.0.0.1:0")
	defer Close(a)
	if err := Error(a); err != nil {
		t.Errorf("Error of a good connection = %v", err)
	}
	Abort(b)
	Close(b)
	var err error
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		if err = Error(a); err != nil || time.Now().After(end) {
			break
		}
	}
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("Error after a reset = %v, want %v", err, syscall.ECONNRESET)
	}
}

func TestConnectRefuses(t *testing.T) {
	if _, err := Connect(netip.MustParseAddrPort("[fe80::1%lo]:9"), time.Second); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Connect to an address with a zone: %v", err)
	}
	if _, err := Read(-1, make([]byte, 1)); !errors.Is(err, syscall.EBADF) || errors.Is(err, io.EOF) {
		t.Errorf("Read of no descriptor: %v, want %v", err, syscall.EBADF)
	}
}
