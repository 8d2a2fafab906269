package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
)

// extraFile is extra_api_prefixes.json.
type extraFile struct {
	Prefixes []struct {
		Template string
		Service  string
		Note     string `json:"partition_note"`
	}
	Fixed []string `json:"fixed_hosts"`
}

func readExtra(data fs.FS) (extraFile, error) {
	var f extraFile
	return f, readJSON(data, "extra_api_prefixes.json", &f)
}

func readJSON(data fs.FS, name string, into any) error {
	b, err := fs.ReadFile(data, name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// documented is what the collected files lack, with where it stands.
var documented = []prefixRow{
	// ECS user guide: agents poll numbered endpoints, ecs-a-1 … ecs-a-10 and on.
	{Prefix: "ecs-a", Service: "ecs-agent", Numbered: true},
	{Prefix: "ecs-t", Service: "ecs-telemetry", Numbered: true},
	{Prefix: "ecs-sc", Service: "ecs-service-connect", Numbered: true},
	// Amazon Linux 1 and 2: names that are CNAMEs to buckets of the same name.
	{Prefix: "amazonlinux", Service: "amazon-linux-repo", Kind: "package-repo"},
	{Prefix: "packages", Service: "amazon-linux-repo", Kind: "package-repo"},
	{Prefix: "repo", Service: "amazon-linux-repo", Kind: "package-repo"},
	// Storage Gateway user guide: endpoints with IPv6.
	{Prefix: "controlplane-storagegateway", Service: "storagegateway", At: []string{"dual"}},
	{Prefix: "proxy-storagegateway", Service: "storagegateway", At: []string{"dual"}},
	{Prefix: "dataplane-storagegateway", Service: "storagegateway", At: []string{"dual"}},
	// EC2 resource names: the default DNS suffix of an instance's services.
	{Prefix: "ec2-utilities", First: true},
}

var numbered = regexp.MustCompile(`^ecs-[a-z]+-[0-9]+$`)

// addExtra adds to all what SDKs lack. What they have stays as it is, in more
// places; another service of the same prefix gets the places that are left.
func addExtra(all []prefixRow, extra extraFile) []prefixRow {
	rows := slices.Clone(documented)
	for _, x := range extra.Prefixes {
		prefix, _, _ := strings.Cut(x.Template, ".{region}.")
		if numbered.MatchString(prefix) {
			continue // one of a family that is documented above
		}
		row := prefixRow{Prefix: prefix, Service: x.Service}
		switch {
		case strings.HasSuffix(x.Template, ".api.aws") && x.Note == "aws-only":
			row.At = []string{"aws/dual"}
		case strings.HasSuffix(x.Template, ".api.aws"):
			row.At = []string{"dual"}
		case x.Note == "aws-only":
			row.At = []string{"aws"}
		}
		rows = append(rows, row)
	}
	for _, row := range rows {
		row.At = everywhere(row.At)
		same := func(r prefixRow) bool { return r.Prefix == row.Prefix && r.First == row.First }
		i := slices.IndexFunc(all, same)
		service := cmp.Or(row.Service, row.Prefix)
		if i < 0 || cmp.Or(all[i].Service, all[i].Prefix) != service {
			if i >= 0 {
				row.At = slices.DeleteFunc(row.At, func(p string) bool { return slices.Contains(all[i].At, p) })
			}
			fresh := newPrefixRow(prefixKey{row.Prefix, row.First}, service, row.At)
			fresh.Kind, fresh.Numbered = row.Kind, row.Numbered
			all = append(all, fresh)
			continue
		}
		all[i].At = append(all[i].At, row.At...)
		slices.Sort(all[i].At)
		all[i].At = slices.Compact(all[i].At)
	}
	return all
}

// everywhere spells out nothing as every partition, and "dual" as every
// partition's dual-stack suffix.
func everywhere(at []string) []string {
	if len(at) > 0 && at[0] != "dual" {
		return at
	}
	var all []string
	for _, p := range awsname.Partitions() {
		if len(at) > 0 {
			p += "/" + at[0]
		}
		all = append(all, p)
	}
	slices.Sort(all)
	return all
}
