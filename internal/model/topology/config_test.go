package topology

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestConfig: a proxy's configuration is read, and must be one.
func TestConfig(t *testing.T) {
	files := map[string]string{
		"good.yaml":     "version: 1\nrules: [{name: ours, until: 2026-01-01, allow: {services: [ssm]}}]\n",
		"bad.yaml":      "version: 1\nrules: [{alow: {services: [ssm]}}]\n",
		"topology.yaml": sound,
	}
	options := Options{
		Now: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC),
		Read: func(name string) ([]byte, error) {
			if src, ok := files[name]; ok {
				return []byte(src), nil
			}
			return nil, errors.New("not there")
		},
	}
	tests := map[string]struct {
		file string
		want []string
	}{
		"sound, with a warning": {"good.yaml", nil},
		"an error in it":        {"bad.yaml", []string{`25:47 proxies.proxy.config: "bad.yaml" is not sound: bad.yaml:2:10: unknown key "alow" in rule [DG1103]`}},
		"a topology":            {"topology.yaml", []string{"25:47 this is a topology (key accounts), not a configuration; a proxy runs on a configuration; deguchi check reads topologies too"}},
		"not there":             {"other.yaml", []string{`25:47 proxies.proxy.config: "other.yaml" cannot be read: not there`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, problems := Parse("f.yaml", []byte(spoilt(t, "port: 3128,", "port: 3128, config: "+tt.file+",")), options)
			if diff := cmp.Diff(tt.want, shown(problems)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if tt.want == nil && got.Proxy("proxy").Config.V.Rules[0].Name != "ours" {
				t.Errorf("the configuration is %+v", got.Proxy("proxy").Config)
			}
		})
	}
}
