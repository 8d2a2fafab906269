// Package invariant finds what linters do not know about a template of a fleet
// of proxies, whoever wrote it: what stands in front of a proxy, which endpoints
// stand beside it, whether security groups let the traffic through. Every
// finding has a code and a page.
//
// A check speaks of what the template holds and tells: a value that only the
// deployment knows settles nothing, and a part that is not in the file is
// nobody's fault. The exception is what a closed fleet cannot start without.
//
// Templates reach the checks as resources with CloudFormation's types and keys,
// whatever notation they were read from.
package invariant

import (
	"time"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// Template is what is to be deployed.
type Template struct {
	File      string
	Resources []*Resource // in the order of the file

	byID map[string]*Resource
}

// Resource is one part of a template, with the types and keys that
// CloudFormation has. A reference to another resource is text with the tag !Ref
// that holds its ID alone; what only the deployment knows is Broken.
type Resource struct {
	ID    string
	Type  string
	Props *yamldoc.Node // a map
	At    *yamldoc.Node // where it is named
}

// NewTemplate returns the template of resources.
func NewTemplate(file string, resources []*Resource) *Template {
	t := &Template{File: file, Resources: resources, byID: make(map[string]*Resource, len(resources))}
	for _, r := range resources {
		t.byID[r.ID] = r
	}
	return t
}

// of returns the resources of a type.
func (t *Template) of(typ string) (all []*Resource) {
	for _, r := range t.Resources {
		if r.Type == typ {
			all = append(all, r)
		}
	}
	return all
}

// to returns the resource that n refers to, or nil.
func (t *Template) to(n *yamldoc.Node) *Resource {
	if n == nil || n.Tag != refTag {
		return nil
	}
	return t.byID[n.Text]
}

const refTag = "!Ref"

// Options are what a template does not tell.
type Options struct {
	Exit string // internet, nat or closed; empty: as the template tells
	Now  time.Time
}

// checks are all that Check makes.
var checks = []func(*finder){
	balancerKind, attributes, healthChecks, proxyHeaders, idleTimeout, zones, draining,
	overlaps, chain, openPorts,
	gatewayEndpoints, startEndpoints, endpointGroups, publicAddresses,
	metadata, policies, service,
}

// Check returns what is wrong with t, in the order of the file.
func Check(t *Template, o Options) []diag.Problem {
	f := &finder{Template: t, options: o}
	for _, check := range checks {
		check(f)
	}
	diag.Sort(f.problems)
	return f.problems
}

// finder collects what is found in one template.
type finder struct {
	*Template
	options  Options
	problems []diag.Problem
}

// fail reports what will not work, warn what works and surprises. The first six
// letters of the words are the code.
func (f *finder) fail(at *yamldoc.Node, summary, hint reason.Because) {
	f.problems = append(f.problems, diag.Problem{
		Pos: at.Pos, Len: at.Len, Code: string(summary.Code)[:len("DG6201")], Summary: summary, Hint: hint,
	})
}

func (f *finder) warn(at *yamldoc.Node, summary, hint reason.Because) {
	f.fail(at, summary, hint)
	f.problems[len(f.problems)-1].Severity = diag.Warning
}

var say = reason.New

// hinted is words with the hint that belongs to them.
func hint(code string, args ...string) reason.Because { return say(reason.Code(code+".hint"), args...) }
