package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// jobsJSON is the answer of "deguchi job --json". Descriptions are there in
// both languages: JSON is the same in both.
type jobsJSON struct {
	Region string    `json:"region,omitempty"`
	Jobs   []jobJSON `json:"jobs"`
}

type jobJSON struct {
	Name        string            `json:"name"`
	Description map[string]string `json:"description"`
	Hosts       []string          `json:"hosts"`
	Optional    []string          `json:"optional_hosts"`
	NonAWS      []string          `json:"non_aws_hosts"`
	Endpoints   []string          `json:"endpoints"`
	Gateways    []string          `json:"gateway_endpoints"`
	Bypass      []string          `json:"must_bypass_proxy"`
	Ports       []uint16          `json:"ports"`
	Notes       []string          `json:"notes"`
	Sources     []string          `json:"sources"`
}

// jobFlags is what the flags of job ask for.
type jobFlags struct {
	region, format string
	optional       bool
}

// newJob is the command "deguchi job".
func newJob(s *session) *cobra.Command {
	var f jobFlags
	cmd := &cobra.Command{
		Use:     "job [NAME]",
		Short:   s.say("cli.job"),
		Long:    s.say("cli.job.long"),
		Example: "deguchi job session-manager --region ap-northeast-1\ndeguchi job ecr-pull --region ap-northeast-1 --format squid",
		Args:    s.args(0, 1, "NAME"),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return jobNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			jobs := awsdata.Jobs()
			if len(args) == 1 {
				job, ok := awsdata.JobNamed(args[0])
				if !ok {
					return unknownJob(args[0])
				}
				jobs = []awsdata.Job{job}
			}
			if err := f.check(jobs, len(args) == 1); err != nil {
				return hinted(cmd, err)
			}
			return s.jobs(jobs, f, len(args) == 1)
		},
	}
	cmd.Flags().StringVar(&f.region, "region", "", s.say("cli.flag.job-region"))
	cmd.Flags().StringVar(&f.format, "format", "text", s.say("cli.flag.job-format"))
	cmd.Flags().BoolVar(&f.optional, "optional", false, s.say("cli.flag.job-optional"))
	return cmd
}

func jobNames() []string {
	var names []string
	for _, j := range awsdata.Jobs() {
		names = append(names, j.Name)
	}
	return names
}

// unknownJob says that there is no such job, and which one was probably meant.
func unknownJob(name string) error {
	err := usage("cli.unknown-job", fmt.Sprintf("%q", name))
	err.hint = reason.New("cli.help-hint", "deguchi job")
	if near, ok := yamldoc.Nearest(name, jobNames()); ok {
		err.hint = reason.New("cli.meant", "deguchi job "+near)
	}
	return err
}

// check refuses flags that make no sense for jobs, of which one is named.
func (f jobFlags) check(jobs []awsdata.Job, named bool) *usageError {
	if !slices.Contains([]string{"text", "csv", "squid", "list"}, f.format) {
		return usage("cli.bad-choice", "--format", f.format, "text, csv, squid, list")
	}
	if f.region != "" && !awsdata.RegionShape(f.region) {
		return usage("cli.not-a-region", fmt.Sprintf("%q", f.region))
	}
	if !named && (f.format == "squid" || f.format == "list") {
		return usage("cli.job-needs-name", f.format)
	}
	if f.format == "squid" && f.region == "" && slices.ContainsFunc(f.hosts(jobs[0]), func(h string) bool {
		return strings.Contains(h, "{region}")
	}) {
		return usage("cli.job-needs-region", f.format)
	}
	return nil
}

// hosts returns the hosts that csv, squid and list name.
func (f jobFlags) hosts(j awsdata.Job) []string {
	hosts := f.expand(j.Hosts)
	if f.optional {
		hosts = append(hosts, f.expand(j.Optional)...)
	}
	return hosts
}

