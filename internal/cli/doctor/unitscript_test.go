package doctor

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// TestCollectorReadsUnits runs the collector beside a systemctl that knows one
// unit, with a drop-in and a file that it includes.
func TestCollectorReadsUnits(t *testing.T) {
	shell := requiretest.Program(t, "/bin/dash")
	requiretest.Program(t, "/usr/bin/curl")
	for why, tt := range map[string]struct{ fragment, dropIn, included, first, file, text string }{
		"story E: http_proxy twice": {
			"[Service]\nExecStart=/usr/bin/amazon-ssm-agent\n",
			"[Service]\nEnvironment=\"http_proxy=http://PROXY\"\nEnvironment=\"http_proxy=http://PROXY\"\nEnvironment=\"no_proxy=169.254.169.254\"\n", "",
			"ssm-user-data-typo", "", "",
		},
		"all is in a file": {
			"[Service]\nEnvironmentFile=-INCLUDED\nEnvironment=DB_PASSWORD=hunter2\n", "[Service]\nEnvironment=SSL_CERT_FILE=PEMFILE\n",
			"https_proxy=http://PROXY\nhttp_proxy=http://PROXY\nno_proxy=169.254.169.254\nAPI_TOKEN=hunter2\n", "", "", "",
		},
		"systemd gives every unit the proxy": {
			"[Service]\n", "[Service]\nEnvironment=SSL_CERT_FILE=PEMFILE\n", "", "",
			"systemd/system.conf.d/proxy.conf", "[Manager]\nDefaultEnvironment=\"http_proxy=http://PROXY\" \"https_proxy=http://PROXY\" \"no_proxy=169.254.169.254\"\n",
		},
		"a drop-in that systemd passes over": {
			"[Service]\n", "[Service]\nEnvironment=SSL_CERT_FILE=PEMFILE\n", "", "drop-in-name",
			"systemd/system/amazon-ssm-agent.service.d/amazon-ssm-agent.override", "[Service]\nEnvironment=https_proxy=http://PROXY\n",
		},
		"what an editor left": {
			"[Service]\n", "[Service]\nEnvironment=https_proxy=http://PROXY http_proxy=http://PROXY no_proxy=169.254.169.254 SSL_CERT_FILE=PEMFILE\n", "", "",
			"systemd/system/amazon-ssm-agent.service.d/override.conf.bak", "[Service]\nEnvironment=https_proxy=http://old.example:1\n",
		},
	} {
		t.Run(why, func(t *testing.T) {
			w := newWorld(t)
			proxy := serve(t, tunnels(toward(w.aws)))
			c := w.collector(t, shell, nil, Question{Agent: true, Region: "ap-northeast-1"})
			bin := filepath.Dir(c.file)
			fill := strings.NewReplacer("PROXY", proxy, "INCLUDED", bin+"/app.env", "PEMFILE", w.bundle()).Replace
			if tt.file != "" {
				if err := os.MkdirAll(filepath.Dir(filepath.Join(bin, tt.file)), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(bin, tt.file), []byte(fill(tt.text)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for name, text := range map[string]string{
				"app.service": fill(tt.fragment), "override.conf": fill(tt.dropIn), "app.env": fill(tt.included),
				"systemctl": "#!/bin/sh\ncase \"$*\" in\n*FragmentPath*) echo FragmentPath=" + bin + "/app.service; echo DropInPaths=" + bin + "/override.conf ;;\n" +
					"*Environment*) echo \"Environment=$(sed -n 's/^Environment=//p' " + bin + "/app.service " + bin + "/override.conf | tr -d '\\042' | tr '\\n' ' ')\" ;;\n*MainPID*) echo MainPID=0 ;;\nesac\n",
			} {
				if err := os.WriteFile(filepath.Join(bin, name), []byte(text), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			c.run(t)
			text, err := os.ReadFile(c.file)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), "hunter2") {
				t.Errorf("the collector wrote a secret:\n%s", text)
			}
			sheet, err := facts.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			r := diagnose.Examine(sheet)
			switch {
			case tt.first == "" && len(r.Causes) > 0:
				t.Errorf("causes = %q, want none; the collector wrote\n%s", r.Causes, text)
			case tt.first != "" && (len(r.Causes) == 0 || r.Causes[0] != tt.first):
				t.Errorf("causes = %q, want %s first; the collector wrote\n%s", r.Causes, tt.first, text)
			}
		})
	}
}
