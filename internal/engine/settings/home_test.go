package settings

import (
	"errors"
	"strings"
	"testing"
)

func TestHomes(t *testing.T) {
	tests := map[string]struct {
		os         OS
		home, want string // of .npmrc; empty: refused
	}{
		"a home":                        {AL2023, "/home/ec2-user", "/home/ec2-user/.npmrc"},
		"a slash behind it":             {AL2023, "/home/ec2-user/", "/home/ec2-user/.npmrc"},
		"root of a container":           {AL2023, "/", "/.npmrc"},
		"nobody's":                      {AL2023, "", "~/.npmrc"},
		"nobody's, as the shell has it": {AL2023, "~", "~/.npmrc"},
		"one of Windows":                {Windows, `C:\Users\me`, `C:\Users\me\.npmrc`},
		"one of Windows, with slashes":  {Windows, `C:/Users/me/`, `C:\Users\me\.npmrc`},
		"a path from somewhere":         {AL2023, "home/ec2-user", ""},
		"a name alone":                  {AL2023, "ec2-user", ""},
		"Windows' on Linux":             {AL2023, `C:\Users\me`, ""},
		"Linux' on Windows":             {Windows, "/home/me", ""},
		"a line break":                  {AL2023, "/home/a\nb", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			target, err := Named("npm")
			if err != nil {
				t.Fatal(err)
			}
			q := full(t)
			q.OS, q.Home = tt.os, tt.home
			a, err := target.Settings(q)
			if r, ok := errors.AsType[*Refusal](err); tt.want == "" && (!ok || r.Why.Code != "settings.home") {
				t.Errorf("Settings: %v, %v, want a refusal", a.Files, err)
			}
			if tt.want != "" && (err != nil || a.Files[0].Path != tt.want) {
				t.Errorf("Settings: %v, %v, want %s", a.Files, err, tt.want)
			}
		})
	}
}

// TestHomeInYAML: a path that is no plain word of YAML is still one path.
func TestHomeInYAML(t *testing.T) {
	for home, plain := range map[string]bool{"/home/ec2-user": true, "/home/a #b: c": false, "/home/山田": false} {
		m := machine{early: []File{{Path: home, Content: "x\n"}}}
		if got := strings.Contains(m.cloudConfig(), "- path: "+home+"\n"); got != plain {
			t.Errorf("path %s is plain: %v, want %v", home, got, plain)
		}
	}
}
