package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
)

// endpoint is what is known of one host.
type endpoint struct {
	host       string
	partitions set
	services   map[string]int // how many rows name it
	variants   set
}

type set map[string]bool

// readEndpoints reads hosts.ndjson.gz and gathers its rows by host.
func readEndpoints(data fs.FS) (map[string]*endpoint, error) {
	f, err := data.Open("hosts.ndjson.gz")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("hosts.ndjson.gz: %w", err)
	}
	endpoints := make(map[string]*endpoint)
	lines := bufio.NewScanner(z)
	for lines.Scan() {
		var row struct{ Host, Partition, Service, Variant string }
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			return nil, fmt.Errorf("hosts.ndjson.gz: %w", err)
		}
		if strings.ContainsAny(row.Host, "{}") {
			continue // a form with an id in it: the grammar's business
		}
		e := endpoints[row.Host]
		if e == nil {
			e = &endpoint{row.Host, set{}, map[string]int{}, set{}}
			endpoints[row.Host] = e
		}
		e.partitions[row.Partition] = true
		e.services[row.Service]++
		e.variants[row.Variant] = true
	}
	return endpoints, lines.Err()
}

// regionsOf returns every region that stands as a label in a host of its own
// partition.
func regionsOf(endpoints map[string]*endpoint) []awsname.Region {
	found := map[string]string{}
	for host, e := range endpoints {
		for label := range strings.SplitSeq(host, ".") {
			if p, ok := awsname.PartitionOf(label); ok && e.partitions[p] {
				found[label] = p
			}
		}
	}
	regions := make([]awsname.Region, 0, len(found))
	for _, name := range slices.Sorted(maps.Keys(found)) {
		regions = append(regions, awsname.Region{Name: name, Partition: found[name]})
	}
	return regions
}

// split divides host into what stands before its region, the partition, and
// the place of the suffix. first says that the region stands in front instead.
func split(host string) (prefix, at string, first, ok bool) {
	rest, under, ok := awsname.Place(host)
	if !ok {
		return "", "", false, false
	}
	i := strings.LastIndexByte(rest, '.')
	if i < 0 {
		return "", "", false, false
	}
	prefix = rest[:i]
	partition, ok := regionOrPseudo(rest[i+1:])
	if !ok {
		var region string
		region, prefix, _ = strings.Cut(rest, ".")
		first = true
		if partition, ok = awsname.PartitionOf(region); !ok {
			return "", "", false, false
		}
	}
	if under != "" {
		partition += "/" + under
	}
	return prefix, partition, first, true
}

// regionOrPseudo returns the partition of a region, or of "aws-cn-global".
func regionOrPseudo(label string) (partition string, ok bool) {
	if p, ok := awsname.PartitionOf(label); ok {
		return p, true
	}
	name, ok := strings.CutSuffix(label, "-global")
	return name, ok && slices.Contains(awsname.Partitions(), name)
}
