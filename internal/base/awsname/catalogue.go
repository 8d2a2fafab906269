package awsname

import (
	"fmt"
	"strings"
)

// Tables is what a Catalogue is made of. Package awsdata holds the real ones.
type Tables struct {
	Regions  []Region
	Prefixes []Prefix
	Hosts    []FixedHost
	Buckets  []Bucket
}

// Region is a region that is known to exist.
type Region struct {
	Name      string `json:"name"`
	Partition string `json:"partition"`
}

// Prefix is what stands before the region in the name of an endpoint.
type Prefix struct {
	Prefix  string   // "api.ecr-fips"
	Service string   // "api.ecr"
	Kind    Kind     // API or PackageRepo
	Places  []string // partitions, "*" for all: under amazonaws.com or its like; with "/dual" under api.aws, with "/on.aws" under that
	First   bool     // the region stands before it: ap-northeast-1.queue.amazonaws.com

	// Numbered says that a hyphen and a number may follow: ecs-a, ecs-a-1, ….
	Numbered bool
}

// FixedHost is a whole name that is known.
type FixedHost struct {
	Host      string
	Service   string
	Kind      Kind
	Partition string
	Region    string
	Variant   Variant
}

// Bucket is a bucket that AWS publishes packages in.
type Bucket struct {
	Name      string
	Partition string // bucket names are unique within a partition only
	Publisher string // the service that fills it
}

// Catalogue is what the grammar knows of the world: which services, regions,
// fixed hosts and buckets there are. It is safe for concurrent use.
type Catalogue struct {
	regions  map[string]string   // name → partition
	short    map[string]string   // "use1" → "us-east-1"
	prefixes map[string][]prefix // of one name, each in other places
	first    map[string][]prefix // with the region in front
	hosts    map[string]FixedHost
	buckets  map[string]Bucket
}

type prefix struct {
	service  string
	kind     Kind
	places   places
	numbered bool
}

// places is a set of pairs of partition and class, one bit each.
type places uint32

func place(partition string, c class) places {
	for i := range shapes {
		if shapes[i].partition == partition {
			return 1 << (3*i + int(c))
		}
	}
	return 0
}

// find returns the first of rows that is in one of the places at.
func find(rows []prefix, at places) (prefix, bool) {
	for _, p := range rows {
		if p.places&at != 0 {
			return p, true
		}
	}
	return prefix{}, false
}

// New builds a catalogue. It panics on tables that contradict themselves:
// they are part of the build.
func New(t Tables) *Catalogue {
	c := &Catalogue{
		regions:  make(map[string]string, len(t.Regions)),
		short:    make(map[string]string, len(t.Regions)),
		prefixes: make(map[string][]prefix, len(t.Prefixes)),
		first:    make(map[string][]prefix),
		hosts:    make(map[string]FixedHost, len(t.Hosts)),
		buckets:  make(map[string]Bucket, len(t.Buckets)),
	}
	for _, r := range t.Regions {
		if p, ok := PartitionOf(r.Name); !ok || p != r.Partition {
			panic(fmt.Sprintf("awsname: region %q is not of partition %q", r.Name, r.Partition))
		}
		c.regions[r.Name] = r.Partition
		c.short[shortRegion(r.Name)] = r.Name
	}
	for _, p := range t.Prefixes {
		m := c.prefixes
		if p.First {
			m = c.first
		}
		at := placesOf(p)
		if _, ok := find(m[p.Prefix], at); ok {
			panic(fmt.Sprintf("awsname: prefix %q is given twice for one place", p.Prefix))
		}
		m[p.Prefix] = append(m[p.Prefix], prefix{p.Service, p.Kind, at, p.Numbered})
	}
	for _, h := range t.Hosts {
		c.hosts[h.Host] = h
	}
	for _, b := range t.Buckets {
		c.buckets[b.Name] = b
	}
	return c
}

// placesOf reads the places of p: "aws-cn", "aws-cn/dual", "aws/on.aws".
func placesOf(p Prefix) places {
	var set places
	for _, text := range p.Places {
		partition, under, _ := strings.Cut(text, "/")
		c, ok := classNamed(under)
		bit := place(partition, c)
		if partition == "*" {
			for i := range shapes {
				bit |= place(shapes[i].partition, c)
			}
		}
		if !ok || bit == 0 {
			panic(fmt.Sprintf("awsname: prefix %q stands in unknown place %q", p.Prefix, text))
		}
		set |= bit
	}
	return set
}

func classNamed(under string) (class, bool) {
	switch under {
	case "":
		return plain, true
	case "dual":
		return dual, true
	case "on.aws":
		return onAWS, true
	}
	return 0, false
}

// Known reports whether region is in the catalogue.
func (c *Catalogue) Known(region string) bool { _, ok := c.regions[region]; return ok }
