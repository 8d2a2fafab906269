package cli

import (
	"runtime"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/symptom"
)

// versionJSON is the answer of "deguchi version --json".
type versionJSON struct {
	Version  string      `json:"version"`
	Commit   string      `json:"commit,omitempty"`
	Go       string      `json:"go"`
	Platform string      `json:"platform"`
	Tables   []tableJSON `json:"tables"`
}

// tableJSON is one embedded table of AWS facts.
type tableJSON struct {
	Name   string `json:"name"`
	Rows   int    `json:"rows"`
	Taken  string `json:"taken"` // 2006-01-02
	Age    int    `json:"age_days"`
	Source string `json:"source"`
}

// newVersion is the command "deguchi version".
func newVersion(s *session) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   s.say("cli.version"),
		Example: "deguchi version",
		Args:    s.args(0, 0, ""),
		RunE: func(*cobra.Command, []string) error {
			v := version()
			v.Tables = tables(append(awsdata.Tables(), symptom.Info()), time.Now())
			if s.json {
				return s.printJSON("version", v)
			}
			return s.printVersion(v)
		},
	}
}

// version reads what the linker wrote into the binary. A build outside a
// checkout, and a test, have no version: "(devel)".
func version() versionJSON {
	v := versionJSON{Version: "(devel)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if info.Main.Version != "" {
		v.Version = info.Main.Version
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			v.Commit = setting.Value
		}
	}
	return v
}

// tables returns what is known of the embedded tables, and how old they are now.
func tables(embedded []awsdata.TableInfo, now time.Time) []tableJSON {
	var docs []tableJSON
	for _, t := range embedded {
		taken, err := time.Parse(time.DateOnly, t.Taken)
		if err != nil {
			panic("cli: table " + t.Name + ": " + err.Error()) // a broken build
		}
		docs = append(docs, tableJSON{t.Name, t.Rows, t.Taken, int(now.Sub(taken).Hours() / 24), t.Source})
	}
	return docs
}

// printVersion prints v as a person reads it.
func (s *session) printVersion(v versionJSON) error {
	s.printf("deguchi %s\n%s %s\n\n", v.Version, v.Go, v.Platform)
	var t term.Table
	paint := term.Paint(s.colored())
	t.Styled(term.Dim, s.say("cli.version.table"), s.say("cli.version.rows"), s.say("cli.version.taken"), s.say("cli.version.age"))
	for _, row := range v.Tables {
		t.Row(row.Name, strconv.Itoa(row.Rows), row.Taken, s.say("cli.version.days", strconv.Itoa(row.Age)))
	}
	return t.Print(s.Stdout, paint)
}
