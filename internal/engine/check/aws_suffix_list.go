package check

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/awsname"
)

// awsSuffixList finds proxies whose list of names holds everything below an end
// of AWS's names, or below that of a Region: load balancers, APIs and buckets
// of strangers are there too, and the dual-stack names are below api.aws.
//
// Story D: dstdomain .amazonaws.com lets through 961 of the 1,435 forms of names
// that strangers can own. For configurations this is DG1307.
func awsSuffixList(f *finder) {
	for _, p := range f.t.Proxies {
		if !p.AllowDomains.Is() || p.Config.Is() {
			continue
		}
		for i, d := range p.AllowDomains.V {
			below, ok := strings.CutPrefix(d, ".")
			if !ok || !everyService(below) {
				continue
			}
			found := f.warn(ofProxy(p).to("allow_domains").item(i), say("DG3201", quote(d), p.Name))
			found.Hint = say("DG3201.hint")
			if strings.HasSuffix(below, "amazonaws.com") && !slices.ContainsFunc(p.AllowDomains.V, isDual) {
				found.Hint = say("DG3201.hint.dual")
			}
		}
	}
}

// everyService reports whether names of every service stand below domain.
func everyService(domain string) bool {
	rest, _, ok := awsname.Place(domain)
	if !ok {
		return false
	}
	return rest == "" || awsdata.RegionShape(rest)
}

func isDual(domain string) bool { return strings.HasSuffix(domain, "api.aws") }
