package draw

import "fmt"

// node writes the outline of n. A hatched one has its pattern in a band along
// the edge, so that the text inside stays readable.
func (w *writer) node(n node) {
	fill, stroke := "#ffffff", fmt.Sprintf(`stroke="%s" stroke-width="1.5"`, ink)
	switch n.look {
	case solid:
	case hatch:
		fill, stroke = "url(#hatch)", fmt.Sprintf(`stroke="%s" stroke-width="2"`, ink)
	case dashed:
		stroke = fmt.Sprintf(`stroke="%s" stroke-width="1.5" stroke-dasharray="4 3"`, pale)
	case heavy:
		stroke = fmt.Sprintf(`stroke="%s" stroke-width="3"`, bad)
	}
	w.f("<g>")
	if n.hover != "" {
		w.f("<title>%s</title>", escaped(n.hover))
	}
	w.f(`<path d="%s" fill="%s" %s/>`, outline(n.shape, n.rect), fill, stroke)
	if n.look == hatch {
		inner := rect{n.x + 6, n.y + 6, n.w - 12, n.h - 12}
		w.f(`<rect x="%d" y="%d" width="%d" height="%d" fill="#ffffff"/>`, inner.x, inner.y, inner.w, inner.h)
	}
	if n.shape == barsShape {
		w.f(`<path d="M%d %dv%dM%d %dv%d" %s/>`, n.x+5, n.y, n.h, n.right()-5, n.y, n.h, stroke)
	}
	if n.shape == goalShape {
		w.f(`<path d="M%d %dh%dM%d %dh%d" %s/>`, n.x, n.y+4, n.w, n.x, n.bottom()-4, n.w, stroke)
	}
	w.f("</g>\n")
}

// outline returns the path around a shape.
func outline(s shape, r rect) string {
	switch s {
	case proxyShape:
		return fmt.Sprintf("M%d %dL%d %dH%dL%d %dL%d %dH%dZ",
			r.x, r.y+r.h/2, r.x+10, r.y, r.right()-10, r.right(), r.y+r.h/2, r.right()-10, r.bottom(), r.x+10)
	case cutShape:
		return octagon(r, 6)
	case octagonShape:
		return octagon(r, 11)
	case pillShape:
		return rounded(r, min(r.h/2, 20))
	case cloudShape:
		return fmt.Sprintf("M%d %dA%d %d 0 1 1 %d %dA%d %d 0 1 1 %d %dZ",
			r.x, r.y+r.h/2, r.w/2, r.h/2, r.right(), r.y+r.h/2, r.w/2, r.h/2, r.x, r.y+r.h/2)
	case slantShape:
		return fmt.Sprintf("M%d %dH%dL%d %dH%dZ", r.x+8, r.y, r.right(), r.right()-8, r.bottom(), r.x)
	case boxShape:
		return rounded(r, 3)
	case barsShape, goalShape:
	}
	return fmt.Sprintf("M%d %dH%dV%dH%dZ", r.x, r.y, r.right(), r.bottom(), r.x)
}

// octagon returns r with its corners cut off.
func octagon(r rect, cut int) string {
	return fmt.Sprintf("M%d %dH%dL%d %dV%dL%d %dH%dL%d %dV%dZ",
		r.x+cut, r.y, r.right()-cut, r.right(), r.y+cut, r.bottom()-cut,
		r.right()-cut, r.bottom(), r.x+cut, r.x, r.bottom()-cut, r.y+cut)
}

// rounded returns r with round corners.
func rounded(r rect, radius int) string {
	a := fmt.Sprintf("A%d %d 0 0 1 ", radius, radius)
	return fmt.Sprintf("M%d %dH%d%s%d %dV%d%s%d %dH%d%s%d %dV%d%s%d %dZ",
		r.x+radius, r.y, r.right()-radius, a, r.right(), r.y+radius, r.bottom()-radius, a,
		r.right()-radius, r.bottom(), r.x+radius, a, r.x, r.bottom()-radius, r.y+radius, a, r.x+radius, r.y)
}
