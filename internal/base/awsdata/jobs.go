package awsdata

import (
	"slices"
	"strings"
	"sync"
)

// Job is the hosts that one task needs.
type Job struct {
	Name          string
	Description   string
	DescriptionJA string
	Hosts         []HostTemplate // without these it fails
	Optional      []HostTemplate // some uses of it need these
	NonAWS        []string       // names outside AWS that it needs, "*." for all below
	Endpoints     []string       // interface endpoint services, with {region}
	Gateways      []string       // gateway endpoint services, with {region}
	Bypass        []string       // addresses that must never go through a proxy
	Ports         []uint16       // besides 443; empty for 443 only
	Notes         []string       // in English
	Sources       []string
}

// jobRow is a row of table/jobs.json.
type jobRow struct {
	Name          string            `json:"name"`
	Description   string            `json:"description"`
	DescriptionJA string            `json:"description_ja"`
	Hosts         []string          `json:"hosts"`
	Optional      []string          `json:"optional"`
	NonAWS        []string          `json:"non_aws"`
	Endpoints     []string          `json:"endpoints"`
	Gateways      []string          `json:"gateways"`
	Bypass        []string          `json:"bypass"`
	Ports         []uint16          `json:"ports"`
	Notes         []string          `json:"notes"`
	Sources       []string          `json:"sources"`
	Suffixes      map[string]string `json:"patch_suffix"`
}

var jobTable = sync.OnceValue(func() table[jobRow] { return read[jobRow]("jobs") })

// Jobs returns every job, sorted by name. Callers must not change them.
var Jobs = sync.OnceValue(func() []Job {
	rows := jobTable().Rows
	jobs := make([]Job, len(rows))
	for i, r := range rows {
		jobs[i] = Job{
			Name: r.Name, Description: r.Description, DescriptionJA: r.DescriptionJA,
			Hosts: templates(r.Hosts, r.Suffixes), Optional: templates(r.Optional, r.Suffixes), NonAWS: r.NonAWS,
			Endpoints: r.Endpoints, Gateways: r.Gateways, Bypass: r.Bypass,
			Ports: r.Ports, Notes: r.Notes, Sources: r.Sources,
		}
	}
	return jobs
})

func templates(texts []string, suffixes map[string]string) []HostTemplate {
	all := make([]HostTemplate, len(texts))
	for i, text := range texts {
		all[i] = parseTemplate(text, suffixes)
	}
	return all
}

// JobNamed returns the job of that name.
func JobNamed(name string) (Job, bool) {
	jobs := Jobs()
	i, ok := slices.BinarySearchFunc(jobs, name, func(j Job, name string) int { return strings.Compare(j.Name, name) })
	if !ok {
		return Job{}, false
	}
	return jobs[i], true
}

// TableInfo says where a table comes from.
type TableInfo struct {
	Name   string
	Source string
	Taken  string // the day, 2006-01-02
	Rows   int
}

// Tables returns the embedded tables, sorted by name.
func Tables() []TableInfo {
	return []TableInfo{
		about("buckets", buckets()), about("cloudformation", stackTypes()), about("hosts", hosts()),
		about("instancetypes", instanceTypes()), about("jobs", jobTable()),
		about("prefixes", prefixes()), about("prefixlists", rangeTable()),
		about("privatelink", privateLinkTable()), about("regions", regions()), about("terraform", resources()),
	}
}

func about[R any](name string, t table[R]) TableInfo {
	return TableInfo{name, t.Source, t.Taken, len(t.Rows)}
}
