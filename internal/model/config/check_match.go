package config

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// impossible reports matchers of m that no request can satisfy together, once
// for each m. deny also holds where a request does not tell a fact.
func (c *checker) impossible(m *match, deny bool) bool {
	conflict := func(t text, summary reason.Because) bool {
		c.add(t.Node(), "DG1302", summary)
		return true
	}
	aws := m.factOfAWS()
	switch kinds := values(m.kinds); {
	case len(m.regions) > 0 && len(m.partitions) > 0 && !anyRegionIn(m.regions, m.partitions):
		return conflict(m.regions[0], hint("DG1302.partition", yamldoc.Quote(m.regions[0].V), joinValues(m.partitions)))
	case len(m.buckets) > 0 && len(m.services) > 0 && !slices.ContainsFunc(m.services, hasBuckets):
		return conflict(m.buckets[0], hint("DG1302.buckets", joinValues(m.services)))
	case len(m.buckets) > 0 && !deny && len(kinds) > 0 && !anyOf(kinds, "resource", "package-repo", "customer-content", "vpce"):
		return conflict(m.buckets[0], hint("DG1302.kinds", "buckets", joinValues(m.kinds)))
	case aws.V != "" && !deny && len(kinds) > 0 && !anyOf(kinds, "api", "resource", "customer-content", "vpce", "console", "package-repo"):
		return conflict(aws, hint("DG1302.kinds", aws.V, joinValues(m.kinds)))
	case aws.V != "" && deny && len(kinds) == 1 && kinds[0] == "not-aws":
		return conflict(aws, hint("DG1302.kinds", aws.V, joinValues(m.kinds)))
	case aws.V != "" && !deny && len(m.hosts) > 0 && !slices.ContainsFunc(m.hosts, func(h host) bool { return !h.net.IsValid() }):
		return conflict(aws, hint("DG1302.literals", aws.V))
	}
	return c.hostsExcluded(m, deny)
}

// hostsExcluded reports the hosts that m names in full and whose own facts are
// not those that m asks for.
func (c *checker) hostsExcluded(m *match, deny bool) (any bool) {
	for _, h := range m.hosts {
		if h.net.IsValid() || strings.HasPrefix(h.name.V, ".") || strings.Contains(h.name.V, "*") {
			continue
		}
		n := awsdata.Names().Classify(netset.Host{Name: h.name.V})
		for _, fact := range []struct {
			key, is string
			want    []text
		}{
			{"kinds", n.Kind.String(), m.kinds}, {"partitions", n.Partition, m.partitions},
			{"services", n.Service, m.services}, {"regions", n.Region, m.regions},
		} {
			untold := fact.is == "" && deny && n.Kind != awsname.NotAWS
			if len(fact.want) == 0 || untold || anyOf(values(fact.want), fact.is) {
				continue
			}
			c.add(h.name.Node(), "DG1302", hint("DG1302.host", yamldoc.Quote(h.name.V), fact.key, joinValues(fact.want)))
			any = true
			break
		}
	}
	return any
}

// factOfAWS returns the first matcher of m that only names of AWS satisfy: its
// key, at the place of its first value.
func (m *match) factOfAWS() text {
	for _, l := range m.lists() {
		if len(l.values) > 0 && l.key != "kinds" && l.key != "schemes" {
			return text{V: l.key, Pos: l.values[0].Pos, Len: l.values[0].Len}
		}
	}
	return text{}
}

func values(list []text) []string { return plain(list) }

// anyOf reports whether one of words is of the form of one of patterns.
func anyOf(patterns []string, words ...string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return netset.Glob(p, w) })
	})
}

// hasBuckets reports whether a service, or one of those that a pattern stands
// for, keeps things in buckets: s3, s3express, s3-outposts, s3tables.
func hasBuckets(service text) bool {
	head, _, star := strings.Cut(service.V, "*")
	return strings.HasPrefix(head, "s3") || star && strings.HasPrefix("s3", head)
}

// anyRegionIn reports whether one of regions can be in one of partitions.
func anyRegionIn(regions, partitions []text) bool {
	wanted := values(partitions)
	return slices.ContainsFunc(regions, func(r text) bool {
		if !strings.Contains(r.V, "*") {
			return anyOf(wanted, awsdata.PartitionOf(r.V))
		}
		return slices.ContainsFunc(regionsLike(r.V), func(region string) bool {
			return anyOf(wanted, awsdata.PartitionOf(region))
		})
	})
}

