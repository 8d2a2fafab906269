package awsdata

import (
	"fmt"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
)

// prefixRow is a row of table/prefixes.json.
type prefixRow struct {
	Prefix  string   `json:"prefix"`
	Service string   `json:"service,omitempty"` // the prefix itself if empty
	Kind    string   `json:"kind,omitempty"`    // api if empty
	First   bool     `json:"first,omitempty"`
	At      []string `json:"at"`

	Numbered bool `json:"numbered,omitempty"`
}

func (r prefixRow) prefix() awsname.Prefix {
	p := awsname.Prefix{Prefix: r.Prefix, Service: r.Service, Kind: kind(r.Kind), Places: r.At, First: r.First, Numbered: r.Numbered}
	if p.Service == "" {
		p.Service = r.Prefix
	}
	return p
}

// hostRow is a row of table/hosts.json.
type hostRow struct {
	Host      string `json:"host"`
	Service   string `json:"service"`
	Kind      string `json:"kind,omitempty"` // api if empty
	Partition string `json:"partition"`
	Region    string `json:"region,omitempty"`
	Variant   string `json:"variant,omitempty"` // default if empty
}

func (r hostRow) host() awsname.FixedHost {
	h := awsname.FixedHost{
		Host: r.Host, Service: r.Service, Kind: kind(r.Kind), Partition: r.Partition, Region: r.Region,
	}
	if r.Variant != "" {
		v, ok := awsname.VariantNamed(r.Variant)
		if !ok {
			panic(fmt.Sprintf("awsdata: host %q has unknown variant %q", r.Host, r.Variant))
		}
		h.Variant = v
	}
	return h
}

func kind(name string) awsname.Kind {
	if name == "" {
		return awsname.API
	}
	k, ok := awsname.KindNamed(name)
	if !ok {
		panic(fmt.Sprintf("awsdata: unknown kind %q", name))
	}
	return k
}

// bucketRow is a row of table/buckets.json. A name with {region} stands for
// one bucket in each region; {region_nodash} is the region without hyphens.
type bucketRow struct {
	Bucket    string `json:"bucket"`
	Publisher string `json:"publisher"` // the service that fills it
}

// expand returns the buckets that rows stand for. A bucket in a region that is
// not known is not expanded: until AWS opens the region, anyone could own it.
func expand(rows []bucketRow, regions []awsname.Region) []awsname.Bucket {
	var all []awsname.Bucket
	for _, row := range rows {
		if !strings.Contains(row.Bucket, "{") {
			partition := "aws"
			for _, r := range regions {
				if strings.Contains(row.Bucket, r.Name) {
					partition = r.Partition
				}
			}
			all = append(all, awsname.Bucket{Name: row.Bucket, Partition: partition, Publisher: row.Publisher})
			continue
		}
		for _, r := range regions {
			name := strings.ReplaceAll(row.Bucket, "{region}", r.Name)
			name = strings.ReplaceAll(name, "{region_nodash}", strings.ReplaceAll(r.Name, "-", ""))
			all = append(all, awsname.Bucket{Name: name, Partition: r.Partition, Publisher: row.Publisher})
		}
	}
	return all
}
