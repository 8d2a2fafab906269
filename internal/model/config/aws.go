package config

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// serviceType is a known service, or a pattern that one of them is of.
var serviceType = parsed(nil, func(d *yamldoc.Decoder, n *yamldoc.Node, s string) (string, bool) {
	if awsdata.HasService(s) || strings.Contains(s, "*") && slices.ContainsFunc(awsdata.Services(), func(v string) bool { return netset.Glob(s, v) }) {
		return s, true
	}
	h := hint("DG1210.hint")
	if meant, ok := serviceMeant(s); ok {
		h = hint("hint.meant", yamldoc.Quote(meant))
	}
	bad(d, n, "DG1210", h)
	return "", false
})

// alsoCalled are the names that services go by elsewhere: in consoles, SDKs and
// talk. The value is what stands in host names.
var alsoCalled = map[string]string{
	"cloudwatch": "monitoring", "cloudwatchlogs": "logs", "documentdb": "docdb", "efs": "elasticfilesystem",
	"emr": "elasticmapreduce", "eventbridge": "events", "memorydb": "memory-db", "msk": "kafka",
	"opensearch": "es", "parameterstore": "ssm", "sagemakerruntime": "runtime.sagemaker", "ses": "email",
	"sessionmanager": "ssmmessages", "stepfunctions": "states", "systemsmanager": "ssm",
}

// serviceMeant returns the service that s is another name or spelling of.
func serviceMeant(s string) (string, bool) {
	bare := strings.NewReplacer("-", "", "_", "", " ", "", ".", "").Replace(strings.ToLower(s))
	bare = strings.TrimPrefix(strings.TrimPrefix(bare, "amazon"), "aws")
	if v, ok := alsoCalled[bare]; ok {
		return v, true
	}
	if awsdata.HasService(bare) {
		return bare, true
	}
	return yamldoc.Nearest(strings.ToLower(s), awsdata.Services())
}

// regionType is anything of the shape of a region: new ones appear faster than
// releases of this program.
var regionType = parsed(nil, func(d *yamldoc.Decoder, n *yamldoc.Node, s string) (string, bool) {
	if awsdata.RegionShape(s) || strings.Contains(s, "*") && len(regionsLike(s)) > 0 {
		return s, true
	}
	h := hint("DG1212.hint")
	if meant, ok := regionMeant(s); ok {
		h = hint("hint.meant", yamldoc.Quote(meant))
	}
	bad(d, n, "DG1212", h)
	return "", false
})

// regionMeant returns the region that s is a zone or a misspelling of.
func regionMeant(s string) (string, bool) {
	s = strings.ToLower(s)
	if zone := strings.TrimRight(s, "abcdefgh"); awsdata.RegionShape(zone) {
		return zone, true
	}
	known := make([]string, 0, len(awsdata.Regions()))
	for _, r := range awsdata.Regions() {
		known = append(known, r.Name)
	}
	return yamldoc.Nearest(s, known)
}

// regionsLike returns regions of the form of pattern: the known ones, or if
// there are none, one of its shape.
func regionsLike(pattern string) (like []string) {
	for _, r := range awsdata.Regions() {
		if netset.Glob(pattern, r.Name) {
			like = append(like, r.Name)
		}
	}
	for _, end := range []string{"", "1", "-1", "east-1", "-east-1"} {
		if r := strings.ReplaceAll(pattern, "*", end); len(like) == 0 && awsdata.RegionShape(r) {
			like = append(like, r)
		}
	}
	return like
}

// jobType is the name of a job that has hosts to let through.
var jobType = parsed(nil, func(d *yamldoc.Decoder, n *yamldoc.Node, s string) (string, bool) {
	job, ok := awsdata.JobNamed(s)
	if ok && len(job.Hosts)+len(job.NonAWS) > 0 {
		return s, true
	}
	if ok {
		d.Add(n, "DG1211", hint("DG1211.hosts", yamldoc.Quote(s)))
		return "", false
	}
	h := hint("DG1211.hint")
	if meant, near := yamldoc.Nearest(s, jobNames()); near {
		h = hint("DG1211.hint.meant", yamldoc.Quote(meant))
	}
	bad(d, n, "DG1211", h)
	return "", false
})

func jobNames() []string {
	names := make([]string, len(awsdata.Jobs()))
	for i, j := range awsdata.Jobs() {
		names[i] = j.Name
	}
	return names
}
