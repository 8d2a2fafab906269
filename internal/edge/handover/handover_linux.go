package handover

import (
	"context"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// first is the first descriptor that is handed over, as in sd_listen_fds(3).
const first = 3

// Start runs the program once more, hands sockets to it and waits until it
// serves. If it does not, or ctx ends before, it is ended, and the error says
// why: then nothing has changed.
//
// The new process is no child of this one but a sibling (CLONE_PARENT): whoever
// started this process, such as systemd, sees it end.
func Start(ctx context.Context, sockets []Socket) (pid int, err error) {
	program, err := os.Executable() // where it was started from, even if that is another file now
	if err != nil {
		return 0, err
	}
	served, tell, err := os.Pipe()
	if err != nil {
		return 0, err
	}
	defer served.Close()
	files := []uintptr{0, 1, 2}
	var names []string
	for _, s := range sockets {
		fd, err := duplicate(s.Listener)
		if err != nil {
			_ = tell.Close()
			return 0, fmt.Errorf("socket %s: %w", s.Addr(), err)
		}
		defer unix.Close(fd)
		files, names = append(files, uintptr(fd)), append(names, s.Name)
	}
	files = append(files, tell.Fd())
	// os.StartProcess would take *os.File, whose Fd makes a socket block, for
	// this process, too.
	fd := -1                                                         // of the new process: once it has ended its number may be another's
	pid, err = syscall.ForkExec(program, os.Args, &syscall.ProcAttr{ //nolint:gosec // this very program, as it was started
		Env: append(environment(), "LISTEN_FDS="+strconv.Itoa(len(sockets)), "LISTEN_FDNAMES="+strings.Join(names, ":"),
			variable+"="+strconv.Itoa(first+len(sockets))),
		Files: files,
		Sys:   &syscall.SysProcAttr{Cloneflags: unix.CLONE_PARENT, PidFD: &fd},
	})
	_ = tell.Close()
	if err != nil {
		return 0, fmt.Errorf("starting %s: %w", program, err)
	}
	defer unix.Close(fd)
	if err := await(ctx, served); err != nil {
		_ = unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0)
		return 0, err
	}
	return pid, nil
}

// await waits until a new process says over served that it serves.
func await(ctx context.Context, served *os.File) error {
	if err := served.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = served.SetReadDeadline(time.Now()) })()
	switch n, err := served.Read(make([]byte, 1)); {
	case n == 1:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case os.IsTimeout(err):
		return fmt.Errorf("the new process does not serve within %v", patience)
	}
	return ErrEnded
}

// environment is that of this process without what told of sockets once.
func environment() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains([]string{"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", variable}, name)
	})
}

// duplicate returns a descriptor of the socket of l, which is the caller's.
func duplicate(l net.Listener) (fd int, err error) {
	s, ok := l.(syscall.Conn)
	if !ok {
		return 0, fmt.Errorf("a %T cannot be handed over", l)
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return 0, err
	}
	failed := raw.Control(func(own uintptr) { fd, err = unix.FcntlInt(own, unix.F_DUPFD_CLOEXEC, 0) })
	if failed != nil {
		return 0, failed
	}
	return fd, err
}

// inherit is the file of a descriptor that this process was started with. What
// it starts does not get it.
func inherit(fd int) *os.File {
	unix.CloseOnExec(fd)
	return os.NewFile(uintptr(fd), "handover")
}
