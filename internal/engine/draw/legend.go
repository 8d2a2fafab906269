package draw

import (
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/route"
)

// legend explains the marks that p uses, from y on.
func (p *picture) legend(y int, say speaker) {
	looks, wishes := p.used()
	x := margin
	entry := func(word string, swatch func(box rect)) {
		text := say.word("legend." + word)
		width := 36 + smallFace.width(text)
		if x > margin && x+width > p.w-margin {
			x, y = margin, y+24
		}
		swatch(rect{x, y, 28, 16})
		p.writePale(x+36, y+1, smallFace, text)
		x += width + 24
	}
	look := func(l look, s shape) func(rect) {
		return func(box rect) { p.nodes = append(p.nodes, node{rect: box, shape: s, look: l}) }
	}
	if looks[hatch] {
		entry("unmeant", look(hatch, cutShape))
	}
	if looks[dashed] {
		entry("unused", look(dashed, cutShape))
	}
	if wishes {
		entry("wish", func(box rect) {
			p.lines = append(p.lines, line{[]point{{box.x, box.y + 8}, {box.right(), box.y + 8}}, wishLine})
		})
	}
}

// used returns what of p may need words.
func (p *picture) used() (looks map[look]bool, wishes bool) {
	looks = map[look]bool{}
	for _, n := range p.nodes {
		looks[n.look] = true
	}
	for _, l := range p.lines {
		wishes = wishes || l.kind == wishLine
	}
	return looks, wishes
}

// reasons lists the steps of w with what led to them, and who resolved the
// name, from y on, and returns where the list ends.
func (p *picture) reasons(w *way, y int, say speaker) int {
	names := 0
	for _, h := range w.trace.Hops {
		names = max(names, strong.width(h.String()))
	}
	names = min(names, p.w/3)
	left := margin + 26
	begin := left + names + 16
	for i, h := range w.trace.Hops {
		p.marks = append(p.marks, mark{point{margin + 9, y + 8}, stepSign, i + 1})
		lines := wrap(say.because(h.Because), p.w-margin-begin, 4, textFace.width)
		p.write(left, y, strong, shortened(plain(h.String()), names, strong.width))
		for j, line := range lines {
			p.write(begin, y+j*textFace.height(), textFace, line)
		}
		y += max(1, len(lines))*textFace.height() + 5
	}
	for _, f := range facts(w, say) {
		p.writePale(left, y, textFace, shortened(f[0], names, textFace.width))
		for _, line := range wrap(f[1], p.w-margin-begin, 3, textFace.width) {
			p.write(begin, y, textFace, line)
			y += textFace.height()
		}
		y += 5
	}
	return y + 14
}

// facts returns what is worth knowing about t beside its hops: a name and what
// holds.
func facts(w *way, say speaker) [][2]string {
	t := w.trace
	var found [][2]string
	add := func(name, value string) { found = append(found, [2]string{say.word("fact." + name), plain(value)}) }
	switch t.DNS.Answer {
	case "":
	case "not-resolved", "link-local":
		add("dns", say.word("dns."+t.DNS.Answer))
	default:
		add("dns", say.word("dns."+t.DNS.Answer, t.DNS.By))
	}
	if t.Endpoint != nil {
		name := t.Endpoint.Path()
		if w.surprising() {
			name += " (" + say.word("unmeant") + ")"
		}
		add("endpoint", name)
	}
	if t.Redirect != "" {
		add("redirect", t.Redirect)
	}
	if sees := sender(t.Context); sees != "" {
		add("context", sees)
	}
	return found
}

// sender returns the condition keys that say where a request comes from. The
// others are the same on every way.
func sender(keys []route.Key) string {
	var found []string
	for _, k := range keys {
		switch k.Name {
		case "aws:SourceIp", "aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp":
			if k.Value != "absent" {
				found = append(found, k.Name+" = "+k.Value)
			}
		}
	}
	return strings.Join(found, ", ")
}
