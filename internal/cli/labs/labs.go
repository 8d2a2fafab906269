// Package labs is "deguchi lab": it runs the tests of a topology in network
// namespaces, with real programs, and prints what the networks saw beside what
// was predicted. What it prints as text is made from what it prints as JSON.
//
// The command runs twice: the process that a person starts runs the program once
// more, in namespaces of its own, and passes its exit code on; see package fabric.
package labs

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/edge/lab"
	"github.com/deguchi-project/deguchi/internal/edge/lab/fabric"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Desk is where labs are run. What it needs of the command line is handed to it.
type Desk struct {
	In       io.Reader
	Out, Err io.Writer
	Lang     reason.Lang
	Paint    term.Paint
	Verbose  bool
	Now      time.Time
	// Args are those of this process: it is run once more with them.
	Args []string
	// Self is how this program is called.
	Self []string
	// Read returns what a file holds; Open the topology in it, sound, with what is
	// wrong printed otherwise.
	Read func(file string) ([]byte, error)
	Open func(file string) (*topology.Topology, error)
	// Parse reads a topology that the program brings with it.
	Parse func(file string, src []byte) (*topology.Topology, []diag.Problem)
	JSON  func(doc any) error // nil where text is asked for
}

// Exited is the exit code of the process that ran in namespaces, which has said
// why it failed.
type Exited int

// Error returns the code.
func (e Exited) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// Inside calls do in namespaces: in this process if it has some, in another one
// otherwise. Dir is a folder that ends with them.
func (d *Desk) inside(ctx context.Context, do func(dir string) (wrong bool, err error)) (wrong bool, err error) {
	if fabric.Inside() {
		dir, err := fabric.Settle()
		if err != nil {
			return false, err
		}
		return do(dir)
	}
	code, err := fabric.Again(ctx, d.Args, fabric.Streams{In: d.In, Out: d.Out, Err: d.Err})
	switch {
	case err != nil:
		return false, err
	case code <= 1:
		return code == 1, nil
	}
	return false, Exited(code)
}

// options are those of labs for the topology in file.
func (d *Desk) options(file, dir string) lab.Options {
	return lab.Options{
		Self: d.Self, Dir: dir,
		Config: func(name string) ([]byte, error) {
			if !filepath.IsAbs(name) {
				name = filepath.Join(filepath.Dir(file), filepath.FromSlash(name))
			}
			return d.Read(name)
		},
	}
}

// say returns the words of code.
func (d *Desk) say(code reason.Code, args ...string) string {
	return reason.New(code, args...).In(d.Lang)
}
