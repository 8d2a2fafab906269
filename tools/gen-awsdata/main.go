// Command gen-awsdata writes the tables of internal/base/awsdata out of a
// folder with what was collected about AWS: hosts.ndjson.gz (every endpoint
// that SDK data gives), extra_api_prefixes.json (what agents use besides),
// jobs.json (which hosts a task needs), privatelink.json (services of VPC
// endpoints) and prefixlist-sources.json (out of AWS's ip-ranges.json, with its
// day). The same input gives the same bytes.
//
//	go run ./tools/gen-awsdata -from FOLDER -sdk 2026-05-01 -guides 2026-11-22
//
// The days are those of SDK data and of the user guides. Where only the
// month is known, give its first day: a table should not look younger than it is.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"

	"github.com/deguchi-project/deguchi/tools/table"
)

func main() {
	from := flag.String("from", "", "folder with the collected data")
	var days taken
	flag.StringVar(&days.sdk, "sdk", "", "day of the SDK data, 2006-01-02")
	flag.StringVar(&days.guides, "guides", "", "day on which the guides were read, 2006-01-02")
	out := flag.String("out", "internal/base/awsdata/table", "folder to write")
	flag.Parse()
	if err := run(*from, days, *out); err != nil {
		fmt.Fprintln(os.Stderr, "gen-awsdata:", err)
		os.Exit(1)
	}
}

// taken is when what went in was taken.
type taken struct{ sdk, guides string }

func run(from string, days taken, out string) error {
	if from == "" || days.sdk == "" || days.guides == "" {
		return errors.New("-from, -sdk and -guides are needed")
	}
	tables, err := generate(os.DirFS(from), days)
	if err != nil {
		return err
	}
	return table.Write(out, tables)
}

// generate returns the tables by name.
func generate(data fs.FS, days taken) (map[string][]byte, error) {
	endpoints, err := readEndpoints(data)
	if err != nil {
		return nil, err
	}
	extra, err := readExtra(data)
	if err != nil {
		return nil, err
	}
	jobs, err := readJobs(data)
	if err != nil {
		return nil, err
	}
	privateLink, err := readPrivateLink(data)
	if err != nil {
		return nil, err
	}
	ranges, published, err := readRanges(data)
	if err != nil {
		return nil, err
	}
	regions := regionsOf(endpoints)
	prefixes := prefixesOf(endpoints, extra)
	return table.Encode(map[string]table.Table{
		"regions":  {Source: sdkSource, Taken: days.sdk, Rows: table.Rows(regions)},
		"prefixes": {Source: sdkSource + "; AWS documentation and agents' source for what SDKs lack", Taken: days.sdk, Rows: table.Rows(prefixes)},
		"hosts":    {Source: sdkSource + "; AWS documentation for downloads", Taken: days.sdk, Rows: table.Rows(hostsOf(endpoints, extra, regions, prefixes))},
		"buckets":  {Source: bucketSource, Taken: days.guides, Rows: table.Rows(bucketsOf(jobs))},
		"jobs":     {Source: jobSource, Taken: days.guides, Rows: table.Rows(jobs.Jobs)},

		"privatelink": {Source: linkSource, Taken: days.sdk, Rows: table.Rows(privateLink)},
		"prefixlists": {Source: rangeSource, Taken: published, Rows: table.Rows(ranges)},
	})
}

const (
	sdkSource    = "botocore 1.43.11 (2026-05) endpoint rule sets and endpoints.json"
	bucketSource = "aws-samples/data-perimeter-policy-examples service_owned_resources.md; AWS user guides (table jobs)"
	jobSource    = "AWS user guides and agents' source; each row names its own"
	linkSource   = "AWS PrivateLink guide (2026) and service guides; aws-cdk-lib 2.276.0 and moto 5.2.1 (2026-05); a public Terraform endpoint map (2023)"
	rangeSource  = "https://ip-ranges.amazonaws.com/ip-ranges.json"
)
