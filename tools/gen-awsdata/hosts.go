package main

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/netset"
)

// hostRow is a row of table hosts.
type hostRow struct {
	Host      string `json:"host"`
	Service   string `json:"service"`
	Kind      string `json:"kind,omitempty"`
	Partition string `json:"partition"`
	Region    string `json:"region,omitempty"`
	Variant   string `json:"variant,omitempty"`
}

// downloads are whole names of packages, from AWS's user guides (AWS CLI, EFA,
// Amazon Linux, SDKs); the others are endpoints.
var downloads = []string{
	"amazonlinux.default.amazonaws.com", "awscli.amazonaws.com", "efa-installer.amazonaws.com",
	"repo.default.amazonaws.com", "packages.default.amazonaws.com", "sdk.amazonaws.com",
}

// hostsOf returns the hosts that the grammar with the prefixes gets wrong, or
// does not know, and the fixed names of extra.
func hostsOf(endpoints map[string]*endpoint, extra extraFile, regions []awsname.Region, prefixes []prefixRow) []hostRow {
	grammar := grammarOf(regions, prefixes)
	var all []hostRow
	for _, host := range slices.Sorted(maps.Keys(endpoints)) {
		e := endpoints[host]
		if _, _, ok := awsname.Place(host); !ok {
			continue // consoles
		}
		n := grammar.Classify(netset.Host{Name: host})
		if agrees(n, e) {
			continue
		}
		all = append(all, e.row(n))
	}
	for _, host := range extra.Fixed {
		n := grammar.Classify(netset.Host{Name: host})
		if n.Kind == awsname.Unknown && !slices.Contains(downloads, host) {
			rest, _, _ := awsname.Place(host)
			service, _, _ := strings.Cut(rest, ".")
			all = append(all, hostRow{Host: host, Service: service, Partition: n.Partition, Region: n.Region, Variant: variant(n.Variant)})
		}
	}
	for _, host := range downloads {
		all = append(all, hostRow{Host: host, Service: "aws-downloads", Kind: "package-repo", Partition: "aws"})
	}
	slices.SortFunc(all, func(a, b hostRow) int { return cmp.Compare(a.Host, b.Host) })
	return all
}

func grammarOf(regions []awsname.Region, prefixes []prefixRow) *awsname.Catalogue {
	t := awsname.Tables{Regions: regions}
	for _, p := range prefixes {
		kind := awsname.API
		if p.Kind != "" {
			kind, _ = awsname.KindNamed(p.Kind)
		}
		t.Prefixes = append(t.Prefixes, awsname.Prefix{
			Prefix: p.Prefix, Service: cmp.Or(p.Service, p.Prefix), Kind: kind, Places: p.At, First: p.First, Numbered: p.Numbered})
	}
	return awsname.New(t)
}

// agrees reports whether the grammar's answer is what the data say. The
// grammar's name for the services of S3 stands: the data name the SDK's client.
func agrees(n awsname.Name, e *endpoint) bool {
	if n.Kind != awsname.API || !e.partitions[n.Partition] {
		return false
	}
	return e.variants[n.Variant.String()] && (e.services[n.Service] > 0 || strings.HasPrefix(n.Service, "s3"))
}

// row makes e a row of its own. n is what the grammar made of it.
func (e *endpoint) row(n awsname.Name) hostRow {
	row := hostRow{Host: e.host, Service: mostNamed(e.services, "")}
	row.Partition = slices.Sorted(maps.Keys(e.partitions))[0]
	row.Region = regionIn(e.host)
	if !e.variants["default"] {
		row.Variant = n.Variant.String()
		if !e.variants[row.Variant] {
			row.Variant = slices.Sorted(maps.Keys(e.variants))[0]
		}
	}
	return row
}

func variant(v awsname.Variant) string {
	if v == awsname.Default {
		return ""
	}
	return v.String()
}

// regionIn finds a region inside a label: "us-east-1" in "fips-us-east-1".
func regionIn(host string) string {
	for label := range strings.SplitSeq(host, ".") {
		words := strings.Split(label, "-")
		for i := range words {
			for _, n := range []int{4, 3} { // the longer first: us-gov-west-1
				if i+n > len(words) {
					continue
				}
				region := strings.Join(words[i:i+n], "-")
				if _, ok := awsname.PartitionOf(region); ok {
					return region
				}
			}
		}
	}
	return ""
}
