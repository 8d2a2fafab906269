package access

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// naive is the contract read aloud: every rule in turn, every matcher in turn,
// no index, no compiled form. It shares nothing with the engine but types.
func naive(cfg *config.Config, q *Request) Decision {
	client := naiveClient(cfg, q)
	if client == nil {
		return Decision{Code: reason.UnknownClient}
	}
	for i := range cfg.Rules {
		r := &cfg.Rules[i]
		if len(r.Clients) > 0 && !slices.Contains(r.Clients, client.Name) {
			continue
		}
		if !r.Until.IsZero() && !q.Now.Before(r.Until) {
			continue
		}
		if !naiveMatch(&r.Match, r.Deny, q) {
			continue
		}
		if r.Deny {
			return naiveDenied(client, Decision{Code: reason.RuleDenies, Client: client, Rule: r})
		}
		return Decision{Verdict: Allowed, Code: reason.RuleAllows, Client: client, Rule: r}
	}
	return naiveDenied(client, Decision{Code: reason.NoRule, Client: client})
}

func naiveDenied(c *config.Client, d Decision) Decision {
	if c.Mode == config.Observe {
		d.Verdict = WouldDeny
	}
	return d
}

func naiveClient(cfg *config.Config, q *Request) *config.Client {
	for i := range cfg.Clients {
		c := &cfg.Clients[i]
		inside := slices.ContainsFunc(c.From, func(p netip.Prefix) bool { return p.Contains(q.Client) })
		listed := slices.Contains(c.Endpoints, q.Endpoint)
		switch {
		case q.Endpoint == "" && len(c.Endpoints) == 0 && inside:
			return c
		case q.Endpoint != "" && listed && (len(c.From) == 0 || inside):
			return c
		}
	}
	return nil
}

// naiveFact is a value, or "?" for untold, or "-" for none.
func naiveFact(q *Request, value string) string {
	switch {
	case q.Host.IsAddr():
		return "?"
	case q.Name.Kind == awsname.NotAWS:
		return "-"
	case q.Name.Kind == awsname.Unknown || value == "":
		return "?"
	}
	return value
}

func naiveMatch(m *config.Match, deny bool, q *Request) bool {
	n := &q.Name
	bucket := naiveFact(q, n.Parts.Bucket)
	if bucket == "?" && !q.Host.IsAddr() && n.Kind != awsname.Unknown && !strings.HasPrefix(n.Service, "s3") {
		bucket = "-"
	}
	if deny && strings.HasSuffix(bucket, "-s3alias") {
		bucket = "?"
	}
	kind := kindNames[n.Kind]
	if q.Host.IsAddr() {
		kind = "not-aws"
	}
	if kind == "unknown" && !deny && len(m.Kinds) > 0 {
		return false
	}
	owner := []string{}
	if m.Owner != "" {
		owner = []string{m.Owner}
	}
	regions := naiveAsk(m.Regions, naiveFact(q, n.Region), deny)
	if m.Job != "" {
		regions = naiveJob(m, q, deny)
	}
	return regions &&
		naiveAsk(m.Kinds, kind, deny) &&
		naiveAsk(m.Services, naiveFact(q, n.Service), deny) &&
		naiveAsk(m.Partitions, naiveFact(q, n.Partition), deny) &&
		naiveAsk(m.Buckets, bucket, deny) &&
		naiveAsk(m.Accounts, naiveFact(q, n.Parts.Account), deny) &&
		naiveAsk(m.Variants, naiveFact(q, variantNames[n.Variant]), deny) &&
		naiveAsk(owner, naiveFact(q, ownerNames[n.Owner]), deny) &&
		naiveHosts(m, q) &&
		slices.ContainsFunc(naivePorts(m), func(p config.PortRange) bool { return p.First <= q.Port && q.Port <= p.Last }) &&
		(len(m.Schemes) == 0 || slices.Contains(m.Schemes, [...]string{"https", "http"}[q.Scheme]))
}

func naivePorts(m *config.Match) []config.PortRange {
	if m.Ports == nil {
		return port443
	}
	return m.Ports
}

func naiveAsk(patterns []string, fact string, deny bool) bool {
	switch {
	case len(patterns) == 0:
		return true
	case fact == "?":
		return deny
	case fact == "-":
		return false
	}
	return slices.ContainsFunc(patterns, func(p string) bool { return naiveGlob(p, fact, ".*") })
}

func naiveHosts(m *config.Match, q *Request) bool {
	if len(m.Hosts)+len(m.Networks) == 0 {
		return true
	}
	if q.Host.IsAddr() {
		inside, _ := netset.Embedded(q.Host.Addr)
		return slices.ContainsFunc(m.Networks, func(p netip.Prefix) bool { return p.Contains(q.Host.Addr.Unmap()) || p.Contains(inside) })
	}
	return slices.ContainsFunc(m.Hosts, func(p string) bool {
		if below, ok := strings.CutPrefix(p, "."); ok {
			return naiveGlob(below, q.Host.Name, "[^.]*") || naiveGlob("\x00."+below, q.Host.Name, "[^.]*")
		}
		return naiveGlob(p, q.Host.Name, "[^.]*")
	})
}

// naiveJob asks every template that the job requires.
func naiveJob(m *config.Match, q *Request, deny bool) bool {
	job, ok := awsdata.JobNamed(m.Job)
	if !ok || q.Host.IsAddr() {
		return false
	}
	return slices.ContainsFunc(job.Hosts, func(t awsdata.HostTemplate) bool {
		region, ok := t.Match(q.Host.Name)
		if region == "" {
			region = naiveFact(q, q.Name.Region)
		}
		return ok && (region == "?" || region == "-" || naiveAsk(m.Regions, region, deny))
	})
}

var naiveGlobs = map[string]*regexp.Regexp{}

// naiveGlob matches by a regular expression; \x00 stands for one label or more.
func naiveGlob(pattern, s, star string) bool {
	text := regexp.QuoteMeta(pattern)
	text = strings.ReplaceAll(text, `\*`, star)
	text = "^" + strings.ReplaceAll(text, "\x00", ".+") + "$"
	re, ok := naiveGlobs[text]
	if !ok {
		re = regexp.MustCompile(text)
		naiveGlobs[text] = re
	}
	return re.MatchString(s)
}
