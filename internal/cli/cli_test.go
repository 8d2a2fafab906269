package cli

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
)

// testEnv is an Env without a terminal, and what was printed to it.
func testEnv(vars map[string]string) (env Env, stdout, stderr *strings.Builder) {
	stdout, stderr = new(strings.Builder), new(strings.Builder)
	env = Env{Stdin: strings.NewReader(""), Stdout: stdout, Stderr: stderr, Getenv: func(k string) string { return vars[k] }}
	return env, stdout, stderr
}

// walk calls visit for every command of the tree in both languages.
func walk(t *testing.T, visit func(t *testing.T, lang reason.Lang, cmd *cobra.Command)) {
	for name, lang := range map[string]reason.Lang{"en": reason.English, "ja": reason.Japanese} {
		env, _, _ := testEnv(nil)
		var down func(t *testing.T, cmd *cobra.Command)
		down = func(t *testing.T, cmd *cobra.Command) {
			t.Run(name+" "+cmd.CommandPath(), func(t *testing.T) { visit(t, lang, cmd) })
			for _, sub := range cmd.Commands() {
				down(t, sub)
			}
		}
		down(t, newRoot(newSession(env, []string{"--lang", name})))
	}
}

func TestEveryCommandSaysWhatItDoes(t *testing.T) {
	walk(t, func(t *testing.T, lang reason.Lang, cmd *cobra.Command) {
		if cmd.Example == "" && cmd.Name() != "help" {
			t.Error("has no example")
		}
		for part, text := range map[string]string{"Short": cmd.Short, "Long": cmd.Long} {
			if part == "Short" && text == "" {
				t.Error("has no Short")
			}
			checkWords(t, lang, part, text)
		}
		for name, usage := range flagUsages(cmd) {
			checkWords(t, lang, "--"+name, usage)
		}
	})
}

// A terminal is 80 columns wide. Examples are to be copied and stay on one line,
// and so does a call that has many arguments.
func TestHelpFitsATerminal(t *testing.T) {
	walk(t, func(t *testing.T, _ reason.Lang, cmd *cobra.Command) {
		var out strings.Builder
		cmd.SetOut(&out)
		if err := cmd.Help(); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			line = strings.TrimSuffix(line, "\n")
			if term.Width(line) > 80 && !strings.HasPrefix(line, "  $ ") && !strings.HasPrefix(line, "  "+cmd.CommandPath()) {
				t.Errorf("%d columns: %s", term.Width(line), line)
			}
		}
	})
}

// checkWords fails if text is a code that the catalogue lacks, or is in the
// wrong language.
func checkWords(t *testing.T, lang reason.Lang, part, text string) {
	t.Helper()
	if strings.HasPrefix(text, "cli.") {
		t.Errorf("%s: no words for %s", part, text)
	}
	ascii := strings.IndexFunc(text, func(r rune) bool { return r > 0x2000 }) < 0
	if text != "" && ascii == (lang == reason.Japanese) {
		t.Errorf("%s is in another language: %q", part, text)
	}
}

func TestLocale(t *testing.T) {
	tests := map[string]struct {
		vars map[string]string
		args []string
		want reason.Lang
	}{
		"nothing set":                     {nil, nil, reason.English},
		"LANG":                            {map[string]string{"LANG": "ja_JP.UTF-8"}, nil, reason.Japanese},
		"LC_ALL is asked first":           {map[string]string{"LC_ALL": "C", "LANG": "ja_JP.UTF-8"}, nil, reason.English},
		"an empty variable is not set":    {map[string]string{"LC_ALL": "", "LC_MESSAGES": "ja_JP"}, nil, reason.Japanese},
		"the flag wins":                   {map[string]string{"LANG": "ja_JP.UTF-8"}, []string{"host", "--lang", "en"}, reason.English},
		"the last flag wins":              {nil, []string{"--lang=en", "host", "--lang=ja"}, reason.Japanese},
		"what follows -- is no flag":      {nil, []string{"host", "--", "--lang=ja"}, reason.English},
		"a flag without its value is not": {nil, []string{"--lang"}, reason.English},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			env, _, _ := testEnv(tt.vars)
			if got := newSession(env, tt.args).lang; got != tt.want {
				t.Errorf("lang = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestColored(t *testing.T) {
	tests := map[string]struct {
		choice   string
		terminal bool
		vars     map[string]string
		want     bool
	}{
		"on a terminal":             {"auto", true, nil, true},
		"into a file":               {"auto", false, nil, false},
		"NO_COLOR":                  {"auto", true, map[string]string{"NO_COLOR": "1"}, false},
		"a terminal that cannot":    {"auto", true, map[string]string{"TERM": "dumb"}, false},
		"always, also into a file":  {"always", false, map[string]string{"NO_COLOR": "1"}, true},
		"never, also on a terminal": {"never", true, nil, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			env, _, _ := testEnv(tt.vars)
			env.Terminal = tt.terminal
			s := newSession(env, nil)
			s.color = tt.choice
			if got := s.colored(); got != tt.want {
				t.Errorf("colored = %v, want %v", got, tt.want)
			}
		})
	}
}

// full is a disk without room.
type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestAnswerThatCannotBeWritten(t *testing.T) {
	env, _, stderr := testEnv(nil)
	env.Stdout = full{}
	if code := Main(context.Background(), env, []string{"version"}); code != ExitFailure {
		t.Errorf("Main(version) = %d on a full disk, want %d", code, ExitFailure)
	}
	if want := "deguchi: writing the answer: no space left\n"; stderr.String() != want {
		t.Errorf("stderr = %q, want %q", stderr, want)
	}
}

func TestPrintJSON(t *testing.T) {
	tests := map[string]struct {
		doc  any
		want string
	}{
		"nothing to say":      {struct{}{}, "{\n  \"schema\": \"deguchi/x/v1\"\n}\n"},
		"the schema is first": {struct{ A string }{"<&>"}, "{\n  \"schema\": \"deguchi/x/v1\",\n  \"A\": \"<&>\"\n}\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			env, stdout, _ := testEnv(nil)
			if err := newSession(env, nil).printJSON("x", tt.doc); err != nil {
				t.Fatal(err)
			}
			if stdout.String() != tt.want {
				t.Errorf("printJSON = %q, want %q", stdout, tt.want)
			}
		})
	}
}

// flagUsages are the flags that cmd itself defines, and their words.
func flagUsages(cmd *cobra.Command) map[string]string {
	usages := map[string]string{}
	cmd.NonInheritedFlags().VisitAll(func(f *pflag.Flag) { usages[f.Name] = f.Usage })
	return usages
}
