package config

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// String returns r as it is written: "443", "8000-8100", "*".
func (r PortRange) String() string {
	switch {
	case r == allPorts:
		return "*"
	case r.First == r.Last:
		return strconv.Itoa(int(r.First))
	}
	return fmt.Sprintf("%d-%d", r.First, r.Last)
}

var allPorts = PortRange{1, 65535}

var portSchema = yamldoc.Schema{"anyOf": []yamldoc.Schema{
	{"type": "integer", "minimum": 1, "maximum": 65535},
	{"type": "string", "pattern": `^(\*|[0-9]{1,5}(-[0-9]{1,5})?)$`},
}}

// portType is a number, a range or a star.
var portType = yamldoc.Type[PortRange]{Schema: portSchema, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (PortRange, bool) {
	if !n.Scalar() || n.Text == "" {
		_, _ = yamldoc.String().Read(d, n)
		return PortRange{}, false
	}
	if n.Text == "*" {
		return allPorts, true
	}
	first, last, isRange := strings.Cut(n.Text, "-")
	if !isRange {
		last = first
	}
	from, ok := netset.Port(first)
	to, ok2 := netset.Port(last)
	switch {
	case !ok || !ok2:
		bad(d, n, "DG1204", hint("DG1204.hint"))
	case from > to:
		d.Add(n, "DG1204", hint("DG1204.order", yamldoc.Quote(n.Text))).Hint = hint("hint.write", fmt.Sprintf("%q", PortRange{to, from}.String()))
	default:
		return PortRange{from, to}, true
	}
	return PortRange{}, false
}}

var onePortType = yamldoc.Type[PortRange]{Schema: yamldoc.Schema{"type": "integer", "minimum": 1, "maximum": 65535}, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (PortRange, bool) {
	v, ok := yamldoc.Integer(1, 65535).Read(d, n)
	return PortRange{uint16(v), uint16(v)}, ok
}}
