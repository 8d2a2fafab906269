// Package collector has the scripts that collect facts on machines where no
// program may be installed. What they write is read by diagnose.Parse; they
// decide nothing, so that a person can read one through before it is run.
package collector

import (
	_ "embed"
	"slices"
	"strings"
)

//go:embed collect.sh
var shell string

//go:embed collect.ps1
var powerShell string

// Question is what a script is to look at.
type Question struct {
	Kind     string // "shell", "unit", "process", "ssm-agent"
	Name     string
	Proxy    string
	Region   string
	Programs []string
	Targets  []string // URLs
	Large    []string // those of them to which 32 KiB may be sent
	Metadata bool     // whether the metadata service is asked
}

// Shells are the languages that a script can be had in.
func Shells() []string { return []string{"sh", "powershell"} }

// Script returns the script that asks q, in the language of a shell, or false.
func Script(lang string, q Question) (string, bool) {
	switch {
	case !slices.Contains(Shells(), lang):
		return "", false
	case lang == "sh":
		return fill(shell, q, func(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }), true
	}
	text := fill(powerShell, q, func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" })
	return strings.ReplaceAll(text, "\n", "\r\n"), true
}

// fill puts q into text. The marks stand where a word stands.
func fill(text string, q Question, quote func(string) string) string {
	metadata := "no"
	if q.Metadata {
		metadata = "yes"
	}
	return strings.NewReplacer(
		"@KIND@", quote(q.Kind), "@NAME@", quote(q.Name), "@PROXY@", quote(q.Proxy), "@REGION@", quote(q.Region),
		"@PROGRAMS@", quote(strings.Join(q.Programs, " ")), "@TARGETS@", quote(strings.Join(q.Targets, " ")),
		"@LARGE@", quote(strings.Join(q.Large, " ")), "@METADATA@", quote(metadata),
	).Replace(text)
}
