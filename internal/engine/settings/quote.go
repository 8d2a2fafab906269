package settings

import (
	"encoding/json"
	"encoding/xml"
	"strconv"
	"strings"
	"unicode/utf16"
)

// shellQuoted is s as one word of a POSIX shell.
func shellQuoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// unitQuoted is an assignment for Environment= of a unit. A % begins a
// specifier there (systemd.unit(5)), quotes and backslashes are as in C.
func unitQuoted(name, value string) string {
	return `"` + strings.NewReplacer(`%`, `%%`, `\`, `\\`, `"`, `\"`).Replace(name+"="+value) + `"`
}

// powershellQuoted is s as a string that PowerShell takes as it is. It takes
// the quotes that word processors make for quotes, too.
func powershellQuoted(s string) string {
	return "'" + strings.NewReplacer("'", "''", "‘", "‘‘", "’", "’’", "‚", "‚‚", "‛", "‛‛").Replace(s) + "'"
}

// batchQuoted is s for the right side of set "NAME=…" in a batch file, in which
// a % is written twice. What is written has no quotes.
func batchQuoted(s string) string { return strings.ReplaceAll(s, "%", "%%") }

// jsonQuoted is s as a string of JSON, and so of YAML, TOML, JavaScript and
// Python, as long as it is ASCII.
func jsonQuoted(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return strconv.Quote(s) // strings always encode
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// javaQuoted is s as a string of Java's source, whatever the file's encoding.
func javaQuoted(s string) string { return `"` + javaEscaped(s, `"\`) + `"` }

// property is a line of a .properties file. It is ASCII: java.util.Properties
// reads files as ISO 8859-1.
func property(name, value string) string {
	text := javaEscaped(value, `\:=#!`)
	if strings.HasPrefix(text, " ") {
		text = `\` + text
	}
	return name + "=" + text
}

// javaEscaped is s with a backslash before each of special, and what is not
// ASCII as \uXXXX.
func javaEscaped(s, special string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case strings.ContainsRune(special, r):
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x7f:
			b.WriteRune(r)
		default:
			for _, u := range utf16.Encode([]rune{r}) {
				hex := strconv.FormatUint(uint64(u), 16)
				b.WriteString(`\u` + strings.Repeat("0", 4-len(hex)) + hex)
			}
		}
	}
	return b.String()
}

// optionQuoted is s as one argument in a file of arguments of the java
// launcher: quoted, with backslashes as in C.
func optionQuoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// xmlQuoted is s as text of XML.
func xmlQuoted(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		return "" // a Builder takes everything
	}
	return b.String()
}
