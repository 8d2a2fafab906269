package files

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
)

// journal is what is remembered between calls. It holds whole files, and with
// them secrets: only its owner may read it.
type journal struct {
	Note    string   `json:"note"`
	Entries []entry  `json:"entries"`
	Pending []step   `json:"pending,omitempty"` // a call that has not ended
	Made    []string `json:"made,omitempty"`    // the journal's own folders
}

// entry is a file that was written, with what was there before.
type entry struct {
	Owner  string   `json:"owner"`
	Path   string   `json:"path"`
	Before state    `json:"before"`
	After  []byte   `json:"after"`
	Block  *Block   `json:"block,omitempty"`
	Made   []string `json:"made,omitempty"` // folders
}

// step is one change of a call.
type step struct {
	Path   string   `json:"path"`
	Before state    `json:"before"`
	After  state    `json:"after"`
	Block  *Block   `json:"block,omitempty"`
	Made   []string `json:"made,omitempty"` // folders
}

const journalNote = "What deguchi settings wrote, and what was there before. Without it --undo cannot bring anything back."

// entry returns what owner wrote at path.
func (s *session) entry(path, owner string) (entry, bool) {
	i := slices.IndexFunc(s.journal.Entries, func(e entry) bool { return e.Path == path && e.Owner == owner })
	if i < 0 {
		return entry{}, false
	}
	return s.journal.Entries[i], true
}

// written returns the owner who wrote content at path.
func (s *session) written(path, content string) (owner string, ok bool) {
	i := slices.IndexFunc(s.journal.Entries, func(e entry) bool { return e.Path == path && e.Block == nil && string(e.After) == content })
	if i < 0 {
		return "", false
	}
	return s.journal.Entries[i].Owner, true
}

// record adds st to entries. What was there before the first time stays what
// Undo brings back.
func record(entries []entry, owner string, st step) []entry {
	e := entry{owner, st.Path, st.Before, st.After.Content, st.Block, st.Made}
	i := slices.IndexFunc(entries, func(o entry) bool { return o.Path == st.Path && o.Owner == owner })
	if i < 0 {
		return append(entries, e)
	}
	if string(entries[i].After) == string(st.Before.Content) {
		e.Before = entries[i].Before
	} else if old, rest, _ := cutOf(st); old != "" {
		e.Before.Content = []byte(rest) // a person's lines since then, without ours
	}
	e.Made = append(entries[i].Made, st.Made...)
	entries[i] = e
	return entries
}

// cutOf takes the block of st out of what was there before.
func cutOf(st step) (old, rest string, at int) {
	if st.Block == nil {
		return "", "", 0
	}
	return st.Block.cut(string(st.Before.Content))
}

// load reads the journal, and takes back what an interrupted call has done.
func (s *session) load() error {
	_ = s.remove(temporary(s.Journal)) // of a call that was cut; mostly it is not there
	text, err := s.root.ReadFile(s.Journal)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &s.journal); err != nil {
		return fmt.Errorf("reading %s: %w", s.Journal, err)
	}
	if len(s.journal.Pending) == 0 {
		return nil
	}
	return s.rollBack(s.journal.Pending)
}

// rollBack takes back those of steps that were done.
func (s *session) rollBack(steps []step) error {
	var errs []error
	var made []string
	for _, st := range slices.Backward(steps) {
		made = append(made, st.Made...)
		now, err := s.read(st.Path)
		switch {
		case err != nil:
			errs = append(errs, err)
		case now.same(st.Before):
		case now.same(st.After) || s.Force:
			errs = append(errs, s.put(st.Path, st.Before))
		default:
			errs = append(errs, conflict(st.Path, "half-done"))
		}
		_ = s.remove(temporary(st.Path)) // mostly it is not there
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	s.prune(made)
	return s.save(s.journal.Entries, nil)
}

// apply does steps, of which entries are what remains to be remembered.
func (s *session) apply(steps []step, entries []entry) error {
	if err := s.save(s.journal.Entries, steps); err != nil {
		return err
	}
	for i, st := range steps {
		if err := s.powered(st.Path); err != nil {
			return err
		}
		now, err := s.read(st.Path)
		if err == nil && !now.same(st.Before) { // somebody was faster
			err = conflict(st.Path, "edited")
		}
		if err == nil {
			err = s.put(st.Path, st.After)
		}
		if err != nil {
			err = errors.Join(err, s.rollBack(steps[:i]))
			s.prune(st.Made)
			return err
		}
	}
	return s.save(entries, nil)
}

var errCut = errors.New("the power failed")

// save writes the journal; one without anything in it is removed.
func (s *session) save(entries []entry, pending []step) error {
	s.journal.Entries = entries
	if len(entries) == 0 && len(pending) == 0 {
		if err := s.remove(s.Journal); err != nil {
			return err
		}
		s.prune(s.journal.Made)
		return nil
	}
	if len(s.journal.Made) == 0 {
		s.journal.Made = s.missing(path.Dir(s.Journal))
	}
	text, err := json.MarshalIndent(journal{journalNote, entries, pending, s.journal.Made}, "", "  ")
	if err != nil {
		return err
	}
	if err := s.put(s.Journal, state{There: true, Mode: 0o600, Content: append(text, '\n')}); err != nil {
		s.prune(s.journal.Made)
		return err
	}
	return nil
}

// temporary is the name of name while it is being written.
func temporary(name string) string {
	return path.Join(path.Dir(name), "."+path.Base(name)+".deguchi-new")
}

// put makes to what is at name: it is there as a whole, or not at all.
func (s *session) put(name string, to state) error {
	if !to.There {
		return s.remove(name)
	}
	for _, dir := range s.missing(path.Dir(name)) {
		if err := s.powered("folder " + dir); err != nil {
			return err
		}
		if err := errors.Join(s.root.Mkdir(dir, 0o755), s.adopt(dir), s.settle(dir)); err != nil {
			return err
		}
	}
	owner := s.owner(name)
	part := temporary(name)
	if err := s.remove(part); err != nil {
		return err
	}
	if err := s.powered("content of " + name); err != nil {
		return err
	}
	f, err := s.root.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, to.Mode)
	if err != nil {
		return err
	}
	_, err = f.Write(to.Content)
	err = errors.Join(err, f.Chmod(to.Mode), owner.give(f), f.Sync(), f.Close())
	if err == nil {
		err = s.powered("name " + name)
	}
	if err == nil {
		err = s.root.Rename(part, name)
	}
	if err != nil {
		return errors.Join(err, s.remove(part))
	}
	return s.settle(name)
}

// remove removes the file at name, if there is one.
func (s *session) remove(name string) error {
	if err := s.powered("removal of " + name); err != nil {
		return err
	}
	err := s.root.Remove(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return errors.Join(err, s.settle(name))
}

// powered is the place at which a test cuts the power, before step: from then on
// nothing changes any more.
func (s *session) powered(step string) error {
	if s.cut == nil || !s.dark && !s.cut(step) {
		return nil
	}
	s.dark = true
	return errCut
}
