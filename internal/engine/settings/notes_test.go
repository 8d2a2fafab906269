package settings

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// TestNotesNameWhatIsThere: a note that sends its reader to another target names
// one that the reader's system has.
func TestNotesNameWhatIsThere(t *testing.T) {
	named := regexp.MustCompile(`\(target ([a-z0-9-]+)(?:, ([a-z0-9-]+))?`)
	answers(t, full(t), func(t *testing.T, _ Target, a Answer) {
		for _, n := range a.Notes {
			text := n.In(reason.English)
			for _, name := range slices.Concat(named.FindAllStringSubmatch(text, -1)...) {
				if name == "" || strings.HasPrefix(name, "(") {
					continue
				}
				if other, err := Named(name); err != nil || !slices.Contains(other.OSes, a.OS) {
					t.Errorf("%q names %s, which %s does not have", text, name, a.OS)
				}
			}
		}
	})
}

// TestWindowsHasNoModes: below ProgramData every user reads a file, whatever its
// mode says, and a note says so of those that hold the password.
func TestWindowsHasNoModes(t *testing.T) {
	answers(t, full(t), func(t *testing.T, target Target, a Answer) {
		if a.OS != Windows {
			return
		}
		for _, f := range a.Files {
			if strings.HasPrefix(f.Path, programData) && f.Mode != readable && !told(a, f.Path) {
				t.Errorf("nothing is said about the password in %s of %s", f.Path, target.Name)
			}
		}
	})
}

// TestWhoReadsThePassword: a file among others that are copied, and a store that
// every user reads, are named.
func TestWhoReadsThePassword(t *testing.T) {
	answers(t, full(t), func(t *testing.T, target Target, a Answer) {
		codes := map[reason.Code]string{}
		for _, n := range a.Notes {
			codes[n.Code] = strings.Join(n.Args, " ")
		}
		for _, f := range a.Files {
			if alone := !absolute(f.Path) && f.Mode != readable; alone && target.Name != "user-data" && codes["settings.note.secret-code"] != f.Path {
				t.Errorf("%s holds the password, and nothing says that it is not for a repository", f.Path)
			}
			if _, said := codes["settings.note.secret-machine"]; strings.Contains(f.Content, ", 'Machine')") && strings.Contains(f.Content, encoded(special)) && !said {
				t.Errorf("%s puts the password into the machine's environment, and nothing says who reads it", f.Path)
			}
		}
	})
}

// TestUserDataKeepsPasswords: a file that user data creates for lines with the
// password is root's alone, as --write has it.
func TestUserDataKeepsPasswords(t *testing.T) {
	for format, want := range map[Format]string{
		ShellScript: "[ -e '/etc/ecs/ecs.config' ] || install -D -m 0600 /dev/null '/etc/ecs/ecs.config'\n",
		CloudConfig: "- path: /etc/ecs/ecs.config\n    permissions: \"0600\"\n    append: true\n",
	} {
		q := full(t)
		q.Format, q.Parts = format, []string{"ecs-agent"}
		if text := asked(t, "user-data", q).Files[0].Content; !strings.Contains(text, want) {
			t.Errorf("user data as %s lacks\n%s\nin\n%s", format, want, text)
		}
	}
}

// TestNothingIsLeftOutInSilence: what somebody excluded stands in the files, or a
// note says that it does not, or that nothing does.
func TestNothingIsLeftOutInSilence(t *testing.T) {
	q := full(t)
	items := []string{"git.corp.example", "10.1.2.3", "2001:db8::7", "10.9.0.0/16", "2001:db8:9::/48"}
	q.Exclude = excluding(t, items...)
	spelt := map[string][]string{ // as PAC and regular expressions have it
		"10.9.0.0/16":      {`"10.9.0.0", "255.255.0.0"`},
		"10.1.2.3":         {`10\\.1\\.2\\.3`},
		"2001:db8::7":      {`2001\:db8\:\:7`},
		"git.corp.example": {`git\\.corp\\.example`},
	}
	answers(t, q, func(t *testing.T, target Target, a Answer) {
		text := all(a) + strings.Join(a.Commands, "\n")
		for _, n := range a.Notes {
			switch n.Code {
			case "settings.note.explicit", "settings.note.repositories": // no exceptions at all
				return
			}
			text += "\n" + n.In(reason.English)
		}
		for _, item := range items {
			if !slices.ContainsFunc(append(spelt[item], item), func(s string) bool { return strings.Contains(text, s) }) {
				t.Errorf("%s leaves out %s, and nothing says so", target.Name, item)
			}
		}
	})
}
