package fabric

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// The process that Again starts has no network but its own. What it asks for by
// this socket, the first process connects to, and hands over.
const outsideFD = 3 // the first of exec.Cmd's ExtraFiles

// window makes the two ends of that socket.
func window() (out *net.UnixConn, in *os.File, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, err
	}
	out, err = unixConn(fds[0])
	return out, os.NewFile(uintptr(fds[1]), "outside"), err
}

// unixConn returns the socket fd, which it takes over.
func unixConn(fd int) (*net.UnixConn, error) {
	file := os.NewFile(uintptr(fd), "outside")
	defer file.Close()
	conn, err := net.FileConn(file)
	if err != nil {
		return nil, err
	}
	return conn.(*net.UnixConn), nil
}

// maxAddress is more than host:port takes.
const maxAddress = 512

// attend connects to what is asked for at out until the other end is closed. Each
// question brings the socket for its answer.
func attend(ctx context.Context, out *net.UnixConn) {
	defer out.Close()
	address, rights := make([]byte, maxAddress), make([]byte, unix.CmsgSpace(4))
	for {
		n, oob, _, _, err := out.ReadMsgUnix(address, rights)
		if err != nil || n == 0 {
			return
		}
		fd, err := handed(rights[:oob])
		if err != nil {
			continue
		}
		go answer(ctx, fd, string(address[:n]))
	}
}

// answer connects to address and hands the connection over by the socket fd, or
// says why it cannot.
func answer(ctx context.Context, fd int, address string) {
	reply, err := unixConn(fd)
	if err != nil {
		return // nobody is left to be told
	}
	defer reply.Close()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		_, _ = reply.Write([]byte(err.Error())) // who asked may have given up
		return
	}
	defer conn.Close()
	file, err := conn.(*net.TCPConn).File()
	if err != nil {
		_, _ = reply.Write([]byte(err.Error()))
		return
	}
	defer file.Close()
	_, _, _ = reply.WriteMsgUnix([]byte{0}, unix.UnixRights(int(file.Fd())), nil)
}

// handed returns the descriptor in a control message.
func handed(oob []byte) (int, error) {
	messages, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return -1, err
	}
	for _, m := range messages {
		if fds, err := unix.ParseUnixRights(&m); err == nil && len(fds) == 1 {
			unix.CloseOnExec(fds[0])
			return fds[0], nil
		}
	}
	return -1, errors.New("no socket came along")
}

// DialOutside connects to address over TCP from where this program was started,
// not from a network of the lab. The name in it is looked up there, too.
func DialOutside(ctx context.Context, _, address string) (net.Conn, error) {
	if !Inside() {
		return new(net.Dialer).DialContext(ctx, "tcp", address)
	}
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	mine, err := unixConn(fds[0])
	if err != nil {
		return nil, errors.Join(err, unix.Close(fds[1]))
	}
	defer mine.Close()
	err = unix.Sendmsg(outsideFD, []byte(address), unix.UnixRights(fds[1]), nil, 0)
	if err := errors.Join(err, unix.Close(fds[1])); err != nil {
		return nil, fmt.Errorf("asking for %s outside: %w", address, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = mine.Close() })
	defer stop()
	text, rights := make([]byte, maxAddress), make([]byte, unix.CmsgSpace(4))
	n, oob, _, _, err := mine.ReadMsgUnix(text, rights)
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, fmt.Errorf("asking for %s outside: %w", address, err)
	case oob == 0:
		return nil, fmt.Errorf("outside: %s", text[:n])
	}
	fd, err := handed(rights[:oob])
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), address)
	defer file.Close()
	return net.FileConn(file)
}
