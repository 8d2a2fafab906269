package settings

import (
	"io/fs"
	"strings"
)

// variable is an environment variable.
type variable struct{ name, value string }

// variables are what every program finds that reads the environment: each in
// both cases and with the same value, because there are programs that read
// only one case, and some that read both prefer the one and some the other.
// None is empty: an empty no_proxy hides NO_PROXY from some.
func (q Question) variables() []variable {
	return variables(q.Proxy.URL(), q.Exclude.Variable())
}

func variables(proxy, list string) []variable {
	lower := []variable{{"http_proxy", proxy}, {"https_proxy", proxy}, {"no_proxy", list}}
	all := lower
	for _, v := range lower {
		all = append(all, variable{strings.ToUpper(v.name), v.value})
	}
	return all
}

// lines puts each variable into a line.
func lines(vars []variable, line func(v variable) string) string {
	var b strings.Builder
	for _, v := range vars {
		b.WriteString(line(v))
		b.WriteByte('\n')
	}
	return b.String()
}

func exported(v variable) string { return "export " + v.name + "=" + shellQuoted(v.value) }

// plain is NAME=value for files that know no quotes.
func plain(v variable) string { return v.name + "=" + v.value }

// names are the names of vars, each with prefix before it.
func names(vars []variable, prefix string) []string {
	list := make([]string, len(vars))
	for i, v := range vars {
		list[i] = prefix + v.name
	}
	return list
}

// head is the first line of a generated file. mark begins a comment.
func head(mark, target string) string {
	return mark + " Written by \"deguchi settings " + target + "\". It does not overwrite edits without --force.\n"
}

// block is a file in which only content is ours.
func block(path, target, under, content string, keys ...string) File {
	return File{Path: path, Mode: 0o644, Content: content, Block: &Block{
		Open: "# BEGIN deguchi settings " + target, Close: "# END deguchi settings " + target,
		Under: under, Keys: keys,
	}}
}

// readable is the mode of a file that every user's programs read.
const readable fs.FileMode = 0o644

// private is the mode of a file that one user's programs read, or root's.
func (q Question) private() fs.FileMode {
	if q.Proxy.Secret() {
		return 0o600
	}
	return readable
}

// environment are the targets that set variables for programs of o, in order.
func (o OS) environment() []string {
	switch o {
	case Windows:
		return []string{"powershell"}
	case MacOS:
		return []string{"shell"}
	case AL2, AL2023, RHEL, Debian, Ubuntu:
	}
	return []string{"shell", "systemd"}
}

// exposed adds a note if p's password stands where every user can read it.
func (q Question) exposed(a *Answer, files ...string) {
	if q.Proxy.Secret() {
		a.note("secret-readable", strings.Join(files, ", "))
	}
}
