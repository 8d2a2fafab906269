package diagnose

import (
	"net/url"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/environ"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
)

// exam is one set of facts under examination, with what follows from them.
type exam struct {
	*facts.Sheet
	env      *environ.Environment
	vars     noproxy.Vars
	programs []*noproxy.Program
	findings []Finding // of the check that is at work
}

func newExam(f *facts.Sheet) *exam {
	x := &exam{Sheet: f, env: environ.Of(f)}
	x.vars = x.env.Vars()
	if f.OS == "windows" { // which knows one case, so that a program finds any other
		for _, s := range x.env.Settings {
			x.vars[strings.ToLower(s.Name)], x.vars[strings.ToUpper(s.Name)] = s.Value, s.Value
		}
	}
	names := f.Programs
	if len(names) == 0 {
		names = UsualPrograms(f.Subject.Name)
		if f.Subject.Kind == facts.SSMAgent {
			names = []string{"amazon-ssm-agent"}
		}
	}
	for _, name := range names {
		if p, err := noproxy.Named(name); err == nil {
			x.programs = append(x.programs, p)
		}
	}
	if len(x.programs) == 0 {
		p, err := noproxy.Named("aws-cli-v2")
		if err != nil {
			panic("diagnose: " + err.Error()) // the table of programs has it
		}
		x.programs = append(x.programs, p)
	}
	return x
}

// UsualPrograms are the programs, in package noproxy's IDs, that a unit or a
// process of that name most likely is; the AWS CLI where the name tells nothing.
func UsualPrograms(name string) []string {
	for _, known := range []struct{ part, program string }{
		{"ssm-agent", "amazon-ssm-agent"},
		{"cloudwatch-agent", "amazon-cloudwatch-agent"},
		{"ecs", "amazon-ecs-agent"},
		{"docker", "go"}, {"containerd", "go"}, {"kubelet", "go"},
		{"codedeploy", "aws-sdk-ruby-client"},
		{"java", "aws-sdk-java-v2"}, {"tomcat", "aws-sdk-java-v2"},
		{"node", "aws-sdk-js-v3-default"},
		{"python", "botocore"},
	} {
		if strings.Contains(name, known.part) {
			return []string{known.program}
		}
	}
	return []string{"aws-cli-v2"}
}

// program is the first of the programs: the one that fixes are for.
func (x *exam) program() *noproxy.Program { return x.programs[0] }

// metadata is the metadata service as the program asks for it.
func (x *exam) metadata() noproxy.Target {
	raw := Metadata
	if mode, _ := x.env.Value("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"); strings.EqualFold(mode, "IPv6") {
		raw = metadata6
	}
	t, err := noproxy.ParseTarget(raw)
	if err != nil {
		panic("diagnose: " + err.Error()) // a constant
	}
	return t
}

// wantsMetadata reports whether the subject asks the metadata service for
// credentials: nothing in front of it in the chain has any.
func (x *exam) wantsMetadata() bool {
	if off, _ := x.env.Value("AWS_EC2_METADATA_DISABLED"); strings.EqualFold(off, "true") {
		return false
	}
	return x.credentials() == ""
}

// credentials names the place in front of the metadata service that the
// subject has credentials from, or "".
func (x *exam) credentials() string {
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"} {
		if v, _ := x.env.Value(name); v != "" {
			return name
		}
	}
	for _, s := range x.Sources {
		if s.Form != facts.Config {
			continue
		}
		for _, line := range s.Lines {
			number, text := environ.Numbered(line)
			key, _, _ := strings.Cut(text, "=")
			switch strings.TrimSpace(key) {
			case "aws_access_key_id", "credential_process", "sso_session", "sso_start_url", "login_session", "web_identity_token_file":
				return environ.Place(s.Name, number)
			}
		}
	}
	return ""
}

