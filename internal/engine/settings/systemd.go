package settings

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// unitName is a name of a unit, as systemd.unit(5) has it.
var unitName = regexp.MustCompile(`^[A-Za-z0-9:_.\\@-]+$`)

// otherUnits are the kinds of unit that start no program, or none of their own
// section (systemd.unit(5)).
var otherUnits = []string{".socket", ".device", ".mount", ".automount", ".swap", ".target", ".path", ".timer", ".slice", ".scope"}

// writeSystemd is a drop-in for a unit that the question names.
func writeSystemd(q Question) (Answer, error) {
	unit := q.Unit
	if unit == "" {
		return Answer{}, refuse(reason.New("settings.no-unit"), reason.New("settings.no-unit.hint"))
	}
	if !unitName.MatchString(unit) || strings.ContainsAny(unit[:1], ".-") {
		return Answer{}, refuse(reason.New("settings.bad-unit", strconv.Quote(unit)), reason.New("settings.no-unit.hint"))
	}
	if kind := path.Ext(unit); slices.Contains(otherUnits, kind) {
		return Answer{}, refuse(reason.New("settings.unit-kind", strconv.Quote(unit), kind), reason.New("settings.no-unit.hint"))
	}
	if !strings.HasSuffix(unit, ".service") {
		unit += ".service"
	}
	var a Answer
	q.dropIn(&a, "systemd --unit "+unit, "http-proxy.conf", q.Exclude, unit)
	a.note("children")
	q.Exclude.notes(&a)
	return a, nil
}

// dropIn adds to a a drop-in for each unit, and the commands that put them into
// force. Files below /etc stay when a package is updated; those below /usr do
// not. Only names that end in .conf are read (systemd.unit(5)).
func (q Question) dropIn(a *Answer, target, name string, x Exclusions, units ...string) {
	content := head("#", target) + "[Service]\n" + lines(variables(q.Proxy.URL(), x.Variable()), func(v variable) string {
		return "Environment=" + unitQuoted(v.name, v.value)
	})
	a.run("systemctl daemon-reload")
	for _, unit := range units {
		a.Files = append(a.Files, File{
			Path: "/etc/systemd/system/" + unit + ".d/" + name, Mode: q.private(), Content: content,
		})
		a.run("systemctl restart " + restarted(unit))
	}
	if q.Proxy.Secret() {
		a.note("secret-shown", units[0])
	}
}

// writeDocker is for the Docker daemon: pulls and pushes. Where there is a
// desktop in between, only what containers get can be written.
func writeDocker(q Question) (Answer, error) {
	var a Answer
	switch q.OS {
	case MacOS:
		a.Files = []File{{
			Path: q.home(".docker/config.json"), Mode: q.private(),
			Content: "{\n  \"proxies\": {\n    \"default\": {\n" +
				"      \"httpProxy\": " + jsonQuoted(q.Proxy.URL()) + ",\n" +
				"      \"httpsProxy\": " + jsonQuoted(q.Proxy.URL()) + ",\n" +
				"      \"noProxy\": " + jsonQuoted(q.Exclude.Variable()) + "\n    }\n  }\n}\n",
		}}
		a.note("docker-desktop", q.Proxy.Bare())
		q.Exclude.wide(&a)
		return a, nil
	case Windows:
		q.service(&a, "docker", "docker", q.Exclude)
	default:
		q.dropIn(&a, "docker", "http-proxy.conf", q.Exclude, "docker.service")
	}
	a.note("docker-containers")
	q.Exclude.wide(&a)
	return a, nil
}

// restarted is unit as systemctl takes it in a shell: escapes of systemd hold
// backslashes, and a template stands for its instances.
func restarted(unit string) string {
	word := strings.Replace(unit, "@.service", "@*.service", 1)
	if strings.ContainsAny(word, `\*`) {
		return shellQuoted(word)
	}
	return word
}

func writeContainerd(q Question) (Answer, error) {
	var a Answer
	q.dropIn(&a, "containerd", "http-proxy.conf", q.Exclude, "containerd.service")
	a.note("containerd")
	q.Exclude.wide(&a)
	return a, nil
}
