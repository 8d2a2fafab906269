package check

import (
	"slices"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// hiddenNames finds private zones that a resolver rule of the same name keeps
// from being asked, and those that stand for all of AWS's names, or a Region's,
// without a record for each: what they have no record for does not exist.
//
// Route 53 guide, "Considerations when working with a private hosted zone": on
// the same name the rule wins; a zone without the record answers NXDOMAIN, and
// nobody asks the public zone (awsdocs/amazon-route53-docs@b5a28eb).
func hiddenNames(f *finder) {
	for _, v := range f.t.VPCs {
		for _, z := range v.DNS.Zones {
			at := ofVPC(v).to("dns", "zones", z.Name)
			wild := slices.ContainsFunc(z.Records, func(r topology.Record) bool { return r.Label == "*" })
			rule := slices.IndexFunc(v.DNS.Forward, func(r topology.VPCForward) bool { return r.Zone == z.Name })
			switch {
			case rule >= 0:
				f.warn(at, say("DG3413", quote(z.Name), v.Name, v.DNS.Forward[rule].Site.Name)).Hint = say("DG3413.hint")
			case everyService(z.Name) && !wild:
				f.warn(at, say("DG3413.records", quote(z.Name), v.Name)).Hint = say("DG3413.hint.records")
			}
		}
	}
}
