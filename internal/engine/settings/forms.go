package settings

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// machine is what user data does to a new machine.
type machine struct {
	early    []File // there before services start, where the form can
	late     []File // in a home, which there is only once its user has been made
	home     string
	commands []string // last
}

// machine sorts a's files by the time at which they can be written. Users are
// made after user data has been read: a folder that stands in the place of a
// home by then stays root's.
func (q Question) machine(a Answer) machine {
	m := machine{home: q.Home, commands: a.Commands}
	for _, f := range a.Files {
		if q.homely(f) {
			m.late = append(m.late, f)
		} else {
			m.early = append(m.early, f)
		}
	}
	return m
}

// shell is a script that cloud-init runs last: services that have started
// already are restarted by its commands.
func (m machine) shell() string {
	return "#!/bin/bash\n" + userDataHead + "set -eu\n" + installed(m.early) + m.atHome() + "\n" + m.run()
}

// run are the commands as lines of a script. One that fails, because a service
// is not there, does not keep the others from running.
func (m machine) run() string { return "set +e\n" + strings.Join(m.commands, "\n") + "\n" }

// atHome are the lines of a script that write files into a home, and give them
// to its user.
func (m machine) atHome() string {
	if len(m.late) == 0 {
		return ""
	}
	home := shellQuoted(m.home)
	var own []string
	for _, f := range m.late {
		path := m.home
		for name := range strings.SplitSeq(strings.TrimPrefix(f.Path, m.home+"/"), "/") {
			path += "/" + name
			if word := shellQuoted(path); !slices.Contains(own, word) {
				own = append(own, word)
			}
		}
	}
	return "\nif [ -d " + home + " ]; then\n" + installed(m.late) +
		"chown -h --reference=" + home + " " + strings.Join(own, " ") + "\n" +
		"else\necho " + shellQuoted("no "+m.home+": nothing is written there") + " >&2\nfi\n"
}

// installed are the lines of a script that write files. Our lines in a file that
// others write, too, stand there once: an image may have been made of a machine
// that has run user data before.
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
		fmt.Fprintf(&b, "! grep -qsxF %s %s || sed -i '/^%s$/,/^%s$/d' %s\n", shellQuoted(f.Block.Close), file, f.Block.Open, f.Block.Close, file)
		fmt.Fprintf(&b, "[ -z \"$(tail -c 1 %s)\" ] || echo >> %s\n", file, file)
		if under := f.Block.Under; under != "" {
			fmt.Fprintf(&b, "grep -qsxF %s %s || echo %s >> %s\n", shellQuoted(under), file, shellQuoted(under), file)
			pattern := strings.NewReplacer("[", `\[`, "]", `\]`).Replace(under)
			fmt.Fprintf(&b, "sed -i '/^%s$/r /dev/stdin' %s <<'%s'\n%s%s\n", pattern, file, end, text, end)
		} else {
			fmt.Fprintf(&b, "cat >> %s <<'%s'\n%s%s\n", file, end, text, end)
		}
		if f.Mode != readable {
			fmt.Fprintf(&b, "chmod go= %s\n", file)
		}
	}
	return b.String()
}

// plainYAML are texts that YAML takes as they stand.
var plainYAML = regexp.MustCompile(`^/[A-Za-z0-9/._@-]*$`)

