package awsdata

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// PrivateLinkService is a service that VPC endpoints lead to.
type PrivateLinkService struct {
	Service string   // as in com.amazonaws.{region}.SERVICE: "ecr.api"
	Types   []string // "gateway", "interface"

	// PrivateNames are the names that an interface endpoint's private DNS
	// answers, with {region}. Empty where it answers none, and where nobody
	// says which.
	PrivateNames []string
	Documented   bool // PrivateNames stands in documentation; if not, it is derived

	PolicySupported string // "yes", "no", "no-in-2023" (may have changed), "unknown"
	CrossRegion     bool   // an endpoint may lead to another Region
}

// privateLinkRow is a row of table/privatelink.json.
type privateLinkRow struct {
	Service     string   `json:"service"`
	Types       []string `json:"types"`
	Names       []string `json:"names"`
	Documented  bool     `json:"documented"`
	Policy      string   `json:"policy"`
	CrossRegion bool     `json:"cross_region"`
}

var privateLinkTable = sync.OnceValue(func() table[privateLinkRow] { return read[privateLinkRow]("privatelink") })

// PrivateLinkServices returns every service, sorted by name. Callers must not
// change them.
var PrivateLinkServices = sync.OnceValue(func() []PrivateLinkService {
	rows := privateLinkTable().Rows
	all := make([]PrivateLinkService, len(rows))
	for i, r := range rows {
		all[i] = PrivateLinkService{
			Service: r.Service, Types: r.Types, PrivateNames: r.Names,
			Documented: r.Documented, PolicySupported: r.Policy, CrossRegion: r.CrossRegion,
		}
	}
	return all
})

// PrivateLink returns the service of that name.
func PrivateLink(service string) (PrivateLinkService, bool) {
	all := PrivateLinkServices()
	i, ok := slices.BinarySearchFunc(all, service, func(s PrivateLinkService, name string) int {
		return strings.Compare(s.Service, name)
	})
	if !ok {
		return PrivateLinkService{}, false
	}
	return all[i], true
}

// PrivateNames returns the names that private DNS answers for an interface
// endpoint of service, "*." for every name below; none for a service without
// private DNS. Where no documentation tells, it is SERVICE.REGION under the
// partition's suffix, if there is such a host; else the derived ones. An empty
// partition is the region's.
func PrivateNames(service, region, partition string) []string {
	partition = cmp.Or(partition, PartitionOf(region))
	plain := filled([]string{service + ".{region}.amazonaws.com"}, region, partition)
	s, ok := PrivateLink(service)
	if !ok || !s.Documented && (len(s.PrivateNames) == 0 || isEndpoint(plain[0])) {
		return plain
	}
	return filled(s.PrivateNames, region, partition)
}

// isEndpoint reports whether host is the name of a service.
func isEndpoint(host string) bool {
	_, name, err := Names().Parse(host)
	return err == nil && name.Service != ""
}

func filled(templates []string, region, partition string) []string {
	names := make([]string, len(templates))
	for i, text := range templates {
		names[i] = parseTemplate(text, nil).Expand(region, partition)
	}
	return names
}
