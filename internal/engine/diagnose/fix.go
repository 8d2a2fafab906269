package diagnose

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose/environ"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// pair is a variable and the value it should have.
type pair struct{ name, value string }

// bypass are the addresses that no program may send to a proxy: instance
// metadata, ECS and EKS credentials. IPv6 stands in both spellings, since no
// program reads both.
var bypass = []string{"169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254", "[fd00:ec2::254]"}

// both returns name in both cases.
func both(name, value string) []pair {
	return []pair{{strings.ToLower(name), value}, {strings.ToUpper(name), value}}
}

// assign returns the commands that give the subject variables.
func (x *exam) assign(pairs ...pair) []string {
	switch {
	case x.OS == "windows" && x.Subject.Kind == facts.SSMAgent:
		return agentRegistry(x.complete(pairs))
	case x.OS == "windows":
		var lines []string
		for _, p := range pairs {
			if p.name == strings.ToUpper(p.name) { // Windows knows one case
				lines = append(lines, fmt.Sprintf("[Environment]::SetEnvironmentVariable('%s', %s, 'User')", p.name, x.quote(p.value)))
			}
		}
		return lines
	case x.unit() != "":
		return x.dropIn(x.complete(pairs))
	}
	var lines []string
	for _, p := range pairs {
		if origin := x.source(p.name); origin != "" && len(lines) == 0 {
			lines = append(lines, "# "+origin)
		}
		lines = append(lines, "export "+p.name+"="+x.quote(p.value))
	}
	return lines
}

// source is the line of a file that gave the subject a variable, or "".
func (x *exam) source(name string) string {
	s := x.env.Setting(name)
	if s == nil {
		return ""
	}
	if strings.Contains(s.Origin, ":") {
		return s.Origin
	}
	for _, o := range environ.Others(x.Sheet) {
		if o.Name == name && o.Value == s.Value {
			return o.Origin
		}
	}
	return ""
}

// complete adds to pairs what else the subject needs of proxies: a drop-in, or a
// registry value, is written as a whole, and several findings write the same.
func (x *exam) complete(pairs []pair) []pair {
	list := x.list()
	if !contains(split(list), bypass[0]) {
		list = x.listWith(bypass...)
	}
	all := x.whole(list)
	for _, p := range pairs {
		i := slices.IndexFunc(all, func(o pair) bool { return o.name == p.name })
		if i < 0 {
			all = append(all, p)
			continue
		}
		all[i] = p
	}
	return all
}

// unit is the systemd unit that the subject's settings belong to, or "".
func (x *exam) unit() string {
	switch x.Subject.Kind {
	case facts.Unit:
		return x.Subject.Name
	case facts.SSMAgent:
		if x.Subject.Name == "" {
			return "amazon-ssm-agent.service"
		}
		return x.Subject.Name
	case facts.Shell, facts.User, facts.Process:
	}
	return ""
}

// agentRegistry sets the environment of the agent's Windows service.
func agentRegistry(pairs []pair) []string {
	var values []string
	for _, p := range pairs {
		if p.name == strings.ToLower(p.name) {
			values = append(values, "'"+strings.ReplaceAll(p.name+"="+p.value, "'", "''")+"'")
		}
	}
	return []string{
		`$k = 'HKLM:\SYSTEM\CurrentControlSet\Services\AmazonSSMAgent'`,
		"New-ItemProperty -Path $k -Name Environment -PropertyType MultiString -Force -Value @(" + strings.Join(values, ", ") + ")",
		"Restart-Service AmazonSSMAgent",
	}
}

// whole returns all that the subject needs, as it has it, with list for the
// exceptions.
func (x *exam) whole(list string) []pair {
	proxy := x.proxyValue()
	var all []pair
	for _, name := range []string{"http_proxy", "https_proxy"} {
		all = append(all, both(name, proxy)...)
	}
	return append(all, both("no_proxy", list)...)
}

// proxyValue is the proxy that the subject is meant to use, from whatever names
// it, spelled as all programs understand it.
func (x *exam) proxyValue() string {
	candidates := []string{x.Proxy}
	for _, name := range []string{"https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"} {
		v, _ := x.env.Value(name)
		candidates = append(candidates, v)
	}
	candidates = append(candidates, x.elsewhere()...)
	for _, c := range candidates {
		c = strings.Trim(strings.TrimSpace(c), `"'`)
		if rest, ok := strings.CutPrefix(c, "https://"); ok {
			c = "http://" + rest
		}
		u, err := url.Parse(withScheme(c))
		if c == "" || err != nil || u.Scheme != "http" || u.Hostname() == "" || isPAC(u.Path) {
			continue
		}
		c = strings.TrimSuffix(withScheme(c), u.EscapedPath())
		if u.Port() == "" {
			c += ":PORT"
		}
		return c
	}
	return "http://PROXY:3128"
}

// elsewhere are the proxies that sources name which do not make the subject's
// environment.
func (x *exam) elsewhere() []string {
	var found []string
	for _, s := range environ.Others(x.Sheet) {
		if environ.IsProxyName(s.Name) && s.Value != "" {
			found = append(found, s.Value)
		}
	}
	return found
}

// listWith returns the subject's list of exceptions with entries added.
func (x *exam) listWith(entries ...string) string {
	list := ""
	if s := x.env.First("no_proxy", "NO_PROXY"); s != nil {
		list = s.Value
	}
	have := split(list)
	for _, e := range entries {
		if !contains(have, e) {
			have = append(have, e)
		}
	}
	return strings.Join(have, ",")
}

// split cuts a list of exceptions into entries.
func split(list string) []string {
	var all []string
	for e := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == ',' || unicode.IsControl(r) }) {
		if e = strings.TrimSpace(e); e != "" {
			all = append(all, e)
		}
	}
	return all
}

func contains(all []string, one string) bool {
	for _, e := range all {
		if strings.EqualFold(e, one) {
			return true
		}
	}
	return false
}

// again is the command that asks the doctor once more for what this check saw.
func (x *exam) again(target string) string {
	cmd := "deguchi doctor"
	switch x.Subject.Kind {
	case facts.Unit:
		cmd += " --unit " + x.word(x.Subject.Name)
	case facts.User:
		cmd += " --user " + x.word(x.Subject.Name)
	case facts.Process:
		cmd += " --pid " + x.Subject.Name
	case facts.SSMAgent:
		cmd += " --ssm-agent"
	case facts.Shell:
	}
	if target != "" {
		cmd += " --for " + x.word(target)
	}
	return cmd
}

// environmentCommand shows the variables that the subject really has.
func (x *exam) environmentCommand() string {
	switch {
	case x.OS == "windows" && x.Subject.Kind == facts.SSMAgent:
		return `(Get-ItemProperty HKLM:\SYSTEM\CurrentControlSet\Services\AmazonSSMAgent).Environment`
	case x.OS == "windows":
		return "Get-ChildItem Env: | Where-Object Name -match proxy"
	case x.unit() != "":
		return "systemctl show -p Environment " + x.word(x.unit())
	case x.Subject.Kind == facts.Process:
		return "tr '\\0' '\\n' < /proc/" + x.Subject.Name + "/environ | grep -i proxy"
	case x.Subject.Kind == facts.User:
		return "sudo -iu " + x.word(x.Subject.Name) + " env | grep -i proxy"
	}
	return "env | grep -i proxy"
}
