// Package awsdata holds what is known of AWS at the time of the build: regions,
// endpoint prefixes, fixed hosts, buckets with packages, the hosts that a job
// needs, the services of VPC endpoints with their private names, and the public
// ranges of those with gateway endpoints; and what templates may say: the keys
// of CloudFormation's resource types, the arguments of Terraform's resources, and
// the instance types. Each table states its source and the day it was taken;
// tools/gen-awsdata and tools/gen-kit write them.
//
// It answers lookups and builds the Catalogue that package awsname reads. It
// never asks AWS.
package awsdata

import (
	"embed"
	"encoding/json"
	"slices"
	"sync"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
)

//go:embed table/*.json
var files embed.FS

// table is the form of every embedded file.
type table[R any] struct {
	Source string `json:"source"`
	Taken  string `json:"taken"` // 2006-01-02
	Rows   []R    `json:"rows"`
}

// read decodes one table. A table that cannot be read is a broken build.
func read[R any](name string) table[R] {
	b, err := files.ReadFile("table/" + name + ".json")
	if err != nil {
		panic("awsdata: " + err.Error())
	}
	var t table[R]
	if err := json.Unmarshal(b, &t); err != nil {
		panic("awsdata: table/" + name + ".json: " + err.Error())
	}
	return t
}

// The tables are read when they are first asked for.
var (
	regions  = sync.OnceValue(func() table[awsname.Region] { return read[awsname.Region]("regions") })
	prefixes = sync.OnceValue(func() table[prefixRow] { return read[prefixRow]("prefixes") })
	hosts    = sync.OnceValue(func() table[hostRow] { return read[hostRow]("hosts") })
	buckets  = sync.OnceValue(func() table[bucketRow] { return read[bucketRow]("buckets") })
)

// Names returns the catalogue of host names.
var Names = sync.OnceValue(func() *awsname.Catalogue {
	return catalogue(regions().Rows, prefixes().Rows, hosts().Rows, buckets().Rows)
})

func catalogue(regions []awsname.Region, prefixes []prefixRow, hosts []hostRow, buckets []bucketRow) *awsname.Catalogue {
	t := awsname.Tables{Regions: regions, Buckets: expand(buckets, regions)}
	for _, row := range prefixes {
		t.Prefixes = append(t.Prefixes, row.prefix())
	}
	for _, row := range hosts {
		t.Hosts = append(t.Hosts, row.host())
	}
	return awsname.New(t)
}

// Regions returns the known regions, sorted. Callers must not change them.
func Regions() []awsname.Region { return regions().Rows }

// RegionShape reports whether region is one, known or not: whether it has the
// form of a partition's regions.
func RegionShape(region string) bool { _, ok := awsname.PartitionOf(region); return ok }

// PartitionOf returns the partition of region, known or not; "" for none.
func PartitionOf(region string) string { p, _ := awsname.PartitionOf(region); return p }

// Services returns the names of all services, sorted: those of endpoints, and
// those that only the grammar of names knows. Callers must not change them.
var Services = sync.OnceValue(func() []string {
	all := awsname.GrammarServices()
	for _, row := range prefixes().Rows {
		all = append(all, row.prefix().Service)
	}
	for _, row := range hosts().Rows {
		all = append(all, row.Service)
	}
	slices.Sort(all)
	return slices.Compact(all)
})

// HasService reports whether some name is of service.
func HasService(service string) bool {
	_, ok := slices.BinarySearch(Services(), service)
	return ok
}
