package check

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// ignoredEntry finds entries of NO_PROXY that the client's program does not
// read as they are meant, where no other entry does it for them: a CIDR or
// *.example.com for the AWS CLI, the wrong one of two spellings of IPv6.
//
// Symptom noproxy-ignored. Measured with 62 programs: package noproxy.
func ignoredEntry(f *finder) {
	for _, c := range f.t.Clients {
		a, ok := programOf(c)
		if !ok || !a.proxies(anyService) {
			continue
		}
		credentials := credentialAddr(c.Credentials.V)
		for i, e := range c.NoProxy.V {
			urls := meant(e)
			if len(urls) == 0 || credentials.IsValid() && holds(e, credentials) { // see metadataByProxy
				continue
			}
			if slices.ContainsFunc(urls, func(u string) bool { return !a.proxies(u, a.list...) }) {
				continue
			}
			hint := a.instead(e, urls)
			if _, err := netip.ParseAddr(strings.Trim(e, "[]")); err == nil && hint.IsZero() {
				continue // there for other programs: this one excludes no such address
			}
			f.warn(ofClient(c).to("no_proxy").item(i), say("DG3102", c.Name, quote(e), c.Program.V)).Hint = hint
		}
	}
}

// instead is the hint that names a spelling of entry that the program reads.
func (a asks) instead(entry string, urls []string) reason.Because {
	for _, s := range spellings(entry) {
		if a.excludes(s, urls) {
			return say("DG3102.hint", quote(s))
		}
	}
	if strings.Contains(entry, "/") {
		return say("DG3102.hint.cidr")
	}
	return reason.Because{}
}

// spellings returns other ways to write what entry means.
func spellings(entry string) []string {
	bare := strings.Trim(entry, "[]")
	name := strings.TrimSuffix(strings.TrimLeft(entry, "*."), ".")
	host, _, _ := strings.Cut(name, ":")
	return []string{bare, "[" + bare + "]", name, "." + name, host}
}

// metadata are addresses that a CIDR among exceptions is most often meant for.
var metadata = []netip.Addr{
	netip.MustParseAddr("169.254.169.254"), netip.MustParseAddr("169.254.170.2"), netip.MustParseAddr("fd00:ec2::254"),
}

// meant returns URLs that the author of entry will have wanted to go direct.
func meant(entry string) []string {
	bare := strings.Trim(entry, "[]")
	if a, err := netip.ParseAddr(bare); err == nil {
		return []string{urlOf(a)}
	}
	if p, err := netip.ParsePrefix(bare); err == nil {
		for _, m := range metadata {
			if p.Contains(m) {
				return []string{urlOf(m)}
			}
		}
		return []string{urlOf(p.Masked().Addr().Next())}
	}
	if entry == "*" {
		return []string{anyService}
	}
	name := strings.TrimLeft(entry, "*.")
	if host, err := netset.ParseHost(name); err != nil || host.IsAddr() {
		if host, port, ok := strings.Cut(name, ":"); ok && host != "" {
			return []string{"https://" + host + ":" + port + "/", "http://" + host + ":" + port + "/"}
		}
		return nil
	}
	urls := []string{"https://a." + name + "/"}
	if !strings.HasPrefix(entry, "*") {
		urls = append(urls, "https://"+name+"/")
	}
	return urls
}

// holds reports whether entry is about addr, whoever may read it.
func holds(entry string, addr netip.Addr) bool {
	bare := strings.Trim(entry, "[]")
	if a, err := netip.ParseAddr(bare); err == nil {
		return a == addr
	}
	p, err := netip.ParsePrefix(bare)
	return err == nil && p.Contains(addr)
}
