package check

import (
	"strings"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// retiredService finds ec2messages in lists and among endpoints: agents from
// 3.3.40.0 on do without, and it is reported retired since 2026-09-30.
//
// Story E; ministryofjustice/modernisation-platform#13918, which relays the
// notice of AWS; aws/amazon-ssm-agent, release notes of 3.3.40.0. No page of AWS
// with the date was found (2026-11-22), so this is a note.
func retiredService(f *finder) {
	for _, p := range f.t.Proxies {
		if p.Config.Is() { // decides instead
			continue
		}
		for i, d := range p.AllowDomains.V {
			if strings.HasPrefix(strings.TrimPrefix(d, "."), "ec2messages.") {
				f.note(ofProxy(p).to("allow_domains").item(i), say("DG3204", quote(d))).Hint = say("DG3204.hint")
			}
		}
	}
	for _, v := range f.t.VPCs {
		for _, e := range v.Endpoints {
			if e.Kind == topology.InterfaceEndpoint && e.AWSService == "ec2messages" {
				f.note(ofEndpoint(e).to("interface"), say("DG3204.endpoint", e.Path())).Hint = say("DG3204.hint.endpoint")
			}
		}
	}
}
