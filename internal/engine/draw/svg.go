package draw

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

// family names fonts that have Japanese letters, and last what every browser
// has.
const family = `Arial, 'Hiragino Sans', 'Yu Gothic', Meiryo, 'Noto Sans CJK JP', 'Noto Sans JP', sans-serif`

// The inks. Each is told from the others without its colour too.
const (
	ink   = "#1b1f24"
	pale  = "#57606a"
	wayIn = "#0b3d91"
	good  = "#116329"
	warn  = "#8a4600"
	bad   = "#a40e26"
)

// svg writes p.
func (p *picture) svg() []byte {
	w := &writer{}
	w.f(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="t d" font-family="%s">`+"\n",
		p.w, p.h, p.w, p.h, family)
	w.f("<title id=\"t\">%s</title>\n<desc id=\"d\">%s</desc>\n", escaped(p.title), escaped(p.desc))
	w.f("<defs>\n")
	w.f(`<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V6" stroke="%s" stroke-width="3"/></pattern>`+"\n", ink)
	w.f("</defs>\n")
	w.f(`<rect width="%d" height="%d" fill="#ffffff"/>`+"\n", p.w, p.h)
	for _, a := range p.areas {
		w.area(a)
	}
	for _, l := range p.lines {
		w.line(l)
	}
	for _, n := range p.nodes {
		w.node(n)
	}
	for _, m := range p.marks {
		w.mark(m)
	}
	for _, l := range p.labels {
		w.label(l)
	}
	w.f("</svg>\n")
	return w.Bytes()
}

// writer writes the elements of a picture.
type writer struct{ bytes.Buffer }

func (w *writer) f(format string, args ...any) { fmt.Fprintf(&w.Buffer, format, args...) }

// escaped returns s as XML text or attribute.
func escaped(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		return "" // a Builder does not fail
	}
	return b.String()
}

func (w *writer) area(a area) {
	look := map[areaKind]string{
		siteArea:   `rx="2" fill="#f3f0e9" stroke="#57606a" stroke-width="1.5" stroke-dasharray="7 3"`,
		regionArea: `rx="2" fill="#ffffff" stroke="#57606a" stroke-dasharray="2 3"`,
		vpcArea:    `rx="8" fill="#eaeef2" stroke="#57606a" stroke-width="1.5"`,
		subnetArea: `rx="5" fill="#ffffff" stroke="#8c959f"`,
	}[a.kind]
	w.f(`<rect x="%d" y="%d" width="%d" height="%d" %s/>`+"\n", a.x, a.y, a.w, a.h, look)
}

func (w *writer) line(l line) {
	var d strings.Builder
	command := "M"
	for _, pt := range l.points {
		d.WriteString(command + strconv.Itoa(pt.x) + " " + strconv.Itoa(pt.y))
		command = "L"
	}
	switch l.kind {
	case wayLine:
		// The head ends at the last point, the line before it.
		end := l.points[len(l.points)-1]
		w.f(`<path d="%sh-8" fill="none" stroke="%s" stroke-width="4"/>`+"\n", d.String(), wayIn)
		w.f(`<path d="M%d %dl-13 -7v14z" fill="%s"/>`+"\n", end.x, end.y, wayIn)
	case stopLine:
		w.f(`<path d="%s" fill="none" stroke="%s" stroke-width="4"/>`+"\n", d.String(), wayIn)
	case wishLine:
		w.f(`<path d="%s" fill="none" stroke="%s" stroke-width="1.5" stroke-dasharray="2 4"/>`+"\n", d.String(), pale)
	case linkLine:
		w.f(`<path d="%s" fill="none" stroke="%s" stroke-width="1.5"/>`+"\n", d.String(), pale)
	}
}

func (w *writer) mark(m mark) {
	switch m.sign {
	case stepSign:
		w.f(`<circle cx="%d" cy="%d" r="8.5" fill="%s" stroke="#ffffff" stroke-width="1.5"/>`+"\n", m.x, m.y, wayIn)
		w.number(m, 11)
	case waySign:
		w.f(`<circle cx="%d" cy="%d" r="12" fill="%s"/>`+"\n", m.x, m.y, wayIn)
		w.number(m, 14)
	case jointSign:
		w.f(`<circle cx="%d" cy="%d" r="3" fill="%s"/>`+"\n", m.x, m.y, pale)
	case reachedSign:
		w.f(`<circle cx="%d" cy="%d" r="8.5" fill="%s" stroke="#ffffff" stroke-width="1.5"/>`, m.x, m.y, good)
		w.f(`<path d="M%d %dl3 3.5l5.5 -7" fill="none" stroke="#ffffff" stroke-width="2"/>`+"\n", m.x-4, m.y)
	case surpriseSign:
		w.f(`<path d="M%d %dl11 19h-22z" fill="%s" stroke="#ffffff" stroke-width="1.5" stroke-linejoin="round"/>`, m.x, m.y-11, warn)
		w.f(`<path d="M%d %dv7m0 2v2.5" stroke="#ffffff" stroke-width="2.2"/>`+"\n", m.x, m.y-5)
	case stoppedSign:
		w.f(`<path d="%s" fill="%s" stroke="#ffffff" stroke-width="1.5"/>`, octagon(rect{m.x - 9, m.y - 9, 18, 18}, 5), bad)
		w.f(`<path d="M%d %dl7 7m0 -7l-7 7" stroke="#ffffff" stroke-width="2"/>`+"\n", m.x-4, m.y-4)
	}
}

// number writes the number of m in its disc.
func (w *writer) number(m mark, size int) {
	if m.number > 99 {
		size -= 3
	}
	w.f(`<text x="%d" y="%d" font-size="%d" font-weight="bold" fill="#ffffff" text-anchor="middle">%d</text>`+"\n",
		m.x, m.y+size*9/25, size, m.number)
}

func (w *writer) label(l label) {
	x, more := l.x, ""
	if l.middle {
		x, more = l.x+l.w/2, ` text-anchor="middle"`
	}
	if l.face.bold {
		more += ` font-weight="bold"`
	}
	fill := ink
	if l.pale {
		fill = pale
	}
	w.f(`<text x="%d" y="%d" font-size="%d" fill="%s"%s>%s</text>`+"\n", x, l.y+l.face.size, l.face.size, fill, more, escaped(l.text))
}
