package fabric

import "fmt"

// raise switches the cable between the nodes a and b on or off, at a's end.
func (f *Fabric) raise(a, b string, up bool) error {
	n := f.plan.Node(a)
	if n == nil || n.Port(b) == nil {
		return fmt.Errorf("no cable joins %s and %s", a, b)
	}
	h, err := f.spaces[n].netlink()
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
