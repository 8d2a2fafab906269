package lint

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
)

// compare reports entries of which, with all the others in force, some readers
// make more than others, and those that take too much from the proxy.
func (l *linter) compare() {
	list := strings.Join(l.plain, l.separator)
	for i := range l.entries {
		e := &l.entries[i]
		switch e.form.kind {
		case dotted:
			l.apart(list, e, "DG4113", https(e.form.name), e.form.name)
		case named:
			l.apart(list, e, "DG4114", https("a."+e.form.name), "."+e.form.name)
		case starred:
		default:
			continue
		}
		l.broad(*e)
	}
}

// apart reports readers that send target, which others ask for directly, to the
// proxy. If only some do, the value is meant to keep it from there.
func (l *linter) apart(list string, e *entry, code reason.Code, target noproxy.Target, instead string) {
	if !exists(target.Host) {
		return
	}
	direct := l.those(func(r reader) bool { return l.excludes(r, list, target) })
	proxied := l.those(func(r reader) bool { return !l.excludes(r, list, target) })
	if len(direct) == 0 {
		return
	}
	e.form.witnesses = append(e.form.witnesses, target)
	if len(proxied) == 0 {
		return
	}
	f := Finding{Entry: e.core(), Programs: proxied, Witness: address(target), Instead: []string{e.plain, instead}}
	found := l.add(f, e.col, e.width, code, quoted(f.Entry), listed(proxied), listed(direct))
	found.Severity, found.Hint = diag.Warning, reason.New(code+".hint", instead)
}

// bare reports whether name is a zone without a host of its name: those of
// Kubernetes ("DNS for Services and Pods") and those of EC2 ("Amazon EC2 instance
// hostname types").
func bare(name string) bool {
	region, ok := strings.CutSuffix(name, ".compute.internal")
	return ok && awsdata.RegionShape(region) ||
		slices.Contains([]string{"cluster.local", "svc.cluster.local", "ec2.internal", "compute.internal"}, name)
}

// exists reports whether there can be a host of that name: not one that is a
// single label or stands directly below one, not a zone without one, and of
// AWS's names not those of no known form.
func exists(host string) bool {
	if !strings.Contains(strings.TrimPrefix(host, "a."), ".") || bare(host) {
		return false
	}
	h, err := netset.ParseHost(host)
	return err == nil && awsdata.Names().Classify(h).Kind != awsname.Unknown
}

// services are examples of what hardly ever all has an endpoint where a client is.
var services = []string{"sts", "ssm", "kms"}

// broad reports a name below which all services of AWS stand.
func (l *linter) broad(e entry) {
	for _, region := range awsdata.Regions() {
		for _, under := range []string{"", "dual"} {
			suffix := awsname.Suffix(region.Partition, under)
			if suffix == "" || !strings.HasSuffix("."+region.Name+"."+suffix, "."+e.form.name) {
				continue
			}
			if l.takesAll(e, region.Name+"."+suffix) {
				f := l.add(Finding{Entry: e.core(), Witness: address(https(services[0] + "." + region.Name + "." + suffix))},
					e.col, e.width, "DG4115", quoted(e.core()))
				f.Severity, f.Hint = diag.Warning, reason.New("DG4115.hint")
				return
			}
		}
	}
}

// takesAll reports whether some reader asks for all services below domain
// directly because of e.
func (l *linter) takesAll(e entry, domain string) bool {
	return len(l.those(func(r reader) bool {
		for _, s := range services {
			if r.Reads(l.inForce(e.plain), https(s+"."+domain)).Route != noproxy.Direct {
				return false
			}
		}
		return true
	})) > 0
}