// cloudConfig writes the files in the stage Network, before most services
// start, and runs the commands last.
func (m machine) cloudConfig() string {
	var b strings.Builder
	b.WriteString("#cloud-config\n" + userDataHead)
	if len(m.early) > 0 {
		b.WriteString("write_files:\n")
	}
	for _, f := range m.early {
		path := f.Path
		if !plainYAML.MatchString(path) {
			path = jsonQuoted(path)
		}
		text := f.Content
		fmt.Fprintf(&b, "  - path: %s\n", path)
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
	if home := m.atHome(); home != "" {
		b.WriteString("  - |\n")
		for line := range strings.Lines(strings.TrimLeft(home, "\n")) {
			b.WriteString("    " + line)
		}
	}
	for _, c := range m.commands {
		b.WriteString("  - " + jsonQuoted(c) + "\n")
	}
	return b.String()
}

// multipart writes the files in a boothook, which runs in the stage Network at
// every boot and does its work at the first of each instance (cloud-init tells
// it which one that is), and runs the commands last.
func (m machine) multipart() string {
	const boundary = "==DEGUCHI=="
	part := func(kind, text string) string {
		return "--" + boundary + "\nContent-Type: text/" + kind + "; charset=\"utf-8\"\nContent-Transfer-Encoding: 8bit\nMIME-Version: 1.0\n\n" + text + "\n"
	}
	hook := "#!/bin/bash\n" + userDataHead + "set -eu\ndone=/var/lib/deguchi-settings/user-data${INSTANCE_ID:+-$INSTANCE_ID}\n[ ! -e \"$done\" ] || exit 0\n" +
		installed(m.early) + "\nsystemctl daemon-reload\ninstall -D -m 0600 /dev/null \"$done\"\n"
	script := "#!/bin/bash\n" + userDataHead + "set -eu\n" + m.atHome() + m.run()
	return "Content-Type: multipart/mixed; boundary=\"" + boundary + "\"\nMIME-Version: 1.0\n\n" +
		part("cloud-boothook", hook) + part("x-shellscript", script) + "--" + boundary + "--\n"
}

// textWriter are functions of PowerShell that write what is no script: a whole
// file, and lines of ours at the end of one or below its section.
const textWriter = `
function Write-Whole($path, $text) {
  New-Item -ItemType Directory -Force -Path (Split-Path -Parent $path) | Out-Null
  [IO.File]::WriteAllText($path, $text)
}
function Add-Lines($path, $under, $text) {
  $old = ''
  if (Test-Path -LiteralPath $path) { $old = [IO.File]::ReadAllText($path) }
  if ($old -ne '' -and -not $old.EndsWith("@n")) { $old += "@r@n" }
  $section = [regex]::Match($old, '(?m)^' + [regex]::Escape($under) + '[ \t]*\r?\n')
  if ($under -eq '') { $old += $text }
  elseif ($section.Success) { $old = $old.Insert($section.Index + $section.Length, $text) }
  else { $old += $under + "@r@n" + $text }
  Write-Whole $path $old
}
`

// powerShell runs the scripts one after the other, without writing them, and
// writes what is no script. What fails, because a service is not there, does not
// keep the rest from running.
func (m machine) powerShell() string {
	var b strings.Builder
	b.WriteString("<powershell>\n" + userDataHead + "$ErrorActionPreference = 'Stop'\n")
	writer := false
	for _, f := range slices.Concat(m.early, m.late) {
		if strings.HasSuffix(f.Path, "proxy-user.ps1") {
			continue // user data runs as a user whom nobody is
		}
		content := strings.ReplaceAll(f.Content, "\r\n", "\n")
		_, body, script := strings.Cut(content, "$ErrorActionPreference = 'Stop'\n")
		if !script {
			if !writer {
				b.WriteString(strings.ReplaceAll(textWriter, "@", "`"))
				writer = true
			}
			body = writing(f, content)
		}
		if slices.ContainsFunc(m.late, func(l File) bool { return l.Path == f.Path }) {
			home := powershellQuoted(m.home) // made at the first login of its user, unless something is in its place
			body = "if (-not (Test-Path -LiteralPath " + home + ")) { throw " + powershellQuoted("no "+m.home) + " }\n" + body
		}
		b.WriteString("try {\n" + body + "} catch { Write-Warning $_ }\n")
	}
	for _, c := range m.commands {
		if strings.HasPrefix(c, "powershell ") || strings.HasPrefix(c, "netsh ") || strings.Contains(c, "aws-via-proxy") {
			continue // has run above, or only shows something
		}
		b.WriteString("try {\n" + c + "\n} catch { Write-Warning $_ }\n")
	}
	b.WriteString("</powershell>\n")
	return crlf(b.String())
}

// writing is the call that writes f, which is no script. The line break before
// '@ is none of the text's.
func writing(f File, content string) string {
	if f.Block == nil {
		return "Write-Whole " + powershellQuoted(f.Path) + " @'\n" + content + "\n'@\n"
	}
	return "Add-Lines " + powershellQuoted(f.Path) + " " + powershellQuoted(f.Block.Under) +
		" @'\n" + f.Block.Open + "\n" + content + f.Block.Close + "\n\n'@\n"
}
