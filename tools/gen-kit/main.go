// Command gen-kit writes the tables of internal/base/awsdata that tell what a
// template may say: the keys of CloudFormation's resource types and the instance
// types, out of the data of cfn-lint, and the arguments of Terraform's resources,
// out of the documentation of the AWS provider. The same input gives the same
// bytes.
//
//	go run ./tools/gen-kit -cfn .../site-packages/cfnlint/data/schemas -cfn-version 1.51.0 -cfn-day 2026-05-28 \
//		-provider .../terraform-provider-aws@v1.60.1-…/website/docs -provider-version 6.47.1 -provider-day 2026-06-02
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/deguchi-project/deguchi/tools/table"
)

func main() {
	var in input
	flag.StringVar(&in.cfn, "cfn", "", "folder cfnlint/data/schemas of cfn-lint")
	flag.StringVar(&in.cfnVersion, "cfn-version", "", "version of cfn-lint")
	flag.StringVar(&in.cfnDay, "cfn-day", "", "its day, 2006-01-02")
	flag.StringVar(&in.provider, "provider", "", "folder website/docs of terraform-provider-aws")
	flag.StringVar(&in.providerVersion, "provider-version", "", "version of the provider")
	flag.StringVar(&in.providerDay, "provider-day", "", "its day, 2006-01-02")
	out := flag.String("out", "internal/base/awsdata/table", "folder to write")
	flag.Parse()
	if err := run(in, *out); err != nil {
		fmt.Fprintln(os.Stderr, "gen-kit:", err)
		os.Exit(1)
	}
}

// input is what goes in, with the versions and days that tables name.
type input struct {
	cfn, cfnVersion, cfnDay                string
	provider, providerVersion, providerDay string
}

func run(in input, out string) error {
	if slices.Contains([]string{in.cfn, in.cfnVersion, in.cfnDay, in.provider, in.providerVersion, in.providerDay}, "") {
		return errors.New("all of -cfn, -cfn-version, -cfn-day, -provider, -provider-version and -provider-day are needed")
	}
	tables, err := generate(in, os.DirFS(in.cfn), os.DirFS(in.provider))
	if err != nil {
		return err
	}
	return table.Write(out, tables)
}

// generate returns the tables by name.
func generate(in input, cfn, provider fs.FS) (map[string][]byte, error) {
	stacks, err := cloudFormation(cfn)
	if err != nil {
		return nil, err
	}
	types, err := instanceTypes(cfn)
	if err != nil {
		return nil, err
	}
	resources, err := terraform(provider)
	if err != nil {
		return nil, err
	}
	schemas := "resource provider schemas, as in cfn-lint " + in.cfnVersion
	docs := "hashicorp/terraform-provider-aws " + in.providerVersion + ", website/docs/r/*.html.markdown"
	return table.Encode(map[string]table.Table{
		"cloudformation": {Source: schemas, Taken: in.cfnDay, Rows: stacks},
		"instancetypes":  {Source: "EC2 instance types, as in cfn-lint " + in.cfnVersion, Taken: in.cfnDay, Rows: types},
		"terraform":      {Source: docs, Taken: in.providerDay, Rows: resources},
	})
}
