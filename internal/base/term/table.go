package term

import (
	"io"
	"strings"
)

// gap stands between two columns.
const gap = "  "

// Table collects rows and prints them with aligned columns. The zero Table is
// empty and ready.
type Table struct {
	rows   [][]string
	styles []Style // of the cells of each row
}

// Row adds a row of cells, which may be fewer than those of other rows.
func (t *Table) Row(cells ...string) { t.Styled(Plain, cells...) }

// Styled adds a row whose cells are coloured where colour is on.
func (t *Table) Styled(style Style, cells ...string) {
	t.rows = append(t.rows, cells)
	t.styles = append(t.styles, style)
}

// Print writes the rows. The last cell of a row is not padded.
func (t *Table) Print(w io.Writer, paint Paint) error {
	widths := t.widths()
	var b strings.Builder
	for i, row := range t.rows {
		for j, cell := range row {
			b.WriteString(paint.In(t.styles[i], cell))
			if j < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[j]-Width(cell)) + gap)
			}
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// widths returns the width of each column. A last cell does not widen its
// column: nothing stands beside it.
func (t *Table) widths() []int {
	var widths []int
	for _, row := range t.rows {
		for j, cell := range row {
			if j == len(widths) {
				widths = append(widths, 0)
			}
			if j < len(row)-1 {
				widths[j] = max(widths[j], Width(cell))
			}
		}
	}
	return widths
}
