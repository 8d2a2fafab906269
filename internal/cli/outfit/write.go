package outfit

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/files"
	"github.com/deguchi-project/deguchi/internal/engine/settings"
)

// journals are where what was written is remembered, below the folder: not in
// /var/lib/deguchi, which belongs to the user that the proxy runs as. What
// stands in a journal, --undo writes as root.
const (
	journal        = "var/lib/deguchi-settings/journal.json"
	windowsJournal = "ProgramData/deguchi/settings.json"
)

// raw prints the one file of a, as it is where nothing else stands in it.
func (p Printer) raw(r Request, a settings.Answer) error {
	if len(a.Files) != 1 {
		return &settings.Refusal{
			Why:  reason.New("settings.raw-many", r.Target, strconv.Itoa(len(a.Files))),
			Hint: reason.New("cli.help-hint", "deguchi settings"),
		}
	}
	f := a.Files[0]
	if f.Block != nil && f.Block.Under != "" {
		p.printf("%s\n", f.Block.Under)
	}
	p.printf("%s", f.Content)
	return nil
}

// write puts a's files below the folder that r names.
func (p Printer) write(r Request, a settings.Answer, doc answerJSON) error {
	folder := files.Folder{Dir: r.Write, Journal: journal, Force: r.Force}
	if a.OS == settings.Windows {
		folder.Journal = windowsJournal
	}
	var list []files.File
	for _, f := range a.Files {
		path, ok := below(f.Path, a.OS)
		if !ok {
			return &settings.Refusal{
				Why:  reason.New("settings.needs-home", r.Target),
				Hint: reason.New("cli.help-hint", "deguchi settings"),
			}
		}
		file := files.File{Path: path, Mode: f.Mode, Content: f.Content}
		if b := f.Block; b != nil {
			file.Block = &files.Block{Open: b.Open, Close: b.Close, Under: b.Under, Keys: b.Keys, Within: b.Within}
		}
		list = append(list, file)
	}
	changes, err := folder.Write(r.Target, list)
	if err != nil {
		return p.stopped(r.Write, err)
	}
	doc.Written = p.changes(r.Write, changes)
	if p.JSON != nil {
		return p.JSON(doc)
	}
	if !changed(changes) {
		p.printf("%s\n", p.say("settings.out.nothing"))
		return nil
	}
	p.rest(doc, true)
	return nil
}

func changed(changes []files.Change) bool {
	for _, c := range changes {
		if c.What != files.Unchanged {
			return true
		}
	}
	return false
}

// changes returns what happened to each file and, where text is asked for,
// prints it.
func (p Printer) changes(root string, changes []files.Change) []changeJSON {
	docs := []changeJSON{}
	for _, c := range changes {
		doc := changeJSON{filepath.Join(root, filepath.FromSlash(c.Path)), c.What}
		docs = append(docs, doc)
		if p.JSON == nil {
			p.printf("%s\n", p.say("files."+reason.Code(doc.What), doc.Path))
		}
	}
	return docs
}

// undo brings back what was there before.
func (p Printer) undo(r Request) error {
	if r.Target != "" {
		if _, err := settings.Named(r.Target); err != nil {
			return err
		}
	}
	var changes []files.Change
	for _, journal := range []string{journal, windowsJournal} {
		done, err := files.Folder{Dir: r.Write, Journal: journal, Force: r.Force}.Undo(r.Target)
		if err != nil {
			return p.stopped(r.Write, err)
		}
		changes = append(changes, done...)
	}
	docs := p.changes(r.Write, changes)
	if p.JSON != nil {
		return p.JSON(struct {
			Written []changeJSON `json:"written"`
		}{docs})
	}
	if len(docs) == 0 {
		p.printf("%s\n", p.say("settings.out.none-recorded"))
	}
	return nil
}

// stopped says why nothing was written, file by file where files are the reason.
func (p Printer) stopped(root string, err error) error {
	found := false
	for _, e := range flat(err) {
		c, ok := errors.AsType[*files.Conflict](e)
		if !ok {
			return err
		}
		found = true
		why := c.Why
		why.Args = append([]string{filepath.Join(root, filepath.FromSlash(c.Path))}, why.Args[1:]...)
		fmt.Fprintf(p.Err, "%s\n", why.In(p.Lang))
	}
	if !found {
		return err
	}
	return ErrStopped
}

// flat are the errors that were joined to err.
func flat(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, flat(e)...)
	}
	return all
}

// below is where path stands below a folder that is the root of a system. It is
// false for the home of nobody in particular. A backslash is a part of names
// where systems have slashes: units of systemd have some.
func below(path string, os settings.OS) (string, bool) {
	if os == settings.Windows {
		path = strings.ReplaceAll(path, `\`, "/")
		if len(path) > 2 && path[1] == ':' {
			path = path[2:]
		}
	}
	return strings.TrimPrefix(path, "/"), !strings.HasPrefix(path, "~")
}
