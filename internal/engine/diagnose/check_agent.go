package diagnose

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/environ"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// ec2messagesEnd is the day after which agents that need ec2messages are lost
// (AWS's notice, as github.com/ministryofjustice/modernisation-platform#13918
// relays it), and the first version that needs it no more.
var (
	ec2messagesEnd   = time.Date(2026, 9, 30, 0, 0, 0, 0, time.UTC)
	agentWithoutThem = []int{3, 3, 40, 0}
)

// checkAgent looks at the SSM agent itself.
func checkAgent(x *exam) Finding {
	version, known := x.Source(facts.Version, "amazon-ssm-agent")
	if !x.isAgent() && !known {
		return skip("agent.none")
	}
	x.vendorUnit()
	if !known || version.Err != "" || len(version.Lines) == 0 {
		return untested("agent.no-version")
	}
	if v := numbers(version.Lines[0]); len(v) > 0 && slices.Compare(v, agentWithoutThem) < 0 {
		f := Finding{
			Status: Warn, Cause: "ec2messages-retired", Because: because("agent.old", version.Lines[0]),
			Evidence: []string{"amazon-ssm-agent " + version.Lines[0]},
			Fix:      because("agent.old.fix"), Commands: x.updateAgent(), Verify: "amazon-ssm-agent -version",
		}
		if x.OS == "windows" {
			f.Verify = `(Get-Item "$env:ProgramFiles\Amazon\SSM\amazon-ssm-agent.exe").VersionInfo.ProductVersion`
		}
		if x.Time.After(ec2messagesEnd) {
			f.Status = Fail
		}
		x.report(f)
	}
	f := good("agent.fine", version.Lines[0])
	for _, s := range x.Sources {
		if s.Form == facts.Log && strings.Contains(s.Name, "amazon-ssm-agent") {
			f.Evidence = append(f.Evidence, s.Lines[max(0, len(s.Lines)-5):]...)
		}
	}
	f.Evidence = redacted(slices.Clone(f.Evidence))
	return f
}

// updateAgent are the commands that update the agent on this system, as the
// Systems Manager user guide has them ("Manually installing SSM Agent").
func (x *exam) updateAgent() []string {
	region := x.region()
	if region == "" {
		region = "REGION"
	}
	latest := "https://s3." + region + "." + awsname.Suffix(awsdata.PartitionOf(region), "") + "/amazon-ssm-" + region + "/latest/"
	const machine = "$(uname -m | sed -e 's/x86_64/amd64/' -e 's/aarch64/arm64/')"
	switch {
	case x.OS == "windows":
		return []string{
			"Invoke-WebRequest " + latest + `windows_amd64/AmazonSSMAgentSetup.exe -OutFile "$env:TEMP\AmazonSSMAgentSetup.exe"`,
			`Start-Process -Wait "$env:TEMP\AmazonSSMAgentSetup.exe" -ArgumentList /S`,
		}
	case strings.HasPrefix(x.unit(), "snap."):
		return []string{"sudo snap refresh amazon-ssm-agent"}
	case strings.Contains(x.Release, "Debian"), strings.Contains(x.Release, "Ubuntu"):
		return []string{"curl -fsSLO " + latest + "debian_" + machine + "/amazon-ssm-agent.deb", "sudo dpkg -i amazon-ssm-agent.deb"}
	case x.Release == "", strings.HasPrefix(x.Release, "Amazon Linux 2023"):
		return []string{"sudo dnf upgrade -y amazon-ssm-agent"}
	case strings.HasPrefix(x.Release, "Amazon Linux"):
		return []string{"sudo yum update -y amazon-ssm-agent"}
	}
	return []string{"sudo dnf install -y " + latest + "linux_" + machine + "/amazon-ssm-agent.rpm"}
}

// vendorUnit finds settings in a file that the next update of the package
// replaces.
func (x *exam) vendorUnit() {
	for _, s := range x.env.Settings {
		if environ.IsProxyName(s.Name) && (strings.HasPrefix(s.Origin, "/usr/lib/systemd/") || strings.HasPrefix(s.Origin, "/lib/systemd/")) {
			x.report(Finding{
				Status: Warn, Cause: "vendor-unit-edited", Because: because("agent.vendor", s.Origin),
				Evidence: []string{s.Quoted()},
				Fix:      because("agent.vendor.fix"), Commands: x.assign(x.whole(x.listWith(bypass...))...), Verify: "systemctl cat " + x.unit(),
			})
			return
		}
	}
}

// numbers are those of a version: "3.3.40.0".
func numbers(version string) []int {
	var all []int
	for part := range strings.SplitSeq(version, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil
		}
		all = append(all, n)
	}
	return all
}

// checkCloudInit looks for user data that failed.
func checkCloudInit(x *exam) Finding {
	seen := false
	for _, s := range x.Sources {
		if s.Form != facts.Log || !strings.Contains(s.Name, "cloud-init") {
			continue
		}
		seen = true
		var bad []string
		for _, line := range s.Lines {
			low := strings.ToLower(line)
			if strings.Contains(low, "failed") && (strings.Contains(low, "scripts_user") || strings.Contains(low, "scripts-user") || strings.Contains(low, "user-data")) {
				bad = append(bad, line)
			}
		}
		if len(bad) > 0 {
			x.report(Finding{
				Status: Warn, Cause: "user-data-failed", Because: because("cloud-init.failed", s.Name),
				Evidence: bad, Fix: because("cloud-init.failed.fix"), Verify: "cloud-init status --long",
			})
		}
	}
	if !seen {
		return skip("cloud-init.none")
	}
	return good("cloud-init.fine")
}
