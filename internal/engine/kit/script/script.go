// Package script reads what an instance runs when it starts, as far as that matters
// to whoever answers for it: what it brings from elsewhere, and whether that is
// compared with what was meant before it is run.
//
// It runs nothing and knows no shell: it looks for the words of commands. What it
// does not know, it does not accuse.
package script

import (
	"regexp"
	"slices"
	"strings"
)

// takes is a line that brings something from elsewhere; uses is one that makes a
// program of it, unpacks or installs it; remote is one that does all of that at once.
var (
	takes = regexp.MustCompile(`\baws s3 (cp|sync|mv)\b|\baws s3api get-object\b|\bcurl\b.* (-[a-zA-Z]*[oO]\b|--output|--remote-name)|\bcurl\b.*>|\bwget\s`)
	uses  = regexp.MustCompile(`\bchmod\b|\brpm\s+(-[a-zA-Z]*[UiF]|--install|--upgrade)|\b(dnf|yum)\b.*\b(local)?install\b.*\.rpm\b` +
		`|\binstall\s+-|\btar\b.*\s(-?[a-zA-Z]*x[a-zA-Z]*\s|--extract|--get)|\bunzip\b|\bdpkg\s+(-i|--install)|\bapt(-get)?\b.*\binstall\b.*\.deb\b`)
	remote = regexp.MustCompile(`\b(rpm\s+(-[a-zA-Z]*[UiF]|--install|--upgrade)|(dnf|yum)\b.*\binstall\b).*\bhttps?://\S+\.rpm\b` +
		`|\b(curl|wget|aws s3 cp)\b[^|\n]*\|\s*(sudo\s+)?(ba|da|z|k)?sh\b|\b(ba|da|z|k)?sh\s+<\(\s*(curl|wget)\b|\b(ba|da|z|k)?sh\s+-c\s+"?\$\((curl|wget)\b|\bsource\s+<\(`)
)

// digests are programs that work out a digest or check a signature: those that only
// print it, and those that fail where it is another one.
var (
	prints = regexp.MustCompile(`\b(sha(256|384|512)sum|shasum|openssl dgst|openssl sha256)\b`)
	checks = regexp.MustCompile(`\b(sha(256|384|512)sum|shasum)\b[^|;&\n]*\s(-[a-zA-Z]*c[a-zA-Z]*|--check)\b|\bcosign verify|\bgpg\b.*--verify|\bgpgv\b|\brpm\s+(-K|--checksig)|\bopenssl dgst\b.*-verify|\bminisign\s+-\S*V`)
	tests  = regexp.MustCompile(`(^|[\s;&|(!])(\[|\[\[|test)\s`)
)

// Comparison is what becomes of a program that a script takes from elsewhere.
type Comparison uint8

// The comparisons. The zero one is of a script that takes nothing which it runs.
const (
	NoNeed    Comparison = iota
	Missing              // it is run, and nobody has compared it
	Unheeded             // it is run whatever the comparison said
	Effective            // it is run if it is what was meant
)

// Compares returns what script does about what it takes and runs.
func Compares(script string) Comparison {
	if remote.MatchString(script) {
		return Missing
	}
	taken := takes.FindStringIndex(script)
	if taken == nil {
		return NoNeed
	}
	after := script[taken[0]:]
	used := uses.FindStringIndex(after)
	if used == nil {
		return NoNeed
	}
	return comparison(after[:used[1]], script)
}

// comparison returns what lines of script do between taking a program and running it.
func comparison(lines, script string) Comparison {
	found := Missing
	all := strings.Split(lines, "\n")
	for i, line := range all {
		if prints.MatchString(line) && !checks.MatchString(line) { // for a comparison, here or by a variable further on
			at := slices.IndexFunc(all[i:], tests.MatchString)
			if at < 0 {
				continue
			}
			line = all[i+at]
		} else if !checks.MatchString(line) {
			continue
		}
		if found = Unheeded; stops(line, script) {
			return Effective
		}
	}
	return found
}

// errexit is how a script is told to end with the first command that fails.
var errexit = regexp.MustCompile(`(?m)^#!\S*sh\s+-[a-z]*e|^\s*set\s+(-[a-z]+\s+)*-[a-z]*e|^\s*set\b.*-o\s+errexit|\bset -[a-z]*e[a-z]*\b`)

// ignored is a command after which it does not matter that the one before has failed.
var ignored = regexp.MustCompile(`\|\|\s*(true|:|echo)\b`)

// branches is a line that asks how a command ended.
var branches = regexp.MustCompile(`(^|[\s;])(if|while|until)\s|\|\||&&`)

// stops reports whether what follows a comparison depends on it.
func stops(line, script string) bool {
	return !ignored.MatchString(line) && (errexit.MatchString(script) || branches.MatchString(line))
}

// starts is a line that starts a service, or runs the proxy by itself.
var starts = regexp.MustCompile(`systemctl\s.*\b(start|restart|enable)\b|(?m)^\s*(exec |nohup )?[\w./-]*deguchi serve|(docker|podman) run|service \S+ start`)

// Starts reports whether script starts a service or the proxy.
func Starts(script string) bool { return starts.MatchString(script) }

// inline is a text that a script puts into a file: "cat > FILE <<WORD".
var inline = regexp.MustCompile(`(?m)^.*<<-?\s*\\?["']?(\w+)["']?.*$`)

// Texts returns what script puts into files, as it stands there.
func Texts(script string) (all []string) {
	for {
		at := inline.FindStringSubmatchIndex(script)
		if at == nil {
			return all
		}
		word, rest := script[at[2]:at[3]], strings.TrimPrefix(script[at[1]:], "\n")
		var text []string
		ended := false
		for line := range strings.Lines(rest) {
			if ended = strings.TrimSpace(line) == word; ended {
				break
			}
			text = append(text, line)
		}
		if ended {
			all = append(all, strings.Join(text, ""))
		}
		script = rest
	}
}
