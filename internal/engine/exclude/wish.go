package exclude

import (
	"net/netip"
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// wish says what the value must do, and with which entries it may.
func (f *finder) wish() {
	f.because, f.about = map[string]reason.Because{}, map[string][]string{}
	for _, host := range []string{"localhost", "127.0.0.1", "::1"} {
		f.direct(noproxy.Target{Scheme: "http", Host: host}, reason.New("exclude.loopback"))
	}
	f.metadata()
	for _, d := range f.destinations {
		f.judge(d)
	}
	f.spell()
}

// direct asks for t to be kept from the proxy.
func (f *finder) direct(t noproxy.Target, because reason.Because) {
	f.need.Direct = append(f.need.Direct, t)
	if _, ok := f.because[t.Host]; !ok {
		f.because[t.Host] = because
	}
}

// metadata asks for the addresses that the client's credentials come from.
func (f *finder) metadata() {
	v, c := f.vpc(), f.client.Credentials.V
	type call struct {
		host   string
		code   reason.Code
		needed bool
	}
	for _, m := range []call{
		{"169.254.169.254", "exclude.instance", v != nil},
		{"169.254.169.254", "exclude.no-instance", v == nil},
		{"fd00:ec2::254", "exclude.instance", v != nil && v.CIDR6.Is() || c == topology.IMDSIPv6Credentials},
		{"169.254.170.2", "exclude.container", c == topology.ECSCredentials},
		{"169.254.170.23", "exclude.container", c == topology.EKSCredentials || c == topology.EKSIPv6Credentials},
		{"fd00:ec2::23", "exclude.container", c == topology.EKSIPv6Credentials},
	} {
		if m.needed {
			f.direct(noproxy.Target{Scheme: "http", Host: m.host}, reason.New(m.code))
		}
	}
}

// vpc is where the client is, nil if it is at a site.
func (f *finder) vpc() *topology.VPC {
	at := f.client.At
	if at.Proxy != nil {
		at = at.Proxy.At
	}
	if at.Subnet == nil {
		return nil
	}
	return at.Subnet.VPC
}

// judge decides on one destination: it goes direct if the client reaches it
// only by itself, and by the proxy if only that reaches it. Where both do, it
// goes direct if that is over an endpoint; over the internet neither matters. A
// request that S3 sends elsewhere is two, of which the proof sees both.
func (f *finder) judge(d destination) {
	direct, proxied := reached(d.direct), reached(d.proxied)
	switch {
	case direct && d.direct.Endpoint != nil:
		if !proxied || !f.mustProxy(d.target().Host) {
			f.direct(d.target(), reason.New("exclude.endpoint", d.direct.Endpoint.Path()))
		}
	case direct && !proxied && f.client.Proxy.Is():
		f.direct(d.target(), reason.New("exclude.only").With(d.proxied.Because))
	case proxied && !direct && d.direct.Redirect == "":
		f.need.Proxied = append(f.need.Proxied, d.target())
	}
}

// mustProxy reports whether something on host is reached by the proxy only: a
// list cannot tell buckets in the path of a URL apart.
func (f *finder) mustProxy(host string) bool {
	return slices.ContainsFunc(f.destinations, func(d destination) bool {
		return d.target().Host == host && reached(d.proxied) && !reached(d.direct) && d.direct.Redirect == ""
	})
}

// spell collects the entries that may do it: addresses as asked for, names as
// endpoints have them, and then each host by itself.
func (f *finder) spell() {
	var hosts []string
	for _, t := range f.need.Direct {
		if slices.Contains(hosts, t.Host) {
			continue
		}
		hosts = append(hosts, t.Host)
		if a, err := netip.ParseAddr(t.Host); err == nil && a.Is6() {
			f.offer(t.Host, a.String(), "["+a.String()+"]")
		} else if err == nil || t.Host == "localhost" {
			f.offer(t.Host, t.Host)
		}
	}
	for _, n := range f.names() {
		for _, host := range hosts {
			if n.holds(host) {
				f.offer(host, n.spellings()...)
			}
		}
	}
	slices.Sort(hosts)
	for _, host := range hosts {
		if slices.ContainsFunc(f.destinations, func(d destination) bool { return !d.example && d.target().Host == host }) {
			f.offer(host, host)
		}
	}
}

// offer adds entries that may keep host from the proxy.
func (f *finder) offer(host string, texts ...string) {
	for _, text := range texts {
		if _, ok := f.about[text]; !ok {
			f.spellings = append(f.spellings, text)
		}
		f.about[text] = append(f.about[text], host)
	}
}
