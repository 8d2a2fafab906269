// Package phrase makes text of others fit for the reason phrase of an answer.
package phrase

import (
	"fmt"
	"strings"
)

// Text makes s fit for a reason phrase: printable ASCII, and short. A %
// stays what it is, so that text put in twice is not encoded twice.
func Text(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if b.Len() > 300 {
			b.WriteString("...")
			break
		}
		if c := s[i]; c < ' ' || c >= 0x7f {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
