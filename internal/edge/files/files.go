// Package files puts generated files below a folder, and takes them away again.
//
// It never leaves the folder, not over a link either; it never writes over what
// a person wrote or edited unless Force is set; and a call does all of its work
// or none, also when it is interrupted: the next call finishes the way back
// first. What was there before is kept in a journal below the same folder, so
// that Undo brings it back.
//
// A file is ours as a whole, or we own a block of lines in it and leave the
// rest alone. Two calls at once are not told apart.
package files

import (
	"bytes"
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// File is what is to be written.
type File struct {
	Path    string // slashes, relative to the root
	Mode    fs.FileMode
	Content string // of the block, if there is one
	Block   *Block
}

// Block is our part of a file that others write, too.
type Block struct {
	Open, Close string   // the lines around it
	Under       string   // the section that it begins, such as "[main]"; empty: it stands at the end
	Keys        []string // settings that must not stand outside of it
	Within      string   // the section in which Keys count; empty: everywhere
}

// What happened to a file.
type What string

// Created and Removed are of files, Updated and Restored of contents.
const (
	Created   What = "created"
	Updated   What = "updated"
	Unchanged What = "unchanged"
	Restored  What = "restored"
	Removed   What = "removed"
)

// Change is what a call did to one file.
type Change struct {
	Path string
	What What
}

// Conflict is a file that is not ours to write. Nothing was written.
type Conflict struct {
	Path string
	Why  reason.Because
}

// Error returns the reason in English.
func (c *Conflict) Error() string { return c.Why.In(reason.English) }

func conflict(path string, code reason.Code, args ...string) error {
	return &Conflict{path, reason.New("files."+code, append([]string{path}, args...)...)}
}

// Folder is where files are written.
type Folder struct {
	Dir     string
	Journal string // slashes, relative to Dir
	Force   bool   // also over a person's edit

	cut func(step string) bool // for tests: whether the power fails before a step; a file's own path is one
}

// Write writes list for owner, who can take it back with Undo. Its errors are
// joined: a *Conflict for each file that is not ours to write.
func (f Folder) Write(owner string, list []File) ([]Change, error) {
	s, err := f.open()
	if err != nil {
		return nil, err
	}
	defer s.root.Close()

	var steps []step
	var done []Change
	var errs []error
	for _, file := range list {
		st, err := s.plan(owner, file)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		what := Unchanged
		if !st.Before.same(st.After) {
			steps = append(steps, st)
			if what = Updated; !st.Before.There {
				what = Created
			}
		}
		done = append(done, Change{file.Path, what})
	}
	if err := errors.Join(errs...); err != nil || len(steps) == 0 {
		return done, err
	}
	entries := slices.Clone(s.journal.Entries)
	for i, st := range steps {
		steps[i].Made = s.missing(path.Dir(st.Path))
		entries = record(entries, owner, steps[i])
	}
	return done, s.apply(steps, entries)
}

// Undo brings back what was there before owner's files were written, or
// anybody's if owner is empty. It returns nothing if nothing is recorded.
func (f Folder) Undo(owner string) ([]Change, error) {
	s, err := f.open()
	if err != nil {
		return nil, err
	}
	defer s.root.Close()

	var steps []step
	var keep []entry
	var done []Change
	var made []string
	var errs []error
	for _, e := range slices.Backward(s.journal.Entries) {
		if owner != "" && e.Owner != owner {
			keep = append(keep, e)
			continue
		}
		now, err := s.after(steps, e.Path)
		var back state
		if err == nil {
			back, err = s.without(e, now)
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		made = append(made, e.Made...)
		if !now.same(back) {
			steps = append(steps, step{Path: e.Path, Before: now, After: back})
		}
		what := Restored
		if !back.There {
			what = Removed
		}
		done = append(done, Change{e.Path, what})
	}
	if err := errors.Join(errs...); err != nil || len(done) == 0 {
		return nil, err
	}
	slices.Reverse(keep)
	if err := s.apply(steps, keep); err != nil {
		return nil, err
	}
	s.prune(made)
	slices.SortFunc(done, func(a, b Change) int { return cmp.Compare(a.Path, b.Path) })
	return slices.Compact(done), nil
}

// after is what path holds once steps are done.
func (s *session) after(steps []step, path string) (state, error) {
	for _, st := range slices.Backward(steps) {
		if st.Path == path {
			return st.After, nil
		}
	}
	return s.read(path)
}

// state is what is at a path.
type state struct {
	There   bool        `json:"there"`
	Mode    fs.FileMode `json:"mode,omitempty"`
	Content []byte      `json:"content,omitempty"`
}

func (a state) same(b state) bool {
	return a.There == b.There && bytes.Equal(a.Content, b.Content) && (a.Mode == b.Mode || !modes || !a.There)
}

// read returns what is at name. It fails for what is no regular file.
func (s *session) read(name string) (state, error) {
	info, err := s.root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return state{}, nil
	}
	if err != nil {
		return state{}, err
	}
	if !info.Mode().IsRegular() {
		return state{}, conflict(name, "not-regular")
	}
	content, err := s.root.ReadFile(name)
	return state{There: true, Mode: info.Mode().Perm(), Content: content}, err
}

// missing returns the folders down to dir that are not there, the outermost
// first.
func (s *session) missing(dir string) (made []string) {
	for ; dir != "."; dir = path.Dir(dir) {
		if _, err := s.root.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		made = append(made, dir)
	}
	slices.Reverse(made)
	return made
}

// prune removes the folders of made that are empty, the innermost first. What
// is not empty is somebody's.
func (s *session) prune(made []string) {
	slices.SortFunc(made, func(a, b string) int { return strings.Count(b, "/") - strings.Count(a, "/") })
	for _, dir := range made {
		if s.powered("removal of "+dir) == nil {
			_ = s.root.Remove(dir)
		}
	}
}

// session is a Folder that is open.
type session struct {
	Folder
	root    *os.Root
	journal journal
	dark    bool // the power has failed, in a test
}

func (f Folder) open() (*session, error) {
	root, err := os.OpenRoot(f.Dir)
	if err != nil {
		return nil, err
	}
	s := &session{Folder: f, root: root}
	if err := s.load(); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return s, nil
}
