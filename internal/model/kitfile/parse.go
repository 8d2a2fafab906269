package kitfile

import (
	"cmp"
	"maps"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// Parse reads src, the content of file, and returns every problem in it, in the
// order of the file. The Kit is nil if one of them is an error. What the rules
// say is not looked at.
func Parse(file string, src []byte) (*Kit, []diag.Problem) {
	root, problems := yamldoc.Parse(file, src)
	if root == nil {
		return nil, problems
	}
	f, more := yamldoc.Decode(fileType, root)
	problems = append(problems, more...)
	k := f.kit(file)
	if worst, any := diag.Worst(problems); !any || worst != diag.Error {
		c := &checker{kit: k, draft: &f, root: root}
		c.all()
		problems = append(problems, c.problems...)
	}
	diag.Sort(problems)
	if worst, any := diag.Worst(problems); any && worst == diag.Error {
		return nil, problems
	}
	return k, problems
}

// Schema returns the JSON Schema of kit.yaml.
func Schema() ([]byte, error) {
	s := maps.Clone(fileType.Schema)
	s["oneOf"] = []yamldoc.Schema{{"required": []string{"binary"}}, {"required": []string{"package"}}}
	return s.JSON("Deguchi kit")
}

// Is reports whether root is a kit rather than another file: it says which way
// out there is.
func Is(root *yamldoc.Node) bool {
	return root.Find("exit") != nil && root.Find("zones") != nil
}

// kit returns what was read in the form that the floors above use.
func (f *draft) kit(file string) *Kit {
	k := f.Kit
	k.File, k.Region, k.Rules, k.Logs = file, f.region.V, f.rules, f.logs.Logs
	k.Zones = zones(f.zones)
	for _, s := range f.sites {
		s.V.Name = s.Name
		k.Sites = append(k.Sites, s.V)
	}
	for _, c := range f.consumers {
		c.V.Name, c.V.Zones = c.Name, zones(c.V.zones)
		k.Consumers = append(k.Consumers, c.V.Consumer)
	}
	from := f.binary
	if f.rpm.there {
		from = f.rpm
	}
	k.Program = from.Program
	k.Program.Key, k.Program.Package = from.key.V, f.rpm.there
	i := f.instances
	k.Instances = Instances{ARM: i.arch == 0, Type: i.typ.V, Least: i.Least, Most: i.Most}
	k.Instances.Type = cmp.Or(k.Instances.Type, map[bool]string{true: "t4g.small", false: "t3.small"}[k.Instances.ARM])
	return &k
}

func zones(named []yamldoc.Named[Zone]) (all []Zone) {
	for _, z := range named {
		z.V.Name = z.Name
		all = append(all, z.V)
	}
	return all
}
