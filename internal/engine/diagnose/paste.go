package diagnose

import "strings"

// Commands of a report are pasted into a shell. What stands in them of the
// machine's own (values, paths, URLs) must be one word there, and run nothing.

// plain are the letters that no shell of a person's reads as anything else.
const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@%+,="

// word is s as one word of the subject's shell.
func (x *exam) word(s string) string {
	if s != "" && strings.Trim(s, plain) == "" {
		return s
	}
	return x.quote(s)
}

// quote puts s between single quotes, as POSIX shells and PowerShell read them.
func (x *exam) quote(s string) string {
	if x.OS == "windows" {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// curl is a call of curl that shows no body. "curl" alone is something else in
// Windows PowerShell.
func (x *exam) curl(args string, words ...string) string {
	name, nowhere := "curl ", " -o /dev/null"
	if x.OS == "windows" {
		name, nowhere = "curl.exe ", " -o NUL"
	}
	call := name + args + nowhere
	for _, w := range words {
		call += " " + x.word(w)
	}
	return call
}

// visible writes the controls in s so that they can be seen, and do not break
// the report.
func visible(s string) string {
	return strings.NewReplacer("\n", `\n`, "\r", `\r`, "\t", `\t`, "\x00", `\0`).Replace(s)
}
