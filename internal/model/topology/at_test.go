package topology_test

import (
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

func TestAt(t *testing.T) {
	src := `version: 1
sites:
  office: {cidr: 192.168.0.0/16}
clients:
  pc:
    at: office
    no_proxy: [localhost, .example.com]
`
	top, problems := topology.Parse("t.yaml", []byte(src), topology.Options{})
	if top == nil {
		t.Fatalf("Parse = %v", problems)
	}
	for name, tt := range map[string]struct{ path, want string }{
		"a value":                       {"clients pc at", "6:9 office"},
		"an item":                       {"clients pc no_proxy 1", "7:27 .example.com"},
		"a list is its key":             {"clients pc no_proxy", "7:5 no_proxy"},
		"a map is its key":              {"clients pc", "5:3 pc"},
		"what is not written":           {"clients pc proxy", "5:3 pc"},
		"an item that is not there":     {"clients pc no_proxy 7", "7:5 no_proxy"},
		"an item of what is one value":  {"clients pc at 0", "6:9 office"},
		"a group that is not there":     {"vpcs app", ""},
		"a number that is no item's":    {"clients 7", "4:1 clients"},
		"a key below a value goes none": {"sites office cidr x", "3:18 192.168.0.0/16"},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			if n := top.At(strings.Fields(tt.path)...); n != nil {
				got = strings.TrimPrefix(n.Pos.String(), "t.yaml:") + " " + n.Text
			}
			if got != tt.want {
				t.Errorf("At(%s) = %q, want %q", tt.path, got, tt.want)
			}
		})
	}
}
