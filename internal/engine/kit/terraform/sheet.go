package terraform

import (
	"encoding/csv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/model/hcldoc"
)

// Sheet is the parameter sheet of modules as CSV, as reviews ask for, with the
// columns of that of stacks: one row for each value that stands in a variable,
// resource, output or another block, as it is written. Files beside the modules'
// blocks, such as user data, are values of their own.
func Sheet(modules []*Module) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	row := func(cells ...string) { _ = w.Write(cells) } // a Builder takes everything
	row("module", "part", "name", "type", "setting", "value")
	for _, m := range modules {
		for _, f := range m.Files {
			if !hcldoc.Is(f.Name) {
				continue
			}
			for _, v := range values(f) {
				row(append([]string{m.Name}, v[:]...)...)
			}
		}
	}
	w.Flush()
	return b.String()
}

// values are the cells of f's rows, but for the module.
func values(f File) (rows [][5]string) {
	all, problems := hcldoc.Arguments(hcldoc.File{Name: f.Name, Source: []byte(f.Content)})
	if len(problems) > 0 {
		panic("terraform: " + f.Name + " is not HCL") // templates are a part of the program
	}
	types := make(map[string]string) // of variables
	for _, a := range all {
		if a.Block == "variable" && a.Path == "type" {
			types[a.Labels[0]] = a.Value
		}
	}
	for _, a := range all {
		r := [5]string{a.Block, "", "", a.Path, a.Value}
		part, name, typ, setting := &r[0], &r[1], &r[2], &r[3]
		switch {
		case a.Block == "variable":
			*name, *typ = a.Labels[0], types[a.Labels[0]]
		case a.Block == "locals":
			local, rest, _ := strings.Cut(a.Path, ".")
			*part, *name, *setting = "local", local, strings.TrimSuffix("value."+rest, ".")
		case len(a.Labels) == 2:
			*typ, *name = a.Labels[0], a.Labels[1]
		case len(a.Labels) == 1:
			*name = a.Labels[0]
		}
		if a.Block != "variable" || a.Path != "type" {
			rows = append(rows, r)
		}
	}
	return rows
}
