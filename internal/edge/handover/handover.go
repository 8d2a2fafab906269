// Package handover puts a new process in the place of a running one, as an
// upgrade needs it: no connection is refused and no tunnel is cut. The new
// process is the program that stands on disk now, with the same arguments, and
// gets the sockets that listen. The old one goes on accepting until the new one
// serves; then it keeps what it has accepted until that ends by itself.
//
// What the two say to each other is one byte, over a pipe: the new one serves.
// A new one that ends without it has changed nothing.
package handover

import (
	"errors"
	"net"
	"os"
	"strconv"
	"time"
)

// Socket is a listener that the new process gets, and the name it has there:
// systemd.Socket of the other side.
type Socket struct {
	Name string
	net.Listener
}

// patience is how long a new process may take until it serves.
const patience = 30 * time.Second

// variable holds the descriptor on which the new process says that it serves.
const variable = "DEGUCHI_HANDOVER"

// ErrEnded is a new process that ended before it served. It has said why.
var ErrEnded = errors.New("the new process ended before it served")

// Old is the process in whose place this one was put. The zero Old is none.
type Old struct{ pipe *os.File }

// FromOld tells whether this process was started by Start, and if so makes the
// sockets it got look as if systemd had handed them over. What told of it is
// taken out of the environment.
func FromOld() Old {
	fd, err := strconv.Atoi(os.Getenv(variable))
	if os.Unsetenv(variable) != nil || err != nil || fd < 3 {
		return Old{}
	}
	// systemd knows the process that it hands sockets to; Start does not yet.
	if os.Setenv("LISTEN_PID", strconv.Itoa(os.Getpid())) != nil {
		return Old{}
	}
	return Old{inherit(fd)}
}

// Exists reports whether there is an old process that waits.
func (o Old) Exists() bool { return o.pipe != nil }

// Served tells the old process that this one serves.
func (o Old) Served() error {
	if o.pipe == nil {
		return nil
	}
	_, err := o.pipe.Write([]byte{1})
	return errors.Join(err, o.pipe.Close())
}
