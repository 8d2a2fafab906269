package main

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// privateLinkRow is a row of table privatelink.
type privateLinkRow struct {
	Service     string   `json:"service"`
	Types       []string `json:"types"`
	Names       []string `json:"names,omitempty"`
	Documented  bool     `json:"documented,omitempty"`
	Policy      string   `json:"policy"`
	CrossRegion bool     `json:"cross_region,omitempty"`
}

// privateLinkFile is privatelink.json.
type privateLinkFile struct {
	CrossRegion struct{ Services []string } `json:"cross_region"`
	Services    []struct {
		Service string
		Types   []string
		Names   []string `json:"private_dns_names"`
		Level   string   `json:"private_dns_level"`
		Policy  string   `json:"policy_supported"`
	}
}

// levels of private names. A guess is no row's: it would look like knowledge.
const (
	levelDocumented = "documented"
	levelDerived    = "derived"
	levelGuess      = "guess"
)

func readPrivateLink(data fs.FS) ([]privateLinkRow, error) {
	const name = "privatelink.json"
	var f privateLinkFile
	if err := readJSON(data, name, &f); err != nil {
		return nil, err
	}
	var all []privateLinkRow
	for _, s := range f.Services {
		row := privateLinkRow{
			Service: s.Service, Types: s.Types, Names: s.Names,
			Documented: s.Level == levelDocumented, Policy: s.Policy,
			CrossRegion: slices.Contains(f.CrossRegion.Services, s.Service),
		}
		switch s.Level {
		case levelGuess:
			row.Names = nil
		case levelDocumented, levelDerived:
		default:
			return nil, fmt.Errorf("%s: service %q: unknown level %q", name, s.Service, s.Level)
		}
		for _, n := range row.Names {
			if strings.ContainsAny(strings.ReplaceAll(n, "{region}", ""), "{} ") {
				return nil, fmt.Errorf("%s: service %q: %q is no name", name, s.Service, n)
			}
		}
		all = append(all, row)
	}
	slices.SortFunc(all, func(a, b privateLinkRow) int { return cmp.Compare(a.Service, b.Service) })
	return all, nil
}
