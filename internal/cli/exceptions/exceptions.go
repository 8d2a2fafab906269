// Package exceptions is the answers of "deguchi noproxy" as they are printed:
// the shapes of their JSON, and the text for people, which never knows more than
// these. It knows no flags and no files; what the answers are, the engine says.
package exceptions

import (
	"fmt"
	"io"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
)

// Printer puts answers into words and writes them.
type Printer struct {
	Out   io.Writer
	Lang  reason.Lang
	Paint term.Paint
}

// columns is how wide an answer for a person may be.
const columns = 80

// say returns the words of code.
func (p *Printer) say(code reason.Code, args ...string) string {
	return reason.New(code, args...).In(p.Lang)
}

func (p *Printer) printf(format string, args ...any) { fmt.Fprintf(p.Out, format, args...) }
