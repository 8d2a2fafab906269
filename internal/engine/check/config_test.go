package check_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/engine/check"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

func TestConfig(t *testing.T) {
	const head = "version: 1\nclients: {office: {from: [10.20.0.0/16]}, partner: {from: [10.30.0.0/16]}}\nrules:\n"
	const aws = "  - {name: aws, allow: {services: [ssm]}}\n"
	for why, tt := range map[string]struct {
		rules string
		want  []string
	}{
		"both meant":                    {aws + `  - {name: all, clients: [office], allow: {kinds: ["*"]}}`, []string{`"*"`}},
		"in the other order":            {`  - {name: all, clients: [office], allow: {kinds: ["*"]}}` + "\n" + aws, []string{`"*"`}},
		"any port is no limit":          {aws + `  - {name: all, clients: [office], allow: {ports: ["*"], schemes: [https]}}`, []string{"https"}},
		"limited to some names":         {aws + `  - {name: web, clients: [office], allow: {hosts: [.corp.example]}}`, nil},
		"limited on the second matcher": {aws + `  - {name: web, clients: [office], allow: {kinds: ["*"], regions: [ap-northeast-1]}}`, nil},
		"everyone, everywhere":          {aws + `  - {name: all, allow: {kinds: ["*"]}}`, nil},
		"a deny for some":               {aws + `  - {name: all, clients: [office], deny: {kinds: ["*"]}}`, nil},
		"nothing for everyone":          {`  - {name: aws, clients: [partner], allow: {services: [ssm]}}` + "\n" + `  - {name: all, clients: [office], allow: {kinds: ["*"]}}`, nil},
		"a deny for everyone":           {`  - {name: no, deny: {services: [ssm]}}` + "\n" + `  - {name: all, clients: [office], allow: {kinds: ["*"]}}`, nil},
		"everything for everyone":       {`  - {name: any, allow: {kinds: ["*"]}}` + "\n" + `  - {name: all, clients: [office], allow: {kinds: ["*"]}}`, nil},
	} {
		t.Run(why, func(t *testing.T) {
			src := head + tt.rules + "\n"
			cfg, problems := config.Parse("deguchi.yaml", []byte(src), now)
			if cfg == nil {
				t.Fatalf("Parse(%s) = %v", src, lines(problems))
			}
			var got []string
			for _, p := range check.Config(cfg) {
				if !strings.HasPrefix(p.Code, "DG3206") {
					t.Errorf("Config finds %s", line(p))
				}
				got = append(got, marked(p, map[string]string{"deguchi.yaml": src}))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Config(%s) marks (-want +got):\n%s", tt.rules, diff)
			}
		})
	}
}
