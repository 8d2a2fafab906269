package settings

import (
	"fmt"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// Format is a form of user data.
type Format string

// The forms. MIME writes the files before services start, and runs the commands
// when everything else is up.
const (
	ShellScript Format = "shell"
	CloudConfig Format = "cloud-config"
	MIME        Format = "mime"
	PowerShell  Format = "powershell"
)

// Formats returns all forms of user data.
func Formats() []Format { return []Format{ShellScript, CloudConfig, MIME, PowerShell} }

// userDataLimit is how large user data may be, in bytes before encoding (EC2
// user guide, "Run commands when you launch an EC2 instance").
const userDataLimit = 16384

const userDataHead = "# Written by \"deguchi settings user-data\".\n"

// parts are the targets that user data composes if nobody names them: what
// lets the instance be reached and packages be installed.
func (o OS) parts() []string {
	switch o {
	case AL2:
		return []string{"shell", "yum", "ssm-agent"}
	case AL2023, RHEL:
		return []string{"shell", "dnf", "ssm-agent"}
	case Windows:
		return []string{"powershell", "ssm-agent"}
	default:
		return []string{"shell", "apt", "ssm-agent"}
	}
}

func writeUserData(q Question) (Answer, error) {
	if q.Format == "" {
		q.Format = ShellScript
		if q.OS == Windows {
			q.Format = PowerShell
		}
	}
	if (q.Format == PowerShell) != (q.OS == Windows) || !slices.Contains(Formats(), q.Format) {
		return Answer{}, refuse(reason.New("settings.format", string(q.Format), string(q.OS)), reason.New("settings.format.hint"))
	}
	if len(q.Parts) == 0 {
		q.Parts = q.OS.parts()
	}
	if err := q.settle(); err != nil {
		return Answer{}, err
	}
	whole, err := q.composed()
	if err != nil {
		return Answer{}, err
	}
	text, name := "", "user-data.sh"
	switch m := q.machine(whole); q.Format {
	case CloudConfig:
		text, name = m.cloudConfig(), "user-data.yaml"
	case MIME:
		text, name = m.multipart(), "user-data.mime"
	case PowerShell:
		text, name = m.powerShell(), "user-data.txt"
	case ShellScript:
		text = m.shell()
	}
	if len(text) > userDataLimit {
		return Answer{}, refuse(reason.New("settings.too-long", fmt.Sprint(len(text)), fmt.Sprint(userDataLimit)), reason.New("settings.too-long.hint"))
	}
	whole.Files = []File{{Path: name, Mode: q.private(), Content: text}}
	whole.Commands = []string{"aws ec2 run-instances --user-data file://" + name + " …"}
	if q.OS == Windows {
		whole.note("user-data-windows")
	} else {
		whole.note("user-data")
	}
	if q.Proxy.Secret() {
		whole.note("user-data-secret")
	}
	return whole, nil
}

// composed is what all parts of q come to, each file, command and note once.
func (q Question) composed() (Answer, error) {
	var whole Answer
	owners := map[string]string{} // the part that writes a path
	q.composing = true
	for _, name := range q.Parts {
		t, err := Named(name)
		if err != nil {
			return whole, err
		}
		noPart := refuse(reason.New("settings.no-part", name), reason.New("settings.no-part.hint"))
		if name == "user-data" {
			return whole, noPart
		}
		a, err := t.Settings(q)
		if err != nil {
			return whole, err
		}
		if install := q.installSSM(); name == "ssm-agent" && len(install) > 0 {
			for _, v := range q.variables()[:3] { // what installs has no other way out
				whole.run(exported(v))
			}
			whole.run(install...)
		}
		for _, f := range a.Files {
			if !absolute(f.Path) {
				return whole, noPart
			}
			at := slices.IndexFunc(whole.Files, func(g File) bool { return g.Path == f.Path })
			if at < 0 {
				whole.Files, owners[f.Path] = append(whole.Files, f), name
				continue
			}
			if body(f) != body(whole.Files[at]) {
				return whole, refuse(
					reason.New("settings.parts-clash", owners[f.Path], name, f.Path),
					reason.New("settings.parts-clash.hint", owners[f.Path]))
			}
		}
		for _, c := range a.Commands {
			// A unit that starts after cloud-init has ended, as ECS's does, would
			// wait for the script that waits for it.
			c = strings.Replace(c, "systemctl restart ", "systemctl restart --no-block ", 1)
			if !slices.Contains(whole.Commands, c) {
				whole.run(c)
			}
		}
		for _, n := range a.Notes {
			whole.once(n)
		}
	}
	return whole, nil
}

// body is the content of f without the line that says who wrote it.
func body(f File) string {
	if f.Block != nil {
		return f.Content
	}
	_, rest, _ := strings.Cut(f.Content, "\n")
	return rest
}

// absolute reports whether path names one place of the machine.
func absolute(path string) bool {
	return strings.HasPrefix(path, "/") || len(path) > 2 && path[1:3] == `:\`
}

// installSSM are the commands that install the Systems Manager agent where
// images come without it. Source: Systems Manager user guide, "Manually
// installing SSM Agent on EC2 instances for Linux".
func (q Question) installSSM() []string {
	if q.Region == "" || q.OS != RHEL && q.OS != Debian {
		return nil
	}
	place := "https://s3." + q.Region + "." + awsname.Suffix(awsdata.PartitionOf(q.Region), "") + "/amazon-ssm-" + q.Region + "/latest/"
	const machine = `arch=amd64; [ "$(uname -m)" != aarch64 ] || arch=arm64`
	if q.OS == RHEL {
		return []string{machine, "rpm -q amazon-ssm-agent || dnf install -y " + place + "linux_$arch/amazon-ssm-agent.rpm"}
	}
	return []string{machine, "dpkg -s amazon-ssm-agent > /dev/null 2>&1 || " +
		"{ wget -qO /var/tmp/amazon-ssm-agent.deb " + place + "debian_$arch/amazon-ssm-agent.deb && dpkg -i /var/tmp/amazon-ssm-agent.deb; }"}
}
