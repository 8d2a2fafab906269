package main

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// rangeRow is a row of table prefixlists.
type rangeRow struct {
	Service string         `json:"service"`
	Region  string         `json:"region"`
	V4      []netip.Prefix `json:"v4,omitempty"`
	V6      []netip.Prefix `json:"v6,omitempty"`
}

// ranged names the services of table prefixlists as prefixlist-sources.json does:
// those with gateway endpoints whose ranges AWS publishes.
var ranged = []string{"DYNAMODB", "S3"}

// readRanges returns the rows and the day on which AWS published them. What
// belongs to no Region ("GLOBAL") is in no gateway endpoint's list.
func readRanges(data fs.FS) (all []rangeRow, day string, err error) {
	const name = "prefixlist-sources.json"
	var f struct {
		CreateDate string
		Services   map[string]map[string]struct{ IPv4, IPv6 []netip.Prefix }
	}
	if err := readJSON(data, name, &f); err != nil {
		return nil, "", err
	}
	at, err := time.Parse("2006-01-02-15-04-05", f.CreateDate)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", name, err)
	}
	for _, service := range ranged {
		regions := f.Services[service]
		if len(regions) == 0 {
			return nil, "", fmt.Errorf("%s: no ranges of %s", name, service)
		}
		for _, region := range slices.Sorted(maps.Keys(regions)) {
			if region == "GLOBAL" {
				continue
			}
			r := regions[region]
			all = append(all, rangeRow{strings.ToLower(service), region, sorted(r.IPv4), sorted(r.IPv6)})
		}
	}
	return all, at.Format(time.DateOnly), nil
}

// sorted returns prefixes by address, the wider first.
func sorted(prefixes []netip.Prefix) []netip.Prefix {
	return slices.SortedFunc(slices.Values(prefixes), func(a, b netip.Prefix) int {
		return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
	})
}
