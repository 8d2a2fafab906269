//go:build !linux

package fabric

import (
	"context"
	"io"
	"net"
	"os/exec"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/blueprint"
)

// errNotLinux is why there is no fabric on this system.
var errNotLinux = &Unable{Why: reason.New("lab.unable.linux")}

// Fabric is a plan that has been built: none can be, here.
type Fabric struct{}

// Streams are those of a process.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Inside reports false: nothing is inside of namespaces here.
func Inside() bool { return false }

// Again cannot run this program in namespaces.
func Again(context.Context, []string, Streams) (int, error) { return 0, errNotLinux }

// DialOutside connects: nothing is inside of anything here.
func DialOutside(ctx context.Context, network, address string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, network, address)
}

// Settle is never called: see Inside.
func Settle() (string, error) { return "", errNotLinux }

// Build cannot make plan real.
func Build(*blueprint.Plan) (*Fabric, error) { return nil, errNotLinux }

// Listen cannot open a listener.
func (*Fabric) Listen(*blueprint.Node, string, string) (net.Listener, error) { return nil, errNotLinux }

// ListenPacket cannot open a packet socket.
func (*Fabric) ListenPacket(*blueprint.Node, string, string) (net.PacketConn, error) {
	return nil, errNotLinux
}

// Dial cannot connect.
func (*Fabric) Dial(context.Context, *blueprint.Node, string, net.Addr) (net.Conn, error) {
	return nil, errNotLinux
}

// Start cannot start a program.
func (*Fabric) Start(*blueprint.Node, *exec.Cmd) error { return errNotLinux }

// Counters returns nothing.
func (*Fabric) Counters() ([]Counter, error) { return nil, errNotLinux }

// Reset returns nothing.
func (*Fabric) Reset() ([]Counter, error) { return nil, errNotLinux }

// Sightings returns nothing.
func (*Fabric) Sightings() []Sighting { return nil }

// Capture cannot see packets.
func (*Fabric) Capture(string) (func() error, error) { return nil, errNotLinux }

// Cut cannot take a cable away.
func (*Fabric) Cut(_, _ string) error { return errNotLinux }

// Mend cannot lay a cable.
func (*Fabric) Mend(_, _ string) error { return errNotLinux }

// Close has nothing to let go.
func (*Fabric) Close() error { return nil }

// Unprivileged changes nothing.
func Unprivileged(*exec.Cmd) {}

// Way leads nowhere.
func (*Fabric) Way(*blueprint.Node) string { return "" }
