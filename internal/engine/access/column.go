package access

import (
	"net/netip"
	"strings"
)

// dim is what of a request an index looks at.
type dim uint8

const (
	byClient dim = iota
	byJob
	byHost   // the whole name
	bySuffix // its last labels
	byNet    // a prefix of a literal
	byService
	byRegion
	byBucket
	byAccount
)

// column is a dim at one width: how many of the last labels of a host, of the
// first bytes of a value, of the bits of an address are looked at. Width 0 is
// all of it. Widths are few, so that columns are.
type column struct {
	dim   dim
	width int
	four  bool // byNet: IPv4
}

// The widths in use. A pattern is looked up by the widest that it fills.
var (
	labelWidths = []int{6, 5, 4, 3, 2, 1}
	byteWidths  = []int{24, 16, 12, 10, 8, 7, 6, 5, 4, 3, 2, 1}
	bitWidths4  = []int{32, 24, 16, 8}
	bitWidths6  = []int{128, 64, 48, 32}
)

// maxColumns bounds the columns of an index: all there can be.
const maxColumns = 3 + 6 + 4 + 4 + 4*13

// cell is a value in a column: what a rule asks for, or what a request shows.
type cell struct {
	column column
	text   string
	net    netip.Prefix
	number int  // of a client or job, from 0
	untold bool // deny rules stand here too: they hold for what is not told
}

// textCells returns the cells under which a matcher on a fact is found. It
// returns nil if some pattern can be found in no column.
func textCells(d dim, t *texts, deny bool) []cell {
	var cells []cell
	add := func(width int, text string) {
		c := column{dim: d, width: width}
		cells = append(cells, cell{column: c, text: text})
		if deny {
			cells = append(cells, cell{column: c, untold: true})
		}
	}
	for v := range t.exact.all() {
		add(0, v)
	}
	for _, g := range t.globs {
		head, _, _ := strings.Cut(g, "*")
		width := widest(byteWidths, len(head))
		if width == 0 {
			return nil
		}
		add(width, head[:width])
	}
	return cells
}

// hostCells is textCells for the matcher on hosts.
func hostCells(h *hosts) []cell {
	var cells []cell
	for v := range h.exact.all() {
		cells = append(cells, cell{column: column{dim: byHost}, text: v})
	}
	suffix := func(name string) bool {
		width := widest(labelWidths, labels(name))
		cells = append(cells, cell{column: column{dim: bySuffix, width: width}, text: lastLabels(name, width)})
		return name != ""
	}
	for v := range h.suffix.all() {
		if !suffix(v) {
			return nil
		}
	}
	for _, g := range h.globs {
		tail := g[strings.LastIndexByte(g, '*')+1:]
		_, name, _ := strings.Cut(tail, ".")
		if !suffix(name) {
			return nil
		}
	}
	for _, p := range h.nets {
		c, ok := netCell(p)
		if !ok {
			return nil
		}
		cells = append(cells, c)
	}
	return cells
}

// netCell is the cell of the widest column that holds all of p.
func netCell(p netip.Prefix) (cell, bool) {
	widths := bitWidths6
	if p.Addr().Is4() {
		widths = bitWidths4
	}
	width := widest(widths, p.Bits())
	if width == 0 {
		return cell{}, false
	}
	wide, err := p.Addr().Prefix(width)
	return cell{column: column{dim: byNet, width: width, four: p.Addr().Is4()}, net: wide}, err == nil
}

// widest returns the first of widths, which fall, that fits into n, or 0.
func widest(widths []int, n int) int {
	for _, w := range widths {
		if w <= n {
			return w
		}
	}
	return 0
}
