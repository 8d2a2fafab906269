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
	whole, err := q.composed()
	if err != nil {
		return Answer{}, err
	}
	text, name := "", "user-data.sh"
	switch q.Format {
	case CloudConfig:
		text, name = cloudConfig(whole), "user-data.yaml"
	case MIME:
		text, name = multipart(whole), "user-data.mime"
	case PowerShell:
		text, name = powerShellData(whole), "user-data.txt"
	case ShellScript:
		text = shellData(whole)
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
		if name == "ssm-agent" {
			whole.run(q.installSSM()...)
		}
		for _, f := range a.Files {
			if !absolute(f.Path) {
				return whole, noPart
			}
			if !slices.ContainsFunc(whole.Files, func(g File) bool { return g.Path == f.Path }) {
				whole.Files = append(whole.Files, f)
			}
		}
		for _, c := range a.Commands {
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

// shellData is a script that cloud-init runs last: services that have started
// already are restarted by its commands.
func shellData(a Answer) string {
	return "#!/bin/bash\n" + userDataHead + "set -eu\n" + installed(a.Files) + "\n" + commands(a)
}

// commands are those of a as lines of a script. One that fails, because a
// service is not there, does not keep the others from running.
func commands(a Answer) string { return "set +e\n" + strings.Join(a.Commands, "\n") + "\n" }

// installed are the lines of a script that write files.
func installed(files []File) string {
	const end = "DEGUCHI"
	var b strings.Builder
	for _, f := range files {
		file := shellQuoted(f.Path)
		if f.Block == nil {
			fmt.Fprintf(&b, "\ninstall -D -m %04o /dev/stdin %s <<'%s'\n%s%s\n", f.Mode, file, end, f.Content, end)
			continue
		}
		text := f.Block.Open + "\n" + f.Content + f.Block.Close + "\n"
		fmt.Fprintf(&b, "\n[ -e %s ] || install -D -m %04o /dev/null %s\n", file, f.Mode, file)
		if under := f.Block.Under; under != "" {
			fmt.Fprintf(&b, "grep -qsxF %s %s || echo %s >> %s\n", shellQuoted(under), file, shellQuoted(under), file)
			pattern := strings.NewReplacer("[", `\[`, "]", `\]`).Replace(under)
			fmt.Fprintf(&b, "sed -i '/^%s$/r /dev/stdin' %s <<'%s'\n%s%s\n", pattern, file, end, text, end)
		} else {
			fmt.Fprintf(&b, "cat >> %s <<'%s'\n%s%s\n", file, end, text, end)
		}
	}
	return b.String()
}

// cloudConfig writes the files in the stage Network, before most services
// start, and runs the commands last.
func cloudConfig(a Answer) string {
	var b strings.Builder
	b.WriteString("#cloud-config\n" + userDataHead + "write_files:\n")
	for _, f := range a.Files {
		text := f.Content
		fmt.Fprintf(&b, "  - path: %s\n", f.Path)
		if f.Block == nil || f.Mode != readable {
			fmt.Fprintf(&b, "    permissions: \"%04o\"\n", f.Mode)
		}
		if f.Block != nil {
			text = f.Block.Open + "\n" + text + f.Block.Close + "\n"
			if under := f.Block.Under; under != "" && under != mainSection {
				text = under + "\n" + text // no image comes with pip.conf; dnf.conf and yum.conf are there and end in their section
			}
			b.WriteString("    append: true\n")
		}
		b.WriteString("    content: |\n")
		for line := range strings.Lines(text) {
			b.WriteString("      " + line)
		}
	}
	b.WriteString("runcmd:\n")
	for _, c := range a.Commands {
		b.WriteString("  - " + jsonQuoted(c) + "\n")
	}
	return b.String()
}

// multipart writes the files in a boothook, which runs in the stage Network at
// every boot and does its work at the first, and runs the commands last.
func multipart(a Answer) string {
	const boundary = "==DEGUCHI=="
	part := func(kind, text string) string {
		return "--" + boundary + "\nContent-Type: text/" + kind + "; charset=\"utf-8\"\nContent-Transfer-Encoding: 8bit\nMIME-Version: 1.0\n\n" + text + "\n"
	}
	hook := "#!/bin/bash\n" + userDataHead + "set -eu\n[ ! -e /var/lib/deguchi/user-data ] || exit 0\n" +
		installed(a.Files) + "\nsystemctl daemon-reload\ninstall -D /dev/null /var/lib/deguchi/user-data\n"
	script := "#!/bin/bash\n" + userDataHead + commands(a)
	return "Content-Type: multipart/mixed; boundary=\"" + boundary + "\"\nMIME-Version: 1.0\n\n" +
		part("cloud-boothook", hook) + part("x-shellscript", script) + "--" + boundary + "--\n"
}

// powerShellData runs the scripts one after the other, without writing them.
func powerShellData(a Answer) string {
	var b strings.Builder
	b.WriteString("<powershell>\n" + userDataHead + "$ErrorActionPreference = 'Stop'\n")
	for _, f := range a.Files {
		if strings.HasSuffix(f.Path, "proxy-user.ps1") {
			continue // user data runs as a user whom nobody is
		}
		_, body, _ := strings.Cut(strings.ReplaceAll(f.Content, "\r\n", "\n"), "$ErrorActionPreference = 'Stop'\n")
		b.WriteString(body)
	}
	b.WriteString("</powershell>\n")
	return crlf(b.String())
}
