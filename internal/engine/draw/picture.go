package draw

// picture is pure geometry: what stands where, in pixels from the top left
// corner. Later elements of a list lie over earlier ones.
type picture struct {
	w, h        int
	title, desc string
	areas       []area
	lines       []line
	nodes       []node
	marks       []mark
	labels      []label
}

type point struct{ x, y int }

type rect struct{ x, y, w, h int }

func (r rect) right() int  { return r.x + r.w }
func (r rect) bottom() int { return r.y + r.h }

// area is a box around what stands in one place.
type area struct {
	rect
	kind areaKind
}

type areaKind uint8

const (
	siteArea areaKind = iota
	vpcArea
	subnetArea
	regionArea
)

// line joins points.
type line struct {
	points []point
	kind   lineKind
}

type lineKind uint8

const (
	wayLine  lineKind = iota // thick, with an arrow head
	stopLine                 // thick, without
	wishLine                 // dotted: where it did not go
	linkLine                 // thin
)

// node is a thing that requests pass.
type node struct {
	rect
	shape shape
	look  look
	hover string // the whole name, where it may be cut
}

type shape uint8

const (
	boxShape     shape = iota // client
	proxyShape                // pointed on both sides
	barsShape                 // load balancer
	cutShape                  // endpoint
	pillShape                 // gateway
	slantShape                // link
	cloudShape                // internet
	goalShape                 // AWS
	octagonShape              // where a request is stopped
)

type look uint8

const (
	solid  look = iota
	hatch       // an endpoint that was not meant
	dashed      // not used, not reached
	heavy       // where a request is stopped
)

// mark is a disc with a number, or a sign.
type mark struct {
	point
	sign   sign
	number int
}

type sign uint8

const (
	stepSign sign = iota // a number
	waySign              // a larger number
	reachedSign
	surpriseSign // reached, but not as the client means
	stoppedSign
	jointSign // where a link joins
)

// label is a line of text; the rect is what it takes at most.
type label struct {
	rect
	text   string
	face   face
	pale   bool
	middle bool // of the rect, instead of its left edge
}

// write adds text with its top left corner at x, y, and returns its right edge.
func (p *picture) write(x, y int, f face, text string) int {
	l := label{rect: rect{x, y, f.width(text), f.height()}, text: text, face: f}
	p.labels = append(p.labels, l)
	return l.right()
}

// writePale is write for what matters less.
func (p *picture) writePale(x, y int, f face, text string) int {
	right := p.write(x, y, f, text)
	p.labels[len(p.labels)-1].pale = true
	return right
}

// writeMiddle adds text in the middle of x … x+w.
func (p *picture) writeMiddle(x, y, w int, f face, text string, pale bool) {
	width := f.width(text)
	p.labels = append(p.labels, label{
		rect: rect{x + (w-width)/2, y, width, f.height()}, text: text, face: f, pale: pale, middle: true,
	})
}

// fit makes the picture large enough for everything in it, and margin beside.
func (p *picture) fit(margin int) {
	grow := func(r rect) { p.w, p.h = max(p.w, r.right()+margin), max(p.h, r.bottom()+margin) }
	for _, a := range p.areas {
		grow(a.rect)
	}
	for _, n := range p.nodes {
		grow(n.rect)
	}
	for _, l := range p.labels {
		grow(l.rect)
	}
}
