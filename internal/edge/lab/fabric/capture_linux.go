package fabric

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"github.com/deguchi-project/deguchi/internal/engine/blueprint"
)

// The format of the files (IETF draft-ietf-opsawg-pcap; libpcap, LINKTYPE_LINUX_SLL2).
const (
	pcapNanoseconds = 0xa1b23c4d
	linkSLL2        = 276 // what Linux tells of a packet: its interface, and whether it comes or goes
	longestPacket   = 1 << 18
	captureBuffer   = 8 << 20 // bytes that the kernel keeps until they are read
)

// Capture writes what every node sends and gets into a file of dir, one for each
// node, which tcpdump and Wireshark read, until stop is called. If the kernel
// lost packets, dir has a file "lost" that says how many of which node.
func (f *Fabric) Capture(dir string) (stop func() error, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // the lab's own folder, which programs of other users read
		return nil, err
	}
	var all []*capture
	stop = func() error {
		var errs []error
		var lost strings.Builder
		for _, c := range all {
			n, err := c.stop()
			errs = append(errs, err)
			if n > 0 {
				fmt.Fprintf(&lost, "%s %d\n", c.node.Name, n)
			}
		}
		if lost.Len() > 0 {
			errs = append(errs, os.WriteFile(filepath.Join(dir, "lost"), []byte(lost.String()), 0o600))
		}
		return errors.Join(errs...)
	}
	for _, n := range f.plan.Nodes {
		c := &capture{node: n}
		if err := f.spaces[n].in(func() error { return c.start(filepath.Join(dir, fileName(n))) }); err != nil {
			return nil, errors.Join(fmt.Errorf("capturing packets of %s: %w", n.Name, err), stop())
		}
		all = append(all, c)
	}
	return stop, nil
}

// fileName returns the name of n as one of a file.
func fileName(n *blueprint.Node) string {
	return strings.NewReplacer("/", "-", ":", "-").Replace(n.Name) + ".pcap"
}

// capture is what one node sends and gets.
type capture struct {
	node   *blueprint.Node
	socket *os.File
	file   *os.File
	out    *bufio.Writer
	failed error // of out
	ends   atomic.Bool
	done   sync.WaitGroup
}

// start opens a socket in the namespace of the calling thread, and has it read.
func (c *capture) start(name string) (err error) {
	const all = unix.ETH_P_ALL<<8&0xff00 | unix.ETH_P_ALL>>8 // in network order
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return err
	}
	c.socket = os.NewFile(uintptr(fd), "packets of "+c.node.Name)
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, captureBuffer) // with less, more may be lost
	err = errors.Join(
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1),
		unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: all}),
	)
	if err == nil {
		c.file, err = os.Create(name)
	}
	if err != nil {
		return errors.Join(err, c.socket.Close())
	}
	c.out = bufio.NewWriter(c.file)
	head := binary.NativeEndian.AppendUint32(nil, pcapNanoseconds)
	head = binary.NativeEndian.AppendUint16(head, 2) // version 2.4
	head = binary.NativeEndian.AppendUint16(head, 4)
	head = append(head, make([]byte, 8)...)
	head = binary.NativeEndian.AppendUint32(head, longestPacket)
	head = binary.NativeEndian.AppendUint32(head, linkSLL2)
	_, c.failed = c.out.Write(head)
	c.done.Go(c.read)
	return nil
}

// read writes packets down until the socket is closed. It never waits with
// something that is not in the file yet.
func (c *capture) read() {
	raw, err := c.socket.SyscallConn()
	if err != nil {
		c.failed = err
		return
	}
	packet, extra := make([]byte, longestPacket), make([]byte, 128)
	err = raw.Read(func(fd uintptr) bool {
		for {
			n, oob, _, from, err := unix.Recvmsg(int(fd), packet, extra, 0)
			switch {
			case errors.Is(err, unix.EAGAIN):
				c.failed = errors.Join(c.failed, c.out.Flush())
				return false // wait for more
			case err != nil:
				return true
			}
			if at, ok := from.(*unix.SockaddrLinklayer); ok {
				c.write(packet[:n], at, stamped(extra[:oob]))
			}
		}
	})
	if err != nil && !c.ends.Load() {
		c.failed = errors.Join(c.failed, err)
	}
}

// write appends a packet, with what is known of it.
func (c *capture) write(packet []byte, at *unix.SockaddrLinklayer, when time.Time) {
	if at.Ifindex == loopback && at.Pkttype == unix.PACKET_OUTGOING {
		return // it comes in, too
	}
	const about = 20
	head := binary.NativeEndian.AppendUint32(nil, uint32(when.Unix()))
	head = binary.NativeEndian.AppendUint32(head, uint32(when.Nanosecond()))
	head = binary.NativeEndian.AppendUint32(head, uint32(about+len(packet)))
	head = binary.NativeEndian.AppendUint32(head, uint32(about+len(packet)))
	head = binary.NativeEndian.AppendUint16(head, at.Protocol) // both in network order
	head = append(head, 0, 0)                                  // reserved
	head = binary.BigEndian.AppendUint32(head, uint32(at.Ifindex))
	head = binary.BigEndian.AppendUint16(head, at.Hatype)
	head = append(head, at.Pkttype, min(at.Halen, 8))
	head = append(head, at.Addr[:]...)
	_, err := c.out.Write(head)
	if err == nil {
		_, err = c.out.Write(packet)
	}
	c.failed = errors.Join(c.failed, err)
}

// stop ends c, and returns how many packets were lost.
func (c *capture) stop() (lost uint32, err error) {
	if raw, err := c.socket.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) {
			if stats, err := unix.GetsockoptTpacketStats(int(fd), unix.SOL_PACKET, unix.PACKET_STATISTICS); err == nil {
				lost = stats.Drops
			}
		})
	}
	c.ends.Store(true)
	err = c.socket.Close()
	c.done.Wait()
	return lost, errors.Join(err, c.failed, c.out.Flush(), c.file.Close())
}

// stamped returns the time that the kernel gave a packet.
func stamped(extra []byte) time.Time {
	messages, err := unix.ParseSocketControlMessage(extra)
	if err != nil {
		return time.Time{}
	}
	for _, m := range messages {
		if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SO_TIMESTAMPNS && len(m.Data) >= 16 {
			return time.Unix(int64(binary.NativeEndian.Uint64(m.Data)), int64(binary.NativeEndian.Uint64(m.Data[8:])))
		}
	}
	return time.Time{}
}
