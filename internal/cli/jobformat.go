package cli

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/cli/squidlist"
)

// bom makes spreadsheets read a file as UTF-8. Other readers would show it, so
// it is there only where the file is not ASCII.
const bom = "\uFEFF"

// jobsCSV prints a row for every host of jobs.
func (s *session) jobsCSV(jobs []awsdata.Job, f jobFlags) error {
	rows := [][]string{{"job", "host", "required", "ports", "description"}}
	for _, j := range jobs {
		port := strings.Trim(fmt.Sprint(ports(j)), "[]")
		for _, h := range f.expand(j.Hosts) {
			rows = append(rows, []string{j.Name, h, "yes", port, s.description(j)})
		}
		if !f.optional {
			continue
		}
		for _, h := range f.expand(j.Optional) {
			rows = append(rows, []string{j.Name, h, "no", port, s.description(j)})
		}
	}
	var text strings.Builder
	if err := csv.NewWriter(&text).WriteAll(rows); err != nil {
		return err
	}
	head := ""
	if strings.ContainsFunc(text.String(), func(r rune) bool { return r >= 0x80 }) {
		head = bom
	}
	_, err := io.WriteString(s.Stdout, head+text.String())
	return err
}

// jobSquid prints j as lines of squid.conf. A name that a blank begins becomes
// a domain with all below it; one with a blank inside becomes a pattern.
func (s *session) jobSquid(j awsdata.Job, f jobFlags) error {
	acl := "job_" + strings.ReplaceAll(j.Name, "-", "_")
	domains, patterns := squidlist.Of(f.hosts(j))
	s.printf("# %s: %s\n", j.Name, s.description(j))
	for _, d := range domains {
		s.printf("acl %s dstdomain %s\n", acl, d)
	}
	for _, p := range patterns {
		s.printf("acl %s_pattern dstdom_regex %s\n", acl, p)
	}
	return nil
}
