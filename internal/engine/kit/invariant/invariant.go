// Package invariant finds what linters do not know about a template of a fleet
// of proxies, whoever wrote it: what stands in front of a proxy, which endpoints
// stand beside it, whether security groups let the traffic through. Every
// finding has a code and a page.
//
// A check speaks of what the template holds and tells: a value that only the
// deployment knows settles nothing, and a part that is not in the file is
// nobody's fault. The exception is what a closed fleet cannot start without.
//
// Templates reach the checks as package template reads them: as resources with
// CloudFormation's types and keys, whatever notation they were written in.
package invariant

import (
	"time"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/kit/template"
	"github.com/deguchi-project/deguchi/internal/model/config"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// Template is what is to be deployed.
type Template = template.Template

// Resource is a part of a template.
type Resource = template.Resource

// What values of templates are asked for.
var (
	find  = template.Find
	text  = template.Text
	items = template.Items
)

// Options are what a template does not tell.
type Options struct {
	Exit string // internet, nat or closed; empty: as the template tells
	Now  time.Time
}

// checks are all that Check makes.
var checks = []func(*finder){
	undecided, configurationOf,
	balancerKind, scheme, wiring, ports, attributes, healthChecks, proxyHeaders, trusted, idleTimeout, zones, sameZone, draining, termination, sizes,
	overlaps, chain, privateLinkGroups, egress, openPorts, directPorts,
	gatewayEndpoints, endpointKinds, endpointTwins, startEndpoints, endpointGroups, privateNames, publicAddresses, defaults, returns,
	metadata, instances, userData, disks, storage, policies, statements, keys, managed, service,
}

// Check returns what is wrong with t, in the order of the file.
func Check(t *Template, o Options) []diag.Problem {
	f := &finder{Template: t, options: o}
	f.cfg, f.cfgFrom, f.cfgProblem = f.readConfiguration()
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

	cfg        *config.Config // of the proxies, if it stands in the template and is sound
	cfgFrom    *Resource      // where it stands, sound or not
	cfgProblem reason.Because // the first thing that is wrong with it
}

// fail reports what will not work, warn what works and surprises. The first six
// letters of the words are the code.
func (f *finder) fail(at *yamldoc.Node, summary, hint reason.Because) {
	f.problems = append(f.problems, diag.Problem{
		Pos: at.Pos, Len: at.Len, Code: string(summary.Code)[:len("DG6201")], Summary: summary, Hint: hint,
	})
}

// note reports what is worth knowing.
func (f *finder) note(at *yamldoc.Node, summary, hint reason.Because) {
	f.fail(at, summary, hint)
	f.problems[len(f.problems)-1].Severity = diag.Note
}

func (f *finder) warn(at *yamldoc.Node, summary, hint reason.Because) {
	f.fail(at, summary, hint)
	f.problems[len(f.problems)-1].Severity = diag.Warning
}

var say = reason.New

// hinted is words with the hint that belongs to them.
func hint(code string, args ...string) reason.Because { return say(reason.Code(code+".hint"), args...) }
