package outfit

import (
	"fmt"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/edge/files"
	"github.com/deguchi-project/deguchi/internal/engine/exclude"
	"github.com/deguchi-project/deguchi/internal/engine/settings"
)

// listJSON is the answer of "deguchi settings --json".
type listJSON struct {
	Targets []targetJSON `json:"targets"`
}

type targetJSON struct {
	Name  string        `json:"name"`
	About string        `json:"about"`
	OSes  []settings.OS `json:"os"`
}

// answerJSON is the answer of "deguchi settings TARGET --json".
type answerJSON struct {
	Target   string       `json:"target"`
	OS       settings.OS  `json:"os"`
	Files    []fileJSON   `json:"files"`
	Commands []string     `json:"commands"`
	Notes    []string     `json:"notes"`
	Excluded []entryJSON  `json:"excluded"` // what the topology adds
	Written  []changeJSON `json:"written,omitempty"`
}

type fileJSON struct {
	Path    string     `json:"path"`
	Mode    string     `json:"mode"` // octal
	Content string     `json:"content"`
	Block   *blockJSON `json:"block,omitempty"` // the content is a part of the file
}

// blockJSON says where a part of a file stands.
type blockJSON struct {
	Open  string `json:"open"`
	Close string `json:"close"`
	Under string `json:"under"` // the line before it; empty: at the end
}

type entryJSON struct {
	Entry   string `json:"entry"`
	Because string `json:"because"`
}

type changeJSON struct {
	Path string     `json:"path"`
	What files.What `json:"what"`
}

func (p Printer) answer(target string, a settings.Answer, excluded []exclude.Entry) answerJSON {
	doc := answerJSON{
		Target: target, OS: a.OS, Files: []fileJSON{}, Excluded: []entryJSON{},
		Commands: append([]string{}, a.Commands...), Notes: []string{},
	}
	for _, f := range a.Files {
		file := fileJSON{Path: f.Path, Mode: fmt.Sprintf("%04o", f.Mode), Content: f.Content}
		if b := f.Block; b != nil {
			file.Block = &blockJSON{b.Open, b.Close, b.Under}
		}
		doc.Files = append(doc.Files, file)
	}
	for _, n := range a.Notes {
		doc.Notes = append(doc.Notes, n.In(p.Lang))
	}
	for _, e := range excluded {
		doc.Excluded = append(doc.Excluded, entryJSON{e.Text, e.Because.In(p.Lang)})
	}
	return doc
}

// columns is how wide notes may be.
const columns = 80

// text prints doc for a person, who may copy from it: contents and commands
// stand at the margin.
func (p Printer) text(doc answerJSON) {
	for i, f := range doc.Files {
		if i > 0 {
			p.printf("\n")
		}
		p.heading(f.Path + ", " + p.place(f))
		p.printf("%s", strings.ReplaceAll(f.Content, "\r\n", "\n"))
	}
	p.rest(doc, len(doc.Files) > 0)
}

// place says how much of its file f is, and who may read that: of a file that
// others write, too, only where it holds a secret from now on.
func (p Printer) place(f fileJSON) string {
	mode := p.say("settings.out.mode", f.Mode)
	if f.Block == nil {
		return mode
	}
	place := p.say("settings.out.block")
	if f.Block.Under != "" {
		place = p.say("settings.out.under", f.Block.Under)
	}
	if f.Mode != "0644" {
		place += ", " + mode
	}
	return place
}

// rest prints what doc says besides files.
func (p Printer) rest(doc answerJSON, below bool) {
	section := func(title reason.Code, lines []string) {
		if len(lines) == 0 {
			return
		}
		if below {
			p.printf("\n")
		}
		below = true
		p.heading(p.say(title))
		for _, line := range lines {
			p.printf("%s\n", line)
		}
	}
	section("settings.out.run", doc.Commands)
	var direct, notes []string
	for _, e := range doc.Excluded {
		direct = append(direct, item(e.Entry+": "+e.Because)...)
	}
	for _, n := range doc.Notes {
		notes = append(notes, item(n)...)
	}
	section("settings.out.direct", direct)
	section("settings.out.notes", notes)
}

func (p Printer) heading(text string) { p.printf("==> %s <==\n", text) }

// item is text as an item of a list.
func item(text string) []string {
	lines := term.Wrap(text, columns-2)
	for i := range lines {
		lines[i] = "  " + lines[i]
	}
	if len(lines) > 0 {
		lines[0] = "- " + lines[0][2:]
	}
	return lines
}
