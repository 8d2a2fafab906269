package cli

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// versionJSON is the answer of "deguchi version --json".
type versionJSON struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
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
			if s.json {
				return s.printJSON("version", v)
			}
			s.printf("deguchi %s\n%s %s\n", v.Version, v.Go, v.Platform)
			return nil
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