// unlisted are the variables without any list of exceptions.
func (x *exam) unlisted() noproxy.Vars {
	v := noproxy.Vars{}
	for name, value := range x.vars {
		if !environ.IsListName(name) {
			v[name] = value
		}
	}
	return v
}

// attempts returns the attempts of targets, not those of the metadata service.
func (x *exam) attempts(way facts.Way) []facts.Attempt {
	var all []facts.Attempt
	for _, a := range x.Attempts {
		if a.Way == way && !isMetadata(a.URL) && x.takes(a) {
			all = append(all, a)
		}
	}
	return all
}

// takes reports whether some program goes the way of a: others were tried to
// compare.
func (x *exam) takes(a facts.Attempt) bool {
	t, err := noproxy.ParseTarget(a.URL)
	if err != nil {
		return false
	}
	for _, p := range x.programs {
		if d := p.Route(x.vars, t); string(d.Route) == string(a.Way) {
			return true
		}
	}
	return false
}

// compared returns the attempt of the same target on the other way.
func (x *exam) compared(a facts.Attempt) (facts.Attempt, bool) {
	for _, o := range x.Attempts {
		if o.URL == a.URL && o.Way != a.Way {
			return o, true
		}
	}
	return facts.Attempt{}, false
}

func isMetadata(target string) bool {
	return strings.HasPrefix(target, "http://169.254.169.254") || strings.HasPrefix(target, "http://[fd00:ec2::254]")
}

// host is the host of a URL.
func host(target string) string {
	u, err := url.Parse(target)
	if err != nil {
		return target
	}
	return u.Hostname()
}

// ec2 says whether the machine is an instance: what answered is as good as what
// the firmware says.
func (x *exam) ec2() facts.Answer {
	for _, a := range x.Attempts {
		if a.Way == facts.Direct && isMetadata(a.URL) && a.In(facts.Token, facts.OK) {
			return facts.Yes
		}
	}
	if x.EC2 == "" {
		return facts.Unknown
	}
	return x.EC2
}

// report adds a finding to the check that is at work.
func (x *exam) report(f Finding) {
	redacted(f.Commands)
	for _, lines := range [][]string{f.Evidence, f.Because.Args, f.Fix.Args} {
		seen(redacted(lines))
	}
	f.Verify = facts.Conceal(f.Verify)
	x.findings = append(x.findings, f)
}

// redacted takes the secrets out of lines.
func redacted(lines []string) []string {
	for i := range lines {
		lines[i] = facts.Conceal(lines[i])
	}
	return lines
}

// seen makes the controls in lines visible.
func seen(lines []string) []string {
	for i := range lines {
		lines[i] = visible(lines[i])
	}
	return lines
}

// region is the subject's, or "".
func (x *exam) region() string {
	if x.Region != "" {
		return x.Region
	}
	if s := x.env.First("AWS_REGION", "AWS_DEFAULT_REGION"); s != nil {
		return s.Value
	}
	return ""
}

// because is shorthand for words of the doctor.
func because(code string, args ...string) reason.Because {
	return reason.New(reason.Code("doctor."+code), args...)
}

// isService reports whether target is an endpoint of service.
func isService(target, service string) bool {
	name := host(target)
	return strings.HasPrefix(name, service+".") && slices.Contains(awsdata.Services(), service)
}

// shown is a step as evidence.
func shown(a facts.Attempt, s facts.Step) string {
	var text strings.Builder
	text.WriteString(string(s.Phase) + " " + host(a.URL))
	if a.Way == facts.ByProxy {
		text.WriteString(" by " + a.Proxy)
	}
	text.WriteString(": " + string(s.Outcome))
	if s.Detail != "" {
		text.WriteString(", " + s.Detail)
	}
	for _, name := range []string{"Server", "Via", "X-Squid-Error", "Proxy-Authenticate", "X-Deguchi-Reason", "X-Deguchi-Trace", "Content-Type"} {
		if v := s.Field(name); v != "" {
			text.WriteString("; " + name + ": " + v)
		}
	}
	return text.String()
}
