// Package systemd is how the proxy talks to the manager that started it:
// listeners handed over by socket activation, and readiness. Where there is no
// such manager, or no such system, it does nothing and says nothing.
package systemd

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"

	"github.com/coreos/go-systemd/v22/activation"
	"github.com/coreos/go-systemd/v22/daemon"
)

// Socket is a listener that systemd handed over.
type Socket struct {
	net.Listener
	Name string // FileDescriptorName= of the unit; "LISTEN_FD_<n>" if none is given
}

// Sockets returns the sockets that systemd handed over, in the order of the
// unit, none if there are none. The variables that told of them are taken out
// of the environment, so a second call finds none. What is not a stream socket
// is an error; no socket stays open then.
func Sockets() ([]Socket, error) {
	var all []Socket
	var errs []error
	for _, f := range activation.Files(true) {
		l, err := listener(f)
		if err != nil {
			errs = append(errs, fmt.Errorf("socket %q from systemd: %w", f.Name(), err))
			continue
		}
		all = append(all, Socket{l, f.Name()})
	}
	if len(errs) > 0 {
		for _, s := range all {
			_ = s.Close()
		}
		return nil, errors.Join(errs...)
	}
	return all, nil
}

// listener makes a listener of f, which it closes.
func listener(f *os.File) (net.Listener, error) {
	defer f.Close()
	l, err := net.FileListener(f)
	if err != nil {
		return nil, errors.New("is not a stream socket that listens")
	}
	if n := l.Addr().Network(); n != "tcp" && n != "unix" {
		_ = l.Close()
		return nil, fmt.Errorf("is a %s socket, not a stream socket", n)
	}
	return l, nil
}

// Ready tells that the process serves, and that a reload is over.
func Ready() error { return notify(daemon.SdNotifyReady) }

// Reloading tells that the configuration is being read again, as
// Type=notify-reload asks for. Ready follows, whatever comes of it.
func Reloading() error {
	return notify(daemon.SdNotifyReloading + "\n" + daemon.SdNotifyMonotonicUsec())
}

// Succeeded tells that another process, a sibling of this one, is the service
// from now on (MAINPID of sd_notify(3)).
func Succeeded(pid int) error { return notify("MAINPID=" + strconv.Itoa(pid)) }

// Stopping tells that the process is on its way out.
func Stopping() error { return notify(daemon.SdNotifyStopping) }

func notify(state string) error {
	if _, err := daemon.SdNotify(false, state); err != nil {
		return fmt.Errorf("telling systemd: %w", err)
	}
	return nil
}
