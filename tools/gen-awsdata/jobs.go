package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// jobFile is jobs.json.
type jobFile struct {
	Exceptions map[string]map[string]string // of bucket templates, by region
	Jobs       []jobRow
}

// jobRow is a row of table jobs.
type jobRow struct {
	Name          string   `json:"name"`
	Description   string   `json:"description"`
	DescriptionJA string   `json:"description_ja"`
	Hosts         []string `json:"hosts,omitempty"`
	Optional      []string `json:"optional,omitempty"`
	NonAWS        []string `json:"non_aws,omitempty"`
	Endpoints     []string `json:"endpoints,omitempty"`
	Gateways      []string `json:"gateways,omitempty"`
	Bypass        []string `json:"bypass,omitempty"`
	Ports         []int    `json:"ports,omitempty"`
	Notes         []string `json:"notes,omitempty"`
	Sources       []string `json:"sources,omitempty"`

	// Suffixes are the ends of bucket names that differ by region; hosts have
	// {patch_suffix} in their place.
	Suffixes map[string]string `json:"patch_suffix,omitempty"`
}

func readJobs(data fs.FS) (jobFile, error) {
	var raw struct {
		Exceptions map[string]map[string]string
		Jobs       []struct {
			Job         string
			Description string
			Hosts       []string
			Optional    []string          `json:"optional_hosts"`
			NonAWS      []string          `json:"non_aws_hosts"`
			Endpoints   []string          `json:"vpc_endpoints"`
			Gateways    []string          `json:"gateway_endpoints"`
			Bypass      []string          `json:"must_bypass_proxy"`
			Ports       []json.Number     `json:"ports"`
			Notes       []string          `json:"notes"`
			Source      []string          `json:"source"`
			PatchSuffix map[string]string `json:"patch_suffix"`
		}
	}
	if err := readJSON(data, "jobs.json", &raw); err != nil {
		return jobFile{}, err
	}
	f := jobFile{Exceptions: raw.Exceptions}
	for _, j := range raw.Jobs {
		row := jobRow{
			Name: j.Job, Description: j.Description, DescriptionJA: japanese[j.Job],
			Hosts: j.Hosts, Optional: j.Optional, NonAWS: j.NonAWS,
			Endpoints: j.Endpoints, Gateways: j.Gateways, Bypass: j.Bypass,
			Notes: readable(j.Notes), Sources: readable(j.Source), Suffixes: j.PatchSuffix,
		}
		if row.DescriptionJA == "" {
			return jobFile{}, fmt.Errorf("jobs.json: job %q has no Japanese description in japanese.go", j.Job)
		}
		for _, p := range j.Ports {
			n, err := p.Int64()
			if err != nil {
				return jobFile{}, fmt.Errorf("jobs.json: job %q: %w", j.Job, err)
			}
			row.Ports = append(row.Ports, int(n))
		}
		f.Jobs = append(f.Jobs, row)
	}
	slices.SortFunc(f.Jobs, func(a, b jobRow) int { return cmp.Compare(a.Name, b.Name) })
	return f, nil
}

// bucketRow is a row of table buckets.
type bucketRow struct {
	Bucket    string `json:"bucket"`
	Publisher string `json:"publisher"`
}

// publishers names the service that fills a bucket, by a part of its name.
var publishers = []struct{ part, publisher string }{
	{"starport-layer", "ecr"}, {"al2023", "amazon-linux-2023"}, {"amazonlinux-2", "amazon-linux-2"},
	{"cloudwatch-agent", "cloudwatch"}, {"codedeploy", "codedeploy"}, {"awslambda", "lambda"},
	{"cloudformation", "cloudformation"}, {"mgn", "mgn"}, {"application-migration", "mgn"},
	{"drs", "drs"}, {"disaster-recovery", "drs"}, {"ec2imagebuilder", "imagebuilder"},
	{"ec2-downloads", "ec2"}, {"captcha", "signin"}, {"", "ssm"},
}

// ownBuckets is what jobs do not name, from service_owned_resources.md.
var ownBuckets = []string{"ec2imagebuilder-toe-{region}-prod", "ec2imagebuilder-managed-resources-{region}-prod"}

// bucketsOf returns the buckets that AWS publishes in: the names in front of
// S3's endpoints, except those with an account's or a customer's part.
func bucketsOf(f jobFile) []bucketRow {
	names := set{}
	for _, b := range ownBuckets {
		names[b] = true
	}
	for _, byRegion := range f.Exceptions {
		for _, b := range byRegion {
			names[b] = true
		}
	}
	for _, j := range f.Jobs {
		for _, host := range slices.Concat(j.Hosts, j.Optional) {
			bucket, _, ok := strings.Cut(host, ".s3")
			if !ok || strings.Contains(bucket, "*") {
				continue
			}
			for _, b := range spell(bucket, j.Suffixes) {
				names[b] = true
			}
		}
	}
	var all []bucketRow
	for _, name := range slices.Sorted(maps.Keys(names)) {
		all = append(all, bucketRow{name, publisher(name)})
	}
	return all
}

// spell puts the regions' suffixes into a name. It returns nothing for a name
// with a part that a customer chooses.
func spell(bucket string, suffixes map[string]string) []string {
	if strings.Contains(bucket, "{patch_suffix}") {
		var all []string
		for region, suffix := range suffixes {
			all = append(all, strings.NewReplacer("{region}", region, "{patch_suffix}", suffix).Replace(bucket))
		}
		return all
	}
	if strings.Contains(strings.NewReplacer("{region}", "", "{region_nodash}", "").Replace(bucket), "{") {
		return nil
	}
	return []string{bucket}
}

func publisher(bucket string) string {
	for _, p := range publishers {
		if strings.Contains(bucket, p.part) {
			return p.publisher
		}
	}
	return ""
}
