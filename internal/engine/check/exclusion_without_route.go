package check

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// exclusionWithoutRoute finds entries of NO_PROXY that send requests for AWS
// where no route leads: another Region's S3, or .amazonaws.com, below which most
// services have no endpoint.
//
// Story B, routes 6 and 8; symptom noproxy-too-broad. Names outside AWS are not
// looked at: the file does not say where they are.
func exclusionWithoutRoute(f *finder) {
	for _, c := range f.t.Clients {
		a, ok := programOf(c)
		if !ok {
			continue
		}
		var told []string // names of entries that were reported
		for i, e := range c.NoProxy.V {
			name := strings.TrimLeft(e, "*.")
			if slices.Contains(told, name) {
				continue
			}
			host, ok := f.stranded(c, a, e, name)
			if !ok {
				continue
			}
			told = append(told, name)
			p := f.warn(ofClient(c).to("no_proxy").item(i), say("DG3105", c.Name, quote(e), host))
			p.Hint = say("DG3105.hint")
			if f.asked.trace(f.asked.listless[c], host, "/").Verdict == route.Reached {
				p.Hint = say("DG3105.hint.proxy")
			}
		}
	}
}

// stranded returns a host that entry sends c to directly, and to which c has no
// way.
func (f *finder) stranded(c *topology.Client, a asks, entry, name string) (string, bool) {
	for _, host := range f.hostsBelow(name) {
		if a.route("https://"+host+"/", a.list...).Entry == entry && lost(f.asked.trace(f.asked.plain[c], host, "/").Verdict) {
			return host, true
		}
	}
	return "", false
}

// common are services that most accounts use, for lists that hold them all.
var common = []string{"sts", "s3", "ssm", "logs", "sns"}

// hostsBelow returns hosts that an entry with that name may be meant for: those
// of the common services, if it is an end of theirs; otherwise the name itself
// and a bucket below it, if it is a name of AWS.
func (f *finder) hostsBelow(name string) (hosts []string) {
	for _, region := range f.regions() {
		for _, service := range common {
			if host := regional(service, region); inZone(host, name) {
				hosts = append(hosts, host)
			}
		}
	}
	if len(hosts) > 1 {
		return hosts
	}
	if _, n, err := awsdata.Names().Parse(name); err != nil || n.Kind != awsname.API && n.Kind != awsname.Resource {
		return nil
	}
	return []string{name, "a-bucket." + name}
}

// regions returns the Regions of the VPCs, sorted.
func (f *finder) regions() (regions []string) {
	for _, v := range f.t.VPCs {
		regions = append(regions, v.Region)
	}
	slices.Sort(regions)
	return slices.Compact(regions)
}
