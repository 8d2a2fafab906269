package planner

import (
	"encoding/csv"
	"io"
	"strings"
)

// bom makes Excel read a file as UTF-8; without it, it takes the code page of
// the machine, and Japanese is lost. Other readers would show it, so that it is
// there only where the file is not ASCII.
const bom = "\uFEFF"

// sheet writes rows as RFC 4180 has them: lines end in CRLF, as Excel writes
// them itself.
func (p *printer) sheet(rows [][]string) error {
	for _, row := range rows {
		for i := range row {
			row[i] = cell(row[i])
		}
	}
	var text strings.Builder
	w := csv.NewWriter(&text)
	w.UseCRLF = true
	if err := w.WriteAll(rows); err != nil {
		return err
	}
	head := ""
	if strings.ContainsFunc(text.String(), func(r rune) bool { return r >= 0x80 }) {
		head = bom
	}
	_, err := io.WriteString(p.Out, head+text.String())
	return err
}

// cell is text that a spreadsheet shows and never evaluates. Excel, LibreOffice
// and Google Sheets take a cell for a formula that begins with one of these
// signs, the first two also in full width (OWASP, CSV Injection); an apostrophe
// before it makes it text.
func cell(text string) string {
	text = strings.ReplaceAll(text, "\x00", "")
	if strings.IndexAny(text, "=+-@\t\r\n＝＋－＠") == 0 {
		return "'" + text
	}
	return text
}

// lines puts several values into one cell.
func lines(values []string) string { return strings.Join(values, "\n") }

// escaper keeps Markdown from reading its signs in text.
var escaper = strings.NewReplacer(
	`\`, `\\`, "|", `\|`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`,
	"<", "&lt;", ">", "&gt;", "&", "&amp;", "~", `\~`, "#", `\#`, "\r\n", "<br>", "\n", "<br>", "\r", "<br>",
)

// md is text as Markdown shows it, also in a table.
func md(text string) string { return escaper.Replace(printableLines(text)) }

// code is text in the letters of a program. In a table | has to be escaped
// there, too (GitHub Flavored Markdown, 4.10).
func code(text string) string {
	if text == "" {
		return ""
	}
	text = strings.ReplaceAll(printable(text), "|", `\|`)
	if strings.Contains(text, "`") {
		return "`` " + text + " ``"
	}
	return "`" + text + "`"
}

// codes are values in the letters of a program, one to a line.
func codes(values []string, between string) string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = code(v)
	}
	return strings.Join(all, between)
}

// printableLines is printable that keeps the ends of lines.
func printableLines(text string) string {
	parts := strings.Split(text, "\n")
	for i := range parts {
		parts[i] = printable(parts[i])
	}
	return strings.Join(parts, "\n")
}

// tableOf writes a table of Markdown; cells are Markdown already.
func (p *printer) tableOf(head []string, rows [][]string) {
	p.printf("| %s |\n|%s\n", strings.Join(head, " | "), strings.Repeat(" --- |", len(head)))
	for _, row := range rows {
		p.printf("| %s |\n", strings.Join(row, " | "))
	}
	p.printf("\n")
}

// fence writes text as a block of lang.
func (p *printer) fence(lang, text string) {
	marks := "```"
	for strings.Contains(text, marks) {
		marks += "`"
	}
	p.printf("%s%s\n%s\n%s\n\n", marks, lang, strings.TrimRight(text, "\n"), marks)
}
