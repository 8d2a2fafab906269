// Package kits is "deguchi kit": it reads a kit.yaml, has package kit say what
// has to be built, and writes stacks or modules and a topology of the whole into a
// folder. It looks at templates of both languages with package kit/invariant.
package kits

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/files"
	"github.com/deguchi-project/deguchi/internal/engine/kit"
	"github.com/deguchi-project/deguchi/internal/engine/kit/cloudformation"
	"github.com/deguchi-project/deguchi/internal/engine/kit/invariant"
	"github.com/deguchi-project/deguchi/internal/engine/kit/template"
	"github.com/deguchi-project/deguchi/internal/engine/kit/terraform"
	"github.com/deguchi-project/deguchi/internal/model/kitfile"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// Desk is where kits are read and written.
type Desk struct {
	Out, Err io.Writer
	Lang     reason.Lang
	Now      time.Time
	Read     func(file string) ([]byte, error)
	JSON     func(command string, doc any) error // nil where text is asked for
}

// ErrStopped ends a call that could not write, and has said why.
var ErrStopped = errors.New("nothing was written")

// IsKit reports whether src is a kit rather than another file.
func IsKit(file string, src []byte) bool {
	root, _ := yamldoc.Parse(file, src)
	return root != nil && kitfile.Is(root)
}

// Plan returns what the kit src needs, and every problem. The Plan is nil if one
// of them is an error.
func (d Desk) Plan(file string, src []byte) (*kit.Plan, []diag.Problem) {
	k, problems := kitfile.Parse(file, src)
	if k == nil {
		return nil, problems
	}
	p, more := kit.New(k, kit.Options{Now: d.Now, Read: func(name string) ([]byte, error) {
		if !filepath.IsAbs(name) {
			name = filepath.Join(filepath.Dir(file), filepath.FromSlash(name))
		}
		return d.Read(name)
	}})
	problems = append(problems, more...)
	diag.Sort(problems)
	return p, problems
}

// Request is what is to be written.
type Request struct {
	Dir      string
	Topology string // the file of the topology; empty: topology.yaml in Dir
	Force    bool
}

// writtenJSON is the answer of "deguchi kit cloudformation --json" and of
// "deguchi kit terraform --json".
type writtenJSON struct {
	Written []fileJSON `json:"written"`
	Stacks  []string   `json:"stacks,omitempty"` // in the order in which they are deployed
	Modules []string   `json:"modules,omitempty"`
}

type fileJSON struct {
	File string     `json:"file"`
	What files.What `json:"what"`
}

// CloudFormation writes p as stacks.
func (d Desk) CloudFormation(p *kit.Plan, r Request) error {
	var doc writtenJSON
	var list []files.File
	stacks := cloudformation.Stacks(p)
	for _, s := range stacks {
		list = append(list, file(s.File(), s.Text()))
		doc.Stacks = append(doc.Stacks, s.Name)
	}
	list = append(list, file("parameters.csv", cloudformation.Sheet(stacks)))
	list = append(list, file(kit.ConfigFile, p.Source))
	return d.put(p, r, list, kit.ConfigFile, doc)
}

// Terraform writes p as modules. The configuration stands in that of the provider.
func (d Desk) Terraform(p *kit.Plan, r Request) error {
	var doc writtenJSON
	var list []files.File
	modules := terraform.Modules(p)
	for _, m := range modules {
		for _, f := range m.Files {
			list = append(list, file(m.Name+"/"+f.Name, f.Content))
		}
		doc.Modules = append(doc.Modules, m.Name)
	}
	list = append(list, file("parameters.csv", terraform.Sheet(modules)))
	return d.put(p, r, list, modules[0].Name+"/"+kit.ConfigFile, doc)
}

// put writes list and a topology, in which the configuration is at config, below
// the folder that r names.
func (d Desk) put(p *kit.Plan, r Request, list []files.File, config string, doc writtenJSON) error {
	top := ""
	if r.Topology == "" {
		list = append(list, file(topologyFile, p.Topology(config)))
	} else {
		away, err := filepath.Rel(filepath.Dir(r.Topology), filepath.Join(r.Dir, filepath.FromSlash(config)))
		if err != nil {
			return fmt.Errorf("from %s to %s: %w", r.Topology, r.Dir, err)
		}
		top = p.Topology(filepath.ToSlash(away))
	}
	written, err := d.write(r.Dir, list, r.Force)
	if err == nil && top != "" {
		var more []fileJSON
		more, err = d.write(filepath.Dir(r.Topology), []files.File{file(filepath.Base(r.Topology), top)}, r.Force)
		written = append(written, more...)
	}
	if err != nil {
		return err
	}
	if doc.Written = written; d.JSON != nil {
		return d.JSON("kit", doc)
	}
	for _, f := range written {
		fmt.Fprintln(d.Out, reason.New("files."+reason.Code(f.What), f.File).In(d.Lang))
	}
	return nil
}

const topologyFile = "topology.yaml"

func file(path, content string) files.File {
	return files.File{Path: path, Mode: 0o644, Content: content}
}

// write puts list into dir, never over a person's edit unless force is set.
func (d Desk) write(dir string, list []files.File, force bool) ([]fileJSON, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // templates are for others to read
		return nil, err
	}
	changes, err := files.Folder{Dir: dir, Journal: ".deguchi-kit.json", Force: force}.Write("kit", list)
	var done []fileJSON
	for _, c := range changes {
		done = append(done, fileJSON{filepath.Join(dir, filepath.FromSlash(c.Path)), c.What})
	}
	if c, ok := errors.AsType[*files.Conflict](err); ok {
		fmt.Fprintln(d.Err, c.Why.In(d.Lang))
		return nil, ErrStopped
	}
	return done, err
}

// Check returns what is wrong with src, a kit or a template. Exit is the way out,
// as a kit calls it, or empty.
func (d Desk) Check(file string, src []byte, exit string) []diag.Problem {
	if IsKit(file, src) {
		_, problems := d.Plan(file, src)
		return problems
	}
	t, problems := template.CloudFormation(file, src)
	if t != nil {
		problems = append(problems, invariant.Check(t, invariant.Options{Exit: exit, Now: d.Now})...)
	}
	diag.Sort(problems)
	return problems
}
