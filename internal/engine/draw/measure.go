package draw

import (
	"strings"
	"unicode"

	"github.com/deguchi-project/deguchi/internal/base/term"
)

// face is a size of type, in pixels, and its weight.
type face struct {
	size int
	bold bool
}

// The faces of the pictures.
var (
	titleFace = face{17, true}
	headFace  = face{13, true}
	nameFace  = face{13, true}
	textFace  = face{12, false}
	strong    = face{12, true}
	smallFace = face{11, false}
)

// advances are the widths of the printable ASCII characters from the blank on,
// in thousandths of the type size, as DejaVu Sans 2.37 has them (its table
// hmtx). It is the widest of the fonts that browsers take for sans-serif, so
// that what is measured by it has room in every other.
var advances = [...]int{
	318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337,
	636, 636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531,
	1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787,
	603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500,
	500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612,
	635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
}

// bolder is what bold letters take more, in thousandths.
const bolder = 90

// width returns the pixels that s takes at most.
func (f face) width(s string) int {
	sum := 0
	for _, r := range s {
		sum += advance(r)
		if f.bold {
			sum += bolder
		}
	}
	return (sum*f.size + 999) / 1000
}

// height returns the pixels of a line.
func (f face) height() int { return f.size + f.size/3 }

// advance returns the width of r in thousandths. Outside ASCII it is the em of
// Japanese fonts, or what pictographs have.
func advance(r rune) int {
	switch {
	case r >= ' ' && int(r-' ') < len(advances):
		return advances[r-' ']
	case r >= 0x1F000:
		return 1300
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	}
	return 1000
}

// columns returns the columns of a terminal that s takes.
func columns(s string) int { return term.Width(s) }

// plain returns s in one line, without characters that XML or a terminal
// cannot show.
func plain(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.In(r, unicode.Cf):
			return -1
		case unicode.IsControl(r), r&0xFFFE == 0xFFFE, r >= 0xFDD0 && r <= 0xFDEF:
			return '\uFFFD'
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
