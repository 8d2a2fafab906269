package squidconf

import (
	"fmt"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// Parse reads the file called name and all that it includes. It always returns
// a File: what could not be read is a problem, and a line that is Partial.
func Parse(name string, src Source) *File {
	p := &parser{src: src, file: &File{Name: name, Text: make(map[string][]byte)}}
	if text, err := src.Read(name); err != nil {
		p.problem(Token{Pos: diag.Pos{File: name}}, "DG1701", cause(err))
		p.file.Lines = append(p.file.Lines, Line{Word: Token{Text: "include", Pos: diag.Pos{File: name}}, Partial: true})
	} else {
		p.text(name, text, 0)
	}
	return p.file
}

type parser struct {
	src    Source
	file   *File
	quoted bool // configuration_includes_quoted_values
	depth  int  // of if
}

func (p *parser) problem(at Token, code reason.Code, args ...string) *diag.Problem {
	p.file.Problems = append(p.file.Problems, diag.Problem{
		Pos: at.Pos, Len: at.Len, Code: string(code)[:len("DG1701")], Summary: reason.New(code, args...),
	})
	return &p.file.Problems[len(p.file.Problems)-1]
}

// deepest is how far files may include each other, as in Squid.
const deepest = 16

// text reads the lines of one file.
func (p *parser) text(name string, text []byte, depth int) {
	p.file.Text[name] = text
	for _, l := range logicalLines(name, text) {
		tokens := l.tokens()
		if len(tokens) == 0 {
			continue
		}
		p.line(Line{Word: tokens[0], Args: tokens[1:], Conditional: p.depth > 0}, depth)
	}
}

// line enters one directive, or obeys it if it is about reading itself.
func (p *parser) line(line Line, depth int) {
	switch line.Word.Text {
	case "if":
		p.depth++
		p.problem(line.Word, "DG1702.if").Hint = reason.New("DG1702.hint.if")
	case "endif":
		p.depth = max(p.depth-1, 0)
	case "else":
	case "include":
		p.include(line, depth)
	case "acl":
		p.lists(&line)
		p.file.Lines = append(p.file.Lines, line)
	case "configuration_includes_quoted_values":
		p.quoted = len(line.Args) > 0 && line.Args[0].Text == "on"
	default:
		p.file.Lines = append(p.file.Lines, line)
	}
}

// include reads what an include line names, in its place.
func (p *parser) include(line Line, depth int) {
	for _, arg := range line.Args {
		if n := len(arg.Text); n > 1 && arg.Text[0] == '"' && arg.Text[n-1] == '"' { // strwordtok takes these quotes off
			arg.Text = arg.Text[1 : n-1]
		}
		names, err := []string{arg.Text}, error(nil)
		if strings.ContainsAny(arg.Text, "*?[") {
			names, err = p.src.Match(arg.Text)
		}
		switch {
		case err == nil && len(names) == 0:
			err = fmt.Errorf("no file matches %s", arg.Text)
		case depth == deepest:
			err = fmt.Errorf("files include each other more than %d deep", deepest)
		}
		if err != nil {
			p.missing(line, arg, err)
		}
		for _, name := range names {
			text, err := []byte(nil), error(nil)
			if depth < deepest {
				if text, err = p.src.Read(name); err != nil {
					p.missing(line, arg, err)
				} else {
					p.text(name, text, depth+1)
				}
			}
		}
	}
}

// missing enters an include line of which something could not be read.
func (p *parser) missing(line Line, arg Token, err error) {
	p.problem(arg, "DG1701.include", arg.Text, cause(err)).Hint = reason.New("DG1701.hint")
	line.Args, line.Partial = []Token{arg}, true
	p.file.Lines = append(p.file.Lines, line)
}

// lists puts the values of files in the place of their names: acl NAME TYPE "FILE".
// What stands behind such a file Squid does not read (ConfigParser::strtokFile; seen
// with 5.7). With quoted values only parameters("FILE") is one, and the line goes on
// behind it.
func (p *parser) lists(line *Line) {
	args := line.Args
	line.Args = nil
	for i, arg := range args {
		name, isFile := listFile(arg.Text, p.quoted)
		if i < 2 || !isFile {
			line.Args = append(line.Args, p.unquoted(arg))
			continue
		}
		text, err := p.src.Read(name)
		if err != nil {
			p.problem(arg, "DG1701.list", name, cause(err)).Hint = reason.New("DG1701.hint")
			line.Partial = true
		} else {
			p.file.Text[name] = text
			line.Args = append(line.Args, p.values(name, text)...)
		}
		if !p.quoted {
			for _, rest := range args[i+1:] {
				p.problem(rest, "DG1702.behind", rest.Text, arg.Text).Hint = reason.New("DG1702.hint.behind")
			}
			return
		}
	}
}

// values returns what a list holds: a value is a line, or with quoted values a word.
func (p *parser) values(name string, text []byte) (all []Token) {
	for _, row := range physicalLines(name, text) {
		if !p.quoted {
			if v, ok := row.value(); ok {
				all = append(all, v)
			}
			continue
		}
		for _, t := range row.tokens() {
			all = append(all, p.unquoted(t))
		}
	}
	return all
}

// unquoted is t without the quotes that a value may stand in.
func (p *parser) unquoted(t Token) Token {
	if n := len(t.Text); p.quoted && n > 1 && (t.Text[0] == '"' || t.Text[0] == '\'') && t.Text[n-1] == t.Text[0] {
		t.Text = t.Text[1 : n-1]
	}
	return t
}

// listFile returns the file that an argument of an acl stands for.
func listFile(arg string, quoted bool) (string, bool) {
	if inner, ok := strings.CutPrefix(arg, "parameters("); ok && quoted {
		return strings.Trim(strings.TrimSuffix(inner, ")"), `"'`), true
	}
	if !quoted && len(arg) > 1 && (arg[0] == '"' || arg[0] == '\'') {
		return strings.Trim(arg, arg[:1]), true
	}
	return "", false
}

// cause returns the words of err without the operation and file around them.
func cause(err error) string {
	text := err.Error()
	if i := strings.LastIndex(text, ": "); i >= 0 {
		return text[i+2:]
	}
	return text
}
