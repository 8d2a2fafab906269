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
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
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
	for name, content := range tables {
		if err := os.WriteFile(filepath.Join(out, name+".json"), content, 0o644); err != nil {
			return err
		}
	}
	return nil
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
	tables := make(map[string][]byte)
	for _, t := range []struct {
		name, source, taken string
		rows                []any
	}{
		{"cloudformation", schemas, in.cfnDay, stacks},
		{"instancetypes", "EC2 instance types, as in cfn-lint " + in.cfnVersion, in.cfnDay, types},
		{"terraform", docs, in.providerDay, resources},
	} {
		if tables[t.name], err = encode(t.source, t.taken, t.rows); err != nil {
			return nil, fmt.Errorf("table %s: %w", t.name, err)
		}
	}
	return tables, nil
}

// encode returns a table, one row a line.
func encode(source, taken string, rows []any) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\n\"source\": %q,\n\"taken\": %q,\n\"rows\": [\n", source, taken)
	for i, r := range rows {
		var line bytes.Buffer
		enc := json.NewEncoder(&line)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(r); err != nil {
			return nil, err
		}
		b.Write(bytes.TrimSpace(line.Bytes()))
		if i+1 < len(rows) {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	b.WriteString("]\n}\n")
	return b.Bytes(), nil
}
