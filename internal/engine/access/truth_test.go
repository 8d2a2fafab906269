package access

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// row is a measured or documented host name.
type row struct{ Host, Kind, Partition, Region string }

// rows reads the table of host names that package awsdata is tested with.
func rows(t *testing.T) []row {
	t.Helper()
	f, err := os.Open("../../base/awsdata/testdata/hosts.ndjson.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var all []row
	for lines := bufio.NewScanner(z); lines.Scan(); {
		var r row
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

// TestDefaultLetsNoStrangerIn asks the embedded default configuration for
// every known host that a stranger can own.
func TestDefaultLetsNoStrangerIn(t *testing.T) {
	cfg, problems := config.Parse(config.DefaultFile, config.DefaultSource(), day)
	if cfg == nil {
		t.Fatalf("the default configuration: %v", problems)
	}
	rules := Compile(cfg)
	passed := make(map[string]int)
	for _, r := range rows(t) {
		host, err := netset.ParseHost(r.Host)
		if err != nil {
			continue
		}
		for _, from := range []string{"127.0.0.1", "10.20.1.5", "fd12::1"} {
			q := &Request{Client: netip.MustParseAddr(from), Host: host, Name: awsdata.Names().Classify(host), Port: 443, Now: day}
			d := rules.Decide(q)
			if d.Passes() {
				passed[r.Kind]++
			}
			if d.Passes() && r.Kind != "api" && r.Kind != "resource" && r.Kind != "package-repo" {
				t.Errorf("Decide(%s), a host of kind %q = %s", r.Host, r.Kind, show(d))
			}
			if !d.Passes() && r.Kind == "api" {
				t.Errorf("Decide(%s), a host of kind api = %s", r.Host, show(d))
			}
		}
	}
	if passed["resource"] == 0 || passed["package-repo"] == 0 {
		t.Errorf("the default configuration lets pass %v", passed)
	}
}

// TestRegionsTellPartitions holds for every known name: partitionsFollow
// stands on it.
func TestRegionsTellPartitions(t *testing.T) {
	for _, r := range rows(t) {
		n := nameOf(strings.ToLower(r.Host))
		if n.Kind == awsname.Unknown || n.Region == "" {
			continue
		}
		if p, ok := awsname.PartitionOf(n.Region); !ok || p != n.Partition {
			t.Errorf("%s is in partition %q, its region %q in %q", n.Host, n.Partition, n.Region, p)
		}
	}
}

// TestJobs lets every job reach the hosts that it requires, in every partition
// and in a region that is not known yet, and no other region's.
func TestJobs(t *testing.T) {
	if n := len(awsdata.Jobs()); n > maxJobs {
		t.Fatalf("there are %d jobs, maxJobs is %d", n, maxJobs)
	}
	for _, job := range awsdata.Jobs() {
		for _, region := range []string{"ap-northeast-1", "us-gov-west-1", "cn-north-1", "me-west-1"} {
			r := allow(job.Name, config.Match{Job: job.Name, Regions: []string{region}})
			rules := Compile(file(r))
			for _, template := range job.Hosts {
				host := strings.ReplaceAll(blanked(template.Expand(region, awsdata.PartitionOf(region))), "*", "123456789012")
				if _, ok := template.Match(host); !ok {
					continue // AWS chose a text for the regions that it has
				}
				if d := rules.Decide(to(nameOf(host))); d.Verdict != Allowed {
					t.Errorf("%s in %s: Decide(%s) = %s", job.Name, region, host, show(d))
				}
				other := template.Expand("eu-west-9", "aws")
				if d := rules.Decide(to(nameOf(other))); other != template.Expand("eu-west-8", "aws") && d.Passes() {
					t.Errorf("%s in %s: Decide(%s) = %s", job.Name, region, other, show(d))
				}
			}
		}
	}
}

// TestHostOfSeveralJobs asks for a host of two jobs, only the second of which
// has a rule for the client.
func TestHostOfSeveralJobs(t *testing.T) {
	lab := allow("lab", config.Match{Job: "session-manager"})
	lab.Clients = []string{"lab"}
	cfg := file(lab, allow("cdk", config.Match{Job: "cdk"}))
	cfg.Clients = append(cfg.Clients, config.Client{Name: "lab", From: nets("10.30.0.0/16")})
	if d := Compile(cfg).Decide(to(ssm)); d.RuleName() != "cdk" {
		t.Errorf("Decide(%s) = %s, want rule cdk", ssm.Host, show(d))
	}
}

func TestJobsLeaveOptionalHostsOut(t *testing.T) {
	rules := Compile(file(allow("sessions", config.Match{Job: "session-manager"})))
	for host, want := range map[string]Verdict{
		"ssm.ap-northeast-1.amazonaws.com":         Allowed,
		"ssmmessages.ap-northeast-1.amazonaws.com": Allowed,
		"kms.ap-northeast-1.amazonaws.com":         Denied, // only where sessions are encrypted
		"ssm.ap-northeast-1.api.aws":               Denied, // not among the job's hosts
		"ssm.cn-north-1.amazonaws.com.cn":          Allowed,
		"ssm.ap-northeast-1.amazonaws.com.cn":      Denied, // no region of China
	} {
		if d := rules.Decide(to(nameOf(host))); d.Verdict != want {
			t.Errorf("Decide(%s) = %s, want %v", host, show(d), want)
		}
	}
}
