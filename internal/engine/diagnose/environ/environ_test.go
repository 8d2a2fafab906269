package environ

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// lines makes the lines of a source, with their numbers.
func lines(texts ...string) []string {
	for i := range texts {
		texts[i] = string(rune('1'+i)) + ":" + texts[i]
	}
	return texts
}

// TestEnvironment reads sources as systemd, PAM and shells do.
func TestEnvironment(t *testing.T) {
	unit := facts.Subject{Kind: facts.Unit, Name: "app.service"}
	tests := map[string]struct {
		subject facts.Subject
		sources []facts.Source
		want    map[string]string
	}{
		"later lines win, and quotes hold several words": {unit, []facts.Source{
			{Form: facts.UnitFile, Name: "u", Lines: lines("[Service]", `Environment="http_proxy=http://a" 'no_proxy=x,y' GODEBUG=z`, "Environment=http_proxy=http://b")},
		}, map[string]string{"http_proxy": "http://b", "no_proxy": "x,y", "GODEBUG": "z"}},
		"an empty Environment= takes everything back": {unit, []facts.Source{
			{Form: facts.UnitFile, Name: "u", Lines: lines("[Service]", "Environment=http_proxy=http://a")},
			{Form: facts.UnitFile, Name: "d.conf", Lines: lines("[Service]", "Environment=", "Environment=https_proxy=http://b")},
		}, map[string]string{"https_proxy": "http://b"}},
		"a file wins against Environment=, wherever it is named": {unit, []facts.Source{
			{Form: facts.UnitFile, Name: "u", Lines: lines("[Service]", "EnvironmentFile=/etc/default/app", "Environment=http_proxy=http://a")},
			{Form: facts.EnvFile, Name: "/etc/default/app", Lines: lines("http_proxy=\"http://b\"", "# no_proxy=x")},
		}, map[string]string{"http_proxy": "http://b"}},
		"a file that may be missing is missing": {unit, []facts.Source{
			{Form: facts.UnitFile, Name: "u", Lines: lines("[Service]", "EnvironmentFile=-/etc/default/app", "Environment=http_proxy=http://a")},
			{Form: facts.EnvFile, Name: "/etc/default/app", Err: "no such file"},
		}, map[string]string{"http_proxy": "http://a"}},
		"UnsetEnvironment=": {unit, []facts.Source{
			{Form: facts.UnitFile, Name: "u", Lines: lines("[Service]", "Environment=http_proxy=a no_proxy=b", "UnsetEnvironment=http_proxy")},
		}, map[string]string{"no_proxy": "b"}},
		"a line that goes on, a doubled percent sign, another section": {unit, []facts.Source{
			{Form: facts.UnitFile, Name: "u", Lines: lines("[Service]", `Environment=http_proxy=http://u:p%%40@a \`, "  no_proxy=b", "[Install]", "Environment=https_proxy=c")},
		}, map[string]string{"http_proxy": "http://u:p%40@a", "no_proxy": "b"}},
		"/etc/profile.d does not count for a unit": {unit, []facts.Source{
			{Form: facts.Profile, Name: "p", Lines: lines("export http_proxy=a")},
		}, map[string]string{}},
		"a profile with variables in variables": {facts.Subject{Kind: facts.User, Name: "ops"}, []facts.Source{
			{Form: facts.EnvFile, Name: "/etc/environment", Lines: lines("no_proxy=x")},
			{Form: facts.Profile, Name: "p", Lines: lines("PROXY=http://a:1; export PROXY", `export http_proxy="$PROXY" https_proxy=${PROXY}/`, "unset no_proxy", "# export all_proxy=z")},
		}, map[string]string{"PROXY": "http://a:1", "http_proxy": "http://a:1", "https_proxy": "http://a:1/"}},
	}
	for why, tt := range tests {
		t.Run(why, func(t *testing.T) {
			f := &facts.Sheet{OS: "linux", Subject: tt.subject, Sources: tt.sources}
			if diff := cmp.Diff(tt.want, Variables(f)); diff != "" {
				t.Errorf("variables (-want +got):\n%s", diff)
			}
		})
	}
}

// TestWindows is about the five places where the SSM agent looks: the first
// that has a proxy wins as a whole.
func TestWindows(t *testing.T) {
	place := func(name string, lines ...string) facts.Source {
		return facts.Source{Form: facts.Windows, Name: name, Lines: lines}
	}
	tests := map[string]struct {
		places []facts.Source
		want   map[string]string
		origin string
	}{
		"the service's own registry key": {[]facts.Source{
			place("winhttp", "ProxyServer=w:1"), place("service", "http_proxy=http://s:1", "https_proxy=http://s:1", "no_proxy=169.254.169.254"), place("system", "HTTPS_PROXY=http://y:1"),
		}, map[string]string{"http_proxy": "http://s:1", "https_proxy": "http://s:1", "no_proxy": "169.254.169.254"}, "service"},
		"a key with a list alone does not win": {[]facts.Source{place("service", "no_proxy=x"), place("system", "HTTPS_PROXY=http://y:1")},
			map[string]string{"HTTPS_PROXY": "http://y:1"}, "system"},
		"the IE of LocalSystem: <local> is dropped": {[]facts.Source{place("ie", "ProxyServer=http=h:1;https=h:2", "ProxyOverride=*.corp.example;<local>"), place("winhttp", "ProxyServer=w:1")},
			map[string]string{"http_proxy": "h:1", "https_proxy": "h:2", "no_proxy": "*.corp.example"}, "ie"},
		"plain WinHTTP serves http only": {[]facts.Source{place("service"), place("winhttp", "ProxyServer=w:1")}, map[string]string{"http_proxy": "w:1"}, "winhttp"},
		"nowhere":                        {[]facts.Source{place("service"), place("ie", "ProxyOverride=<local>")}, map[string]string{}, ""},
	}
	for why, tt := range tests {
		t.Run(why, func(t *testing.T) {
			f := &facts.Sheet{OS: "windows", Subject: facts.Subject{Kind: facts.SSMAgent}, Sources: tt.places}
			e := Of(f)
			if diff := cmp.Diff(tt.want, map[string]string(e.Vars())); diff != "" || e.Origin != tt.origin {
				t.Errorf("from %q, want %q (-want +got):\n%s", e.Origin, tt.origin, diff)
			}
		})
	}
}
