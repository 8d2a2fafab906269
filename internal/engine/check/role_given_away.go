package check

import "github.com/deguchi-project/deguchi/internal/model/topology"

// roleGivenAway finds proxies that fetch 169.254.169.254 for whoever asks, and
// so hand out the keys of their own instance's role: those that let addresses
// through, on an instance whose metadata service answers them.
//
// Measured with botocore 1.43.11 and Squid: a token-optional service answers
// the GET, and a token-required one too where the proxy adds no
// X-Forwarded-For (AWS Security Blog, 2019-11-19). The squid.conf of story D
// permits it.
func roleGivenAway(f *finder) {
	for _, p := range f.t.Proxies {
		if p.At.Subnet == nil || p.Config.Is() || p.DenyLinkLocal.V || p.AllowDomains.State != topology.NotWritten || wholly(p) {
			continue
		}
		at := ofProxy(p).to("imds")
		switch {
		case p.IMDS.V == topology.IMDSv1:
		case p.IMDS.V == topology.IMDSv2 && !p.XForwardedFor.V:
			at = ofProxy(p).to("x_forwarded_for")
		default:
			continue
		}
		f.warn(at, say("DG3205", p.Name)).Hint = say("DG3205.hint")
	}
}
