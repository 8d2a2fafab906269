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
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
	"text/template"

	"github.com/deguchi-project/deguchi/internal/engine/kit"
	"github.com/deguchi-project/deguchi/internal/engine/kit/machine"
	"github.com/deguchi-project/deguchi/internal/model/hcldoc"
	"github.com/deguchi-project/deguchi/internal/model/kitfile"
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
		v := view{Plan: p, Kit: p.Kit, Title: "Interface endpoints beside the proxies of " + name,
			Arguments: " -var vpc_id=… -var 'subnet_ids={…}' -var proxy_group_id=…"}
		modules = append(modules, v.module(name+"-endpoints", "endpoints", "main", "variables", "outputs"))
	}
	for _, c := range p.Kit.Consumers {
		v := view{Plan: p, Kit: p.Kit, Consumer: c, Title: "The endpoint of " + c.Name.V + " to the proxies of " + name, Arguments: " -var service_name=…"}
		modules = append(modules, v.module(name+"-consumer-"+c.Name.V, "consumer", "main", "variables", "outputs"))
	}
	return modules
}

// provider is the module of the fleet.
func provider(p *kit.Plan) *Module {
	v := view{Plan: p, Kit: p.Kit, Title: "A fleet of proxies behind a Network Load Balancer, exit " + p.Kit.Exit.String()}
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
		Ports: [2]uint16{k.Port, k.AdminPort}, Drain: k.Drain,
	})
	return strings.ReplaceAll(script, "%{", "%%{") // else the beginning of a directive
}

// module fills in the templates of one folder. One that has nothing to say writes
// no file.
func (v view) module(name, folder string, parts ...string) *Module {
	m := &Module{Name: name}
	add := func(file, text string) {
		if strings.TrimSpace(text) != "" {
			m.Files = append(m.Files, File{file, text})
		}
	}
	for _, part := range parts {
		text := format(v.fill(path.Join("files", folder, part+".tf.tmpl")))
		switch part {
		case "variables":
			v.Variables = described(text, "variable")
		case "outputs":
			v.Outputs = described(text, "output")
		}
		add(part+".tf", text)
	}
	add("versions.tf", format(v.fill("files/versions.tf.tmpl")))
	add("README.md", v.fill("files/README.md.tmpl"))
	return m
}

// fill fills in one template. They are a part of the program: one that does not
// fit is a broken build.
func (v view) fill(name string) string {
	t, err := template.New(path.Base(name)).Funcs(template.FuncMap{
		"q": quote, "id": identifier, "add": func(a, b int) int { return a + b },
	}).ParseFS(files, name)
	if err != nil {
		panic("terraform: " + err.Error())
	}
	var b strings.Builder
	if err := t.Execute(&b, v); err != nil {
		panic("terraform: " + err.Error())
	}
	return b.String()
}

// blankLines are more of them than one, and those at the end.
var blankLines = regexp.MustCompile(`\n{3,}`)

// format lays text out as terraform fmt does.
func format(text string) string {
	return strings.TrimSpace(blankLines.ReplaceAllString(hcldoc.Format(text), "\n\n")) + "\n"
}

// quote is v as text of HCL.
func quote(v any) string {
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(strconv.Quote(fmt.Sprint(v)))
}

// identifier is a name as identifiers may be.
func identifier(name string) string { return strings.NewReplacer(".", "_", "-", "_").Replace(name) }

// named is a variable or an output with its description.
type named struct{ Name, What string }

var block = regexp.MustCompile(`(?m)^(variable|output) "([^"]+)" \{\n  description = "([^"]*)"`)

// described returns the blocks of a kind in text.
func described(text, kind string) (all []named) {
	for _, m := range block.FindAllStringSubmatch(text, -1) {
		if m[1] == kind {
			all = append(all, named{m[2], m[3]})
		}
	}
	return all
}

// view is what the templates see.
type view struct {
	Plan      *kit.Plan
	Kit       *kitfile.Kit
	Consumer  kitfile.Consumer
	Title     string
	Arguments string // of terraform apply

	Variables, Outputs []named
}