// expand fills the region into templates, if there is one.
func (f jobFlags) expand(templates []awsdata.HostTemplate) []string {
	hosts := make([]string, len(templates))
	for i, t := range templates {
		hosts[i] = t.String()
		if f.region != "" {
			hosts[i] = t.Expand(f.region, awsdata.PartitionOf(f.region))
		}
	}
	return hosts
}

// jobs prints jobs in the form that f asks for.
func (s *session) jobs(jobs []awsdata.Job, f jobFlags, named bool) error {
	if s.json {
		return s.printJSON("job", f.json(jobs))
	}
	switch f.format {
	case "csv":
		return s.jobsCSV(jobs, f)
	case "squid":
		return s.jobSquid(jobs[0], f)
	case "list":
		for _, h := range f.hosts(jobs[0]) {
			s.printf("%s\n", h)
		}
		return nil
	}
	if named {
		return s.printJob(jobs[0], f)
	}
	names := 0
	for _, j := range jobs {
		names = max(names, term.Width(j.Name))
	}
	for _, j := range jobs {
		term.Hang(s.Stdout, term.Pad(j.Name, names)+"  ", s.description(j), helpWidth)
	}
	return nil
}

func (f jobFlags) json(jobs []awsdata.Job) jobsJSON {
	doc := jobsJSON{Region: f.region, Jobs: make([]jobJSON, len(jobs))}
	for i, j := range jobs {
		doc.Jobs[i] = jobJSON{
			Name: j.Name, Description: map[string]string{"en": j.Description, "ja": j.DescriptionJA},
			Hosts: f.expand(j.Hosts), Optional: f.expand(j.Optional), NonAWS: list(j.NonAWS),
			Endpoints: f.services(j.Endpoints), Gateways: f.services(j.Gateways), Bypass: list(j.Bypass),
			Ports: ports(j), Notes: list(j.Notes), Sources: list(j.Sources),
		}
	}
	return doc
}

// list returns a that is never null in JSON.
func list(a []string) []string { return append([]string{}, a...) }

// ports returns all ports of j.
func ports(j awsdata.Job) []uint16 {
	if len(j.Ports) == 0 {
		return []uint16{443}
	}
	return j.Ports
}

// services fills the region into names of endpoint services.
func (f jobFlags) services(names []string) []string {
	filled := list(names)
	for i := range filled {
		if f.region != "" {
			filled[i] = strings.ReplaceAll(filled[i], "{region}", f.region)
		}
	}
	return filled
}

// description returns j's in the session's language.
func (s *session) description(j awsdata.Job) string {
	if s.lang == reason.Japanese {
		return j.DescriptionJA
	}
	return j.Description
}

// printJob prints one job for a person.
func (s *session) printJob(j awsdata.Job, f jobFlags) error {
	s.printf("%s: %s\n", j.Name, s.description(j))
	doc := f.json([]awsdata.Job{j}).Jobs[0]
	for _, part := range []struct {
		label reason.Code
		lines []string
	}{
		{"job.hosts", doc.Hosts}, {"job.optional", doc.Optional}, {"job.non-aws", doc.NonAWS},
		{"job.endpoints", doc.Endpoints}, {"job.gateways", doc.Gateways},
		{"job.bypass", doc.Bypass}, {"job.ports", portLines(j)}, {"job.notes", doc.Notes},
	} {
		s.printPart(part.label, part.lines)
	}
	if s.verbose {
		s.printPart("job.sources", doc.Sources)
	}
	return nil
}

// portLines returns the ports, if there are others than 443.
func portLines(j awsdata.Job) []string {
	var lines []string
	for _, p := range j.Ports {
		lines = append(lines, strconv.Itoa(int(p)))
	}
	return lines
}

func (s *session) printPart(label reason.Code, lines []string) {
	if len(lines) == 0 {
		return
	}
	s.printf("\n%s\n", s.say(label))
	for _, line := range lines {
		s.printf("  %s\n", strings.Join(term.Wrap(line, 76), "\n    "))
	}
}
