//go:build unix

package systemd

import (
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestNotify is a service manager that listens to what it is told.
func TestNotify(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	manager, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer manager.Close()
	t.Setenv("NOTIFY_SOCKET", path)
	tests := map[string]struct {
		tell func() error
		want string
	}{
		"ready":                    {Ready, `^READY=1$`},
		"reloading, with its time": {Reloading, `^RELOADING=1\nMONOTONIC_USEC=[1-9][0-9]*\n$`},
		"stopping":                 {Stopping, `^STOPPING=1$`},
	}
	for why, tt := range tests {
		t.Run(why, func(t *testing.T) {
			if err := tt.tell(); err != nil {
				t.Fatal(err)
			}
			buf := make([]byte, 4096)
			n, err := manager.Read(buf)
			if err != nil || !regexp.MustCompile(tt.want).Match(buf[:n]) {
				t.Errorf("manager was told %q, %v, want %s", buf[:n], err, tt.want)
			}
		})
	}
}

// TestActivation hands sockets to a child, as systemd does: descriptors from 3
// on, and variables that tell of them. The child says what it got.
func TestActivation(t *testing.T) {
	const variable = "DEGUCHI_TEST_ACTIVATION"
	if os.Getenv(variable) != "" {
		if os.Getenv("LISTEN_PID") == "mine" {
			t.Setenv("LISTEN_PID", strconv.Itoa(os.Getpid()))
		}
		activated(t)
		return
	}
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	unix, err := net.Listen("unix", filepath.Join(t.TempDir(), "admin"))
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close()
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	stream, admin, datagram := file(t, tcp), file(t, unix), file(t, udp)
	plain, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()

	tests := map[string]struct {
		pid, names string
		files      []*os.File
		want       string
	}{
		"two sockets with names": {"mine", "proxy:admin", []*os.File{stream, admin}, "proxy " + tcp.Addr().String() + "\nadmin " + unix.Addr().String() + "\n"},
		"a socket without":       {"mine", "", []*os.File{stream}, "LISTEN_FD_3 " + tcp.Addr().String() + "\n"},
		"meant for another":      {"1", "proxy", []*os.File{stream}, ""},
		"a datagram socket":      {"mine", "dns:proxy", []*os.File{datagram, stream}, "error: socket \"dns\" from systemd: is not a stream socket that listens\n"},
		"no socket at all":       {"mine", "null", []*os.File{plain}, "error: socket \"null\" from systemd: is not a stream socket that listens\n"},
	}
	for why, tt := range tests {
		t.Run(why, func(t *testing.T) {
			child := exec.Command(os.Args[0], "-test.run=^TestActivation$")
			child.ExtraFiles = tt.files
			child.Env = append(os.Environ(), variable+"=child", "LISTEN_PID="+tt.pid, "LISTEN_FDS="+strconv.Itoa(len(tt.files)), "LISTEN_FDNAMES="+tt.names)
			out, err := child.CombinedOutput()
			got, _, _ := strings.Cut(string(out), "PASS\n")
			if err != nil || got != tt.want {
				t.Errorf("child: %v\n%s\nwant\n%s", err, out, tt.want)
			}
		})
	}
	conn, err := net.Dial("tcp", tcp.Addr().String())
	if err != nil {
		t.Fatalf("the socket does not outlive its child: %v", err)
	}
	conn.Close()
}

// activated is the child: it answers one connection on every TCP listener,
// made by itself, and prints what was handed over.
func activated(t *testing.T) {
	sockets, err := Sockets()
	if err != nil {
		os.Stdout.WriteString("error: " + err.Error() + "\n")
	}
	for _, s := range sockets {
		os.Stdout.WriteString(s.Name + " " + s.Addr().String() + "\n")
		if err := greet(s); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
		s.Close()
	}
	for _, v := range []string{"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"} {
		if _, ok := os.LookupEnv(v); ok {
			t.Errorf("%s is still in the environment", v)
		}
	}
	if again, err := Sockets(); len(again) > 0 || err != nil {
		t.Errorf("second Sockets = %v, %v, want none", again, err)
	}
}

// greet proves that l accepts.
func greet(l net.Listener) error {
	conn, err := net.Dial(l.Addr().Network(), l.Addr().String())
	if err != nil {
		return err
	}
	defer conn.Close()
	served, err := l.Accept()
	if err != nil {
		return err
	}
	_, err = served.Write([]byte("hello"))
	served.Close()
	if err != nil {
		return err
	}
	_, err = io.ReadAll(conn)
	return err
}

// file returns the descriptor of a socket.
func file(t *testing.T, socket any) *os.File {
	t.Helper()
	f, err := socket.(interface{ File() (*os.File, error) }).File()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}
