package check

import (
	"net/netip"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// metadataByProxy finds clients whose call for credentials goes to the proxy,
// which cannot answer it, or answers with the keys of its own instance.
//
// Symptoms creds-imds-via-proxy and go-nocred: "Unable to locate credentials".
// Measured with botocore 1.43.11 and Go 1.26 against a proxy on loopback; AWS
// CLI user guide, "Using an HTTP proxy"; aws/amazon-ecs-agent#605.
func metadataByProxy(f *finder) {
	for _, c := range f.t.Clients {
		a, ok := programOf(c)
		addr := credentialAddr(c.Credentials.V)
		if !ok || !addr.IsValid() || !a.proxies(urlOf(addr), a.list...) {
			continue
		}
		p := f.fail(f.exclusion(c, addr), say("DG3101", c.Name, addr.String(), c.Proxy.V.Text))
		for _, spelling := range []string{addr.String(), "[" + addr.String() + "]"} {
			if a.excludes(spelling, []string{urlOf(addr)}) {
				p.Hint = say("DG3101.hint", quote(spelling), c.Program.V)
				break
			}
		}
	}
}

// credentialAddr returns where credentials of that sort are asked for; static
// ones nowhere.
func credentialAddr(c topology.Credentials) netip.Addr {
	switch c {
	case topology.IMDSCredentials:
		return netip.MustParseAddr("169.254.169.254")
	case topology.IMDSIPv6Credentials:
		return netip.MustParseAddr("fd00:ec2::254")
	case topology.ECSCredentials:
		return netip.MustParseAddr("169.254.170.2")
	case topology.EKSCredentials:
		return netip.MustParseAddr("169.254.170.23")
	case topology.EKSIPv6Credentials:
		return netip.MustParseAddr("fd00:ec2::23")
	case topology.StaticCredentials:
	}
	return netip.Addr{}
}

// urlOf returns the URL of what listens at a.
func urlOf(a netip.Addr) string {
	if a.Is6() {
		return "http://[" + a.String() + "]/"
	}
	return "http://" + a.String() + "/"
}

// exclusion returns the entry of c's list that was meant for addr, or where
// the entry is missing.
func (f *finder) exclusion(c *topology.Client, addr netip.Addr) path {
	for i, e := range c.NoProxy.V {
		if holds(e, addr) {
			return ofClient(c).to("no_proxy").item(i)
		}
	}
	if c.NoProxy.Is() {
		return ofClient(c).to("no_proxy")
	}
	return ofClient(c).to("proxy")
}
