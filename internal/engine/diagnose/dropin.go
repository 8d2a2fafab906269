package diagnose

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose/environ"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// dropIn writes a drop-in that is read last, and restarts the unit. The commands
// can be pasted with whatever stands before them. Where a file of the unit's has
// the say, which beats every Environment= (systemd.exec(5)), the drop-in names a
// file of its own.
func (x *exam) dropIn(pairs []pair) []string {
	unit := x.unit()
	dir := "/etc/systemd/system/" + unit + ".d"
	file := dir + "/" + x.last()
	lines := []string{"sudo mkdir -p " + x.word(dir)}
	if x.fromFile(pairs) {
		variables := "/etc/systemd/system/" + unit + ".env"
		var values []string
		for _, p := range pairs {
			values = append(values, fmt.Sprintf(`%s="%s"`, p.name, strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(p.value)))
		}
		lines = append(lines, x.written(variables, values)...)
		lines = append(lines, x.written(file, append(x.head(pairs), "EnvironmentFile="+variables))...)
	} else {
		values := x.head(pairs)
		for _, p := range pairs {
			value := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "%", "%%").Replace(p.value)
			values = append(values, fmt.Sprintf(`Environment="%s=%s"`, p.name, value))
		}
		lines = append(lines, x.written(file, values)...)
	}
	return append(lines, "sudo systemctl daemon-reload", "sudo systemctl restart "+x.word(unit))
}

// head is the beginning of a drop-in, in which nothing takes pairs out again.
func (x *exam) head(pairs []pair) []string {
	lines := []string{"[Service]"}
	named := func(unset string) bool {
		name, _, _ := strings.Cut(unset, "=")
		return slices.ContainsFunc(pairs, func(p pair) bool { return p.name == name })
	}
	if slices.ContainsFunc(x.env.Unsets, named) {
		lines = append(lines, "UnsetEnvironment=")
		if rest := slices.DeleteFunc(slices.Clone(x.env.Unsets), named); len(rest) > 0 {
			lines = append(lines, "UnsetEnvironment="+strings.Join(rest, " "))
		}
	}
	return lines
}

// written are the commands that write a file of lines.
func (x *exam) written(name string, lines []string) []string {
	commands := []string{`printf '%s\n' \`}
	for _, l := range lines {
		commands = append(commands, "  "+x.quote(l)+` \`)
	}
	return append(commands, "  | sudo tee "+x.word(name))
}

// last is a name for a drop-in that comes after those that there are: systemd
// reads them in the order of their names, whatever folder they are in.
func (x *exam) last() string {
	name := "zz-proxy.conf"
	for _, s := range x.Sources {
		if base := path.Base(s.Name); s.Form == facts.UnitFile && strings.Contains(s.Name, ".d/") && !environ.IsManager(s.Name) && base > name {
			name = "zz-" + base
			for name <= base {
				name = "z" + name
			}
		}
	}
	return name
}

// fromFile reports whether a file that the unit includes sets one of pairs.
func (x *exam) fromFile(pairs []pair) bool {
	return slices.ContainsFunc(pairs, func(p pair) bool {
		s := x.env.Setting(p.name)
		return s != nil && slices.ContainsFunc(x.env.Files, func(file string) bool {
			return strings.HasPrefix(s.Origin, strings.TrimPrefix(file, "-")+":")
		})
	})
}
