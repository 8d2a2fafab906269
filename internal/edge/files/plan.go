package files

import "strings"

// plan says what file comes to: what is there, and what is to be there. It
// fails with a *Conflict where a person's edit would be lost.
func (s *session) plan(owner string, file File) (step, error) {
	now, err := s.read(file.Path)
	if err != nil {
		return step{}, err
	}
	ours, known := s.entry(file.Path, owner)
	st := step{Path: file.Path, Before: now, After: state{There: true, Mode: file.Mode}, Block: file.Block}
	if file.Block == nil {
		st.After.Content = []byte(file.Content)
		if now.There && string(now.Content) != file.Content && !s.Force &&
			!(known && string(now.Content) == string(ours.After)) {
			if other, ok := s.written(file.Path, string(now.Content)); ok {
				return st, conflict(file.Path, "others", other)
			}
			return st, conflict(file.Path, "edited")
		}
		if string(now.Content) == file.Content && file.Mode&0o077 != 0 {
			st.After.Mode = now.Mode // a person's choice, unless it is a secret
		}
		return st, nil
	}
	if now.There {
		st.After.Mode = now.Mode // it was not ours to choose
		if file.Mode&0o077 == 0 {
			st.After.Mode &^= 0o077 // unless it holds a secret now
		}
	}
	text := string(now.Content)
	old, rest, at := file.Block.cut(text)
	next := file.Block.text(file.Content)
	if alike(old, next) {
		next = old
	}
	if old != "" && old != next && !s.Force {
		written, _, _ := file.Block.cut(string(ours.After))
		if !known || !alike(old, written) {
			return st, conflict(file.Path, "block-edited")
		}
	}
	rest, found := file.Block.contradictions(rest, at, strings.Count(old, "\n"))
	if len(found) > 0 && !s.Force {
		return st, conflict(file.Path, "contradicts", found[0].line, found[0].key)
	}
	if old != "" && len(found) == 0 {
		text = rest[:at] + next + rest[at:]
	} else {
		text = file.Block.insert(rest, next)
	}
	st.After.Content = []byte(text)
	return st, nil
}

// alike reports whether a and b are the same lines: an editor that ends them as
// Windows does edits nothing.
func alike(a, b string) bool {
	return strings.ReplaceAll(a, "\r\n", "\n") == strings.ReplaceAll(b, "\r\n", "\n")
}

// without is what is at e's path once e is taken back: what was there before
// or, if a person has edited other lines since, those without our block.
func (s *session) without(e entry, now state) (state, error) {
	if now.There && string(now.Content) == string(e.After) || s.Force {
		return e.Before, nil
	}
	if !now.There {
		if !e.Before.There {
			return e.Before, nil
		}
		return now, conflict(e.Path, "gone")
	}
	if e.Block == nil {
		return now, conflict(e.Path, "changed-since")
	}
	written, _, _ := e.Block.cut(string(e.After))
	old, rest, _ := e.Block.cut(string(now.Content))
	if old == "" || !alike(old, written) {
		return now, conflict(e.Path, "changed-since")
	}
	now.Content = []byte(rest)
	return now, nil
}
