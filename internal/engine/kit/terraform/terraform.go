// Package terraform writes a plan as modules of Terraform: the provider, which
// holds the fleet and what it needs to start; the endpoints that its rules need
// besides; and one for each consumer. They are what package
// engine/kit/cloudformation writes as stacks, part by part.
//
// A module is a folder. What differs between deployments of one kit is a variable;
// what the kit settles is written out, zone by zone, so that a review reads what
// will be there. User data and the proxies' configuration are files of their own.
package terraform

import (
	"embed"
	"regexp"
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/kit"
	"github.com/deguchi-project/deguchi/internal/engine/kit/machine"
	"github.com/deguchi-project/deguchi/internal/model/hcldoc"
)

// Module is one folder.
type Module struct {
	Name  string // what to call the folder
	Files []File // in the order in which they are read best
}

// File is one file of a module.
type File struct{ Name, Content string }

//go:embed files
var files embed.FS

// Modules returns the modules of p in the order in which they are applied.
func Modules(p *kit.Plan) []*Module {
	name := p.Kit.Name
	modules := []*Module{provider(p)}
	if len(p.Others) > 0 {
		v := base(p, "Interface endpoints beside the proxies of "+name, " -var vpc_id=… -var 'subnet_ids={…}' -var proxy_group_id=…")
		modules = append(modules, v.module(name+"-endpoints", "endpoints", "main", "variables", "outputs"))
	}
	for _, c := range p.Kit.Consumers {
		v := consumer(p, c)
		modules = append(modules, v.module(name+"-consumer-"+c.Name.V, "consumer", "main", "variables", "outputs"))
	}
	return modules
}

// provider is the module of the fleet.
func provider(p *kit.Plan) *Module {
	v := fleet(p)
	m := v.module(p.Kit.Name+"-provider", "provider",
		"main", "network", "groups", "endpoints", "balancer", "fleet", "role", "logs", "alarms", "variables", "outputs")
	m.Files = append(m.Files, File{"user-data.sh.tftpl", UserData(p)}, File{kit.ConfigFile, p.Source})
	return m
}

// UserData is the script of the instances, a template of the module's.
func UserData(p *kit.Plan) string {
	k := p.Kit
	script := machine.UserData(machine.Values{
		Region: "${region}", Bucket: "${bucket}", Key: "${key}", SHA256: "${sha256}",
		Parameter: "${parameter}", Fleet: "${fleet}", Hook: "${hook}", LogGroup: "${log_group}",
		Ports: [2]uint16{k.Port, k.AdminPort}, Drain: k.Drain, Package: k.Program.Package,
	})
	return strings.ReplaceAll(script, "%{", "%%{") // else the beginning of a directive
}

// module fills in the templates of one folder. One that has nothing to say writes
// no file.
func (s *scope) module(name, folder string, parts ...string) *Module {
	m := &Module{Name: name}
	add := func(file, text string) {
		if strings.TrimSpace(text) != "" {
			m.Files = append(m.Files, File{file, text})
		}
	}
	for _, part := range parts {
		text := format(s.fill(read("files/" + folder + "/" + part + ".tf.mustache")))
		switch part {
		case "variables":
			s.values["variables"] = described(text, "variable")
		case "outputs":
			s.values["outputs"] = described(text, "output")
		}
		add(part+".tf", text)
	}
	add("versions.tf", format(read("files/versions.tf.mustache")))
	add("README.md", s.fill(read("files/README.md.mustache")))
	return m
}

// read returns a template. They are a part of the program.
func read(name string) string {
	b, err := files.ReadFile(name)
	if err != nil {
		panic("terraform: " + err.Error())
	}
	return string(b)
}

// blankLines are more of them than one; crowded is a block that follows another
// one at once.
var (
	blankLines = regexp.MustCompile(`\n{3,}`)
	crowded    = regexp.MustCompile(`\n\}\n([a-z#])`)
)

// format lays text out as terraform fmt does, a blank line between blocks.
func format(text string) string {
	text = crowded.ReplaceAllString(hcldoc.Format(text), "\n}\n\n$1")
	return strings.TrimSpace(blankLines.ReplaceAllString(text, "\n\n")) + "\n"
}

// identifier is a name as identifiers may be.
func identifier(name string) string { return strings.NewReplacer(".", "_", "-", "_").Replace(name) }

var block = regexp.MustCompile(`(?m)^(variable|output) "([^"]+)" \{\n  description = "([^"]*)"`)

// described returns the blocks of a kind in text, with their descriptions.
func described(text, kind string) (all []map[string]any) {
	for _, m := range block.FindAllStringSubmatch(text, -1) {
		if m[1] == kind {
			all = append(all, map[string]any{"name": m[2], "what": m[3]})
		}
	}
	return all
}
