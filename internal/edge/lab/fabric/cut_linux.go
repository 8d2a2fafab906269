package fabric

import (
	"fmt"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

// raise switches the cable between the nodes a and b on or off, at a's end.
func (f *Fabric) raise(a, b string, up bool) error {
	n := f.plan.Node(a)
	if n == nil || n.Port(b) == nil {
		return fmt.Errorf("no cable joins %s and %s", a, b)
	}
	h, err := netlink.NewHandleAt(netns.NsHandle(f.spaces[n].fd), unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer h.Close()
	link, err := h.LinkByName(n.Port(b).Name)
	if err != nil {
		return err
	}
	if up {
		return h.LinkSetUp(link)
	}
	return h.LinkSetDown(link)
}
