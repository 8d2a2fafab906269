package awsname

import "github.com/deguchi-project/deguchi/internal/base/netset"

// Parse reads s as a host and classifies it. Unlike ParseHost it refuses
// underscores below AWS's suffixes where no bucket has them. Errors are a
// *netset.HostError.
func (c *Catalogue) Parse(s string) (netset.Host, Name, error) {
	h, err := netset.ParseHost(s)
	if err != nil {
		return netset.Host{}, Name{}, err
	}
	n := c.Classify(h)
	if n.Kind != NotAWS && underscored(&n) {
		return netset.Host{}, Name{}, &netset.HostError{Text: s, Fault: netset.Underscore}
	}
	return h, n, nil
}
