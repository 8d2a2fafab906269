package fabric

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"syscall"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/deguchi-project/deguchi/internal/engine/blueprint"
)

// namespaces makes one namespace after the other on a thread that is thrown
// away afterwards.
func (f *Fabric) namespaces() error {
	failed := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		for _, n := range f.plan.Nodes {
			s, err := newSpace(n, f.v6)
			if s != nil {
				f.spaces[n] = s
			}
			if err != nil {
				failed <- fmt.Errorf("making a namespace for %s: %w", n.Name, err)
				return
			}
		}
		failed <- nil
	}()
	return <-failed
}

// newSpace moves the calling thread into a new namespace, and keeps it.
func newSpace(n *blueprint.Node, v6 bool) (*space, error) {
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return nil, err
	}
	fd, err := unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	s := &space{node: n, fd: fd, index: map[*blueprint.Port]int{}, tap: -1}
	for _, k := range switches(n, v6) {
		if err := os.WriteFile("/proc/sys/net/"+k.name, []byte(k.value), 0); err != nil && !k.optional {
			return s, err
		}
	}
	s.tap, err = tap()
	return s, err
}

// kernelSwitch is a sysctl of a namespace.
type kernelSwitch struct {
	name, value string
	optional    bool // kernels without it do no harm
}

func switches(n *blueprint.Node, v6 bool) []kernelSwitch {
	all := []kernelSwitch{
		{"ipv4/conf/all/rp_filter", "0", false}, // routes differ by direction, as AWS's do
		{"ipv4/conf/default/rp_filter", "0", false},
		{"ipv4/conf/all/accept_local", "1", false}, // what a table drops is led to the node itself
		{"ipv4/tcp_syn_retries", "1", false},       // what fails, fails soon
		{"ipv4/tcp_synack_retries", "1", false},
		{"ipv4/ip_unprivileged_port_start", "0", true},
	}
	forwards := n.Kind != blueprint.Host && n.Kind != blueprint.Gateway && n.Kind != blueprint.Region
	if n.Kind == blueprint.NAT { // it knows what it has sent
		all = append(all, kernelSwitch{"netfilter/nf_conntrack_tcp_loose", "0", true})
	}
	if forwards {
		all = append(all, kernelSwitch{"ipv4/ip_forward", "1", false},
			kernelSwitch{"ipv4/conf/all/send_redirects", "0", false}, kernelSwitch{"ipv4/conf/default/send_redirects", "0", false})
	}
	if v6 {
		all = append(all, kernelSwitch{"ipv6/conf/default/accept_dad", "0", false}, kernelSwitch{"ipv6/conf/default/accept_ra", "0", false})
		if forwards {
			all = append(all, kernelSwitch{"ipv6/conf/all/forwarding", "1", false})
		}
	}
	return all
}

func (s *space) close() error {
	if s.tap >= 0 {
		_ = unix.Close(s.tap)
	}
	var err error
	if s.rules != nil {
		err = s.rules.close()
	}
	return errors.Join(err, unix.Close(s.fd))
}

// in runs do on a thread inside of s.
func (s *space) in(do func() error) error {
	runtime.LockOSThread()
	home, err := unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		runtime.UnlockOSThread()
		return err
	}
	defer unix.Close(home)
	if err := unix.Setns(s.fd, unix.CLONE_NEWNET); err != nil {
		runtime.UnlockOSThread()
		return err
	}
	err = do()
	if back := unix.Setns(home, unix.CLONE_NEWNET); back != nil {
		return errors.Join(err, back) // the thread stays locked, and ends with its goroutine
	}
	runtime.UnlockOSThread()
	return err
}

// netlink speaks to the kernel about s.
func (s *space) netlink() (h *netlink.Handle, err error) {
	err = s.in(func() (err error) {
		h, err = netlink.NewHandle(unix.NETLINK_ROUTE)
		return err
	})
	return h, err
}

// Listen opens a listener at n. The address is a literal.
func (f *Fabric) Listen(n *blueprint.Node, network, address string) (ln net.Listener, err error) {
	lc := net.ListenConfig{Control: reuse}
	err = f.spaces[n].in(func() (err error) {
		ln, err = lc.Listen(context.Background(), network, address)
		return err
	})
	return ln, err
}

// ListenPacket opens a packet socket at n. The address is a literal.
func (f *Fabric) ListenPacket(n *blueprint.Node, network, address string) (pc net.PacketConn, err error) {
	err = f.spaces[n].in(func() (err error) {
		pc, err = net.ListenPacket(network, address)
		return err
	})
	return pc, err
}

// Dial connects from n to address, a literal. If source is set, packets carry
// it, whosever address it is.
func (f *Fabric) Dial(ctx context.Context, n *blueprint.Node, address string, source net.Addr) (conn net.Conn, err error) {
	d := net.Dialer{LocalAddr: source}
	if source != nil {
		d.Control = transparent
	}
	// net dials on the calling goroutine as long as there is one address.
	err = f.spaces[n].in(func() (err error) {
		conn, err = d.DialContext(ctx, "tcp", address)
		return err
	})
	return conn, err
}

func reuse(_, _ string, c syscall.RawConn) error {
	return errors.Join(c.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
		_ = unix.SetsockoptInt(int(fd), unix.SOL_IP, unix.IP_TRANSPARENT, 1)
	}))
}

func transparent(_, _ string, c syscall.RawConn) (err error) {
	fault := c.Control(func(fd uintptr) { err = unix.SetsockoptInt(int(fd), unix.SOL_IP, unix.IP_TRANSPARENT, 1) })
	return errors.Join(fault, err)
}

// Start starts cmd at n.
func (f *Fabric) Start(n *blueprint.Node, cmd *exec.Cmd) error {
	return f.spaces[n].in(cmd.Start)
}

// Way is the command with which a process outside enters n.
func (f *Fabric) Way(n *blueprint.Node) string {
	user := ""
	if os.Getenv(outerUser) != "0" {
		user = "-U --preserve-credentials "
	}
	pid := os.Getenv(outerPID)
	return fmt.Sprintf("nsenter -t %s %s-m --net=/proc/%s/fd/%d", pid, user, pid, f.spaces[n].fd)
}
