package cli

import (
	"encoding/csv"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
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
	var domains, patterns []string
	for _, h := range f.hosts(j) {
		if domain, ok := dstdomain(h); ok {
			domains = append(domains, domain)
		} else {
			patterns = append(patterns, pattern(h))
		}
	}
	s.printf("# %s: %s\n", j.Name, s.description(j))
	for _, d := range uncovered(domains) {
		s.printf("acl %s dstdomain %s\n", acl, d)
	}
	for _, p := range patterns {
		s.printf("acl %s_pattern dstdom_regex %s\n", acl, p)
	}
	return nil
}

// blank is a part of a host that is not fixed.
var blank = regexp.MustCompile(`\{[a-z_]+\}|\*`)

// dstdomain returns h in the form of Squid's dstdomain, if it has one.
func dstdomain(h string) (string, bool) {
	first, rest, _ := strings.Cut(h, ".")
	if blank.FindString(first) == first && first != "" {
		first, h = "", "."+rest
	}
	return h, !blank.MatchString(h) && !blank.MatchString(first)
}

// pattern returns h as a regular expression for Squid's dstdom_regex. A blank
// inside a label stays inside it.
func pattern(h string) string {
	var b strings.Builder
	last := 0
	for _, at := range blank.FindAllStringIndex(h, -1) {
		b.WriteString(regexp.QuoteMeta(h[last:at[0]]))
		if h[at[0]:at[1]] == "{account}" {
			b.WriteString("[0-9]{12}")
		} else {
			b.WriteString("[^.]+")
		}
		last = at[1]
	}
	return "^" + b.String() + regexp.QuoteMeta(h[last:]) + "$"
}

// uncovered returns domains without those that another covers, which Squid
// refuses in one list, and without repetition.
func uncovered(domains []string) []string {
	var kept []string
	for _, d := range domains {
		covered := slices.ContainsFunc(domains, func(other string) bool {
			return other != d && strings.HasPrefix(other, ".") && strings.HasSuffix("."+strings.TrimPrefix(d, "."), other)
		})
		if !covered && !slices.Contains(kept, d) {
			kept = append(kept, d)
		}
	}
	return kept
}