// narrow warns of what a deny lets slip: a * in a host name stays within one
// label.
func (c *checker) narrow(m *match) {
	for _, h := range m.hosts {
		if below, ok := strings.CutPrefix(h.name.V, "*."); ok {
			c.warn(h.name.Node(), "DG1312", hint("DG1312", yamldoc.Quote(h.name.V), "a.b."+below)).Hint = hint("DG1312.hint", yamldoc.Quote("."+below))
		}
	}
}

// wide warns of what an allow lets strangers have.
func (c *checker) wide(m *match) {
	if len(m.ports) == 0 && len(m.schemes) > 0 && !anyOf(values(m.schemes), "https") {
		c.warn(m.schemes[0].Node(), "DG1310", hint("DG1310")).Hint = hint("DG1310.hint")
	}
	for _, h := range m.hosts {
		if suffix, ok := strangersBelow(h.name.V); ok && m.factOfAWS().V == "" && len(m.kinds) == 0 {
			c.warn(h.name.Node(), "DG1307", hint("DG1307", yamldoc.Quote(h.name.V), suffix)).Hint = hint("DG1307.hint")
		}
	}
	if len(m.accounts) > 0 {
		return
	}
	for _, b := range m.buckets {
		if strings.Contains(b.V, "*") {
			c.warn(b.Node(), "DG1305", hint("DG1305", yamldoc.Quote(b.V))).Hint = hint("DG1305.hint")
		}
	}
	c.everyBucket(m)
	c.openJob(m)
}

// openJob warns of a job of whose hosts a part is anybody's: `sam` needs every
// bucket of a region.
func (c *checker) openJob(m *match) {
	job, ok := awsdata.JobNamed(m.job.V)
	if !ok || len(m.buckets) > 0 {
		return
	}
	for _, t := range job.Hosts {
		if t.Open() {
			c.warn(m.job.Node(), "DG1311", hint("DG1311", yamldoc.Quote(job.Name), t.String())).Hint = hint("DG1311.hint")
			return
		}
	}
}

// everyBucket warns of an allow that S3 is in and that names no buckets. It is
// only noted for one that takes AWS as a whole by kinds: that says what it is.
func (c *checker) everyBucket(m *match) {
	if len(m.buckets) > 0 || len(m.hosts) > 0 || m.job.V != "" {
		return
	}
	if len(m.kinds) > 0 && !anyOf(values(m.kinds), "api", "resource") {
		return
	}
	at := m.at
	if len(m.services) > 0 {
		i := slices.IndexFunc(m.services, hasBuckets)
		if i < 0 {
			return
		}
		at = m.services[i].Node()
	}
	p := c.warn(at, "DG1306", hint("DG1306"))
	p.Hint = hint("DG1306.hint")
	if len(m.kinds) > 0 && len(m.services)+len(m.regions)+len(m.partitions)+len(m.variants) == 0 {
		p.Severity = diag.Note
	}
}

// awsSuffixes are the ends of AWS names below which strangers own names.
// Source: the partition data of botocore 1.43.11 and the host name forms that
// AWS documents; taken 2026-11-22.
var awsSuffixes = []string{
	"amazonaws.com", "api.aws", "on.aws", "amazonaws.com.cn", "api.amazonwebservices.com.cn",
	"amazonaws.eu", "api.amazonwebservices.eu", "cloudfront.net", "awsapprunner.com",
	"elasticbeanstalk.com", "amplifyapp.com", "amazoncognito.com",
}

// strangersBelow reports whether the pattern host holds for everything below
// an AWS suffix, and which.
func strangersBelow(host string) (string, bool) {
	below, ok := strings.CutPrefix(host, ".")
	if !ok {
		return "", false
	}
	for _, s := range awsSuffixes {
		if s == below || strings.HasSuffix(s, "."+below) {
			return s, true
		}
		if region, ok := strings.CutSuffix(below, "."+s); ok && (awsdata.RegionShape(region) || strings.HasPrefix(region, "s3.")) {
			return s, true
		}
	}
	return "", false
}

// joinValues lists values for a summary.
func joinValues(list []text) string { return strings.Join(values(list), ", ") }
