package config

import "testing"

func TestDefaultHasOneNote(t *testing.T) {
	_, problems := Parse(DefaultFile, DefaultSource(), day)
	if len(problems) != 1 || problems[0].Code != "DG1306" {
		t.Errorf("Parse(DefaultSource()) found %v, want the note DG1306 alone", problems)
	}
}
