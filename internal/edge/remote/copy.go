package remote

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// Copy is a folder that holds the last good configuration of one place. The file
// is the configuration with one line before it, a comment to YAML, that says
// what it is and holds the digest of both. It is replaced as a whole, so that a
// crash leaves the old one or the new one.
type Copy struct{ Dir string }

// copyFile is the name of the copy, nextFile what it is called while it is written.
const (
	copyFile = "last-good.yaml"
	nextFile = "last-good.yaml.next"
)

// label is the copy's first line, after "# ".
type label struct {
	Schema  string    `json:"schema"`
	Place   string    `json:"place"`
	Version string    `json:"version"`
	Taken   time.Time `json:"taken"`
	SHA256  string    `json:"sha256"` // of this line with an empty digest, and of the text
}

const labelSchema = "deguchi/last-good/v1"

// digest is that of text under l.
func (l label) digest(text []byte) string {
	l.SHA256 = ""
	line, err := json.Marshal(l)
	if err != nil {
		panic("remote: " + err.Error()) // texts and a time have a JSON form
	}
	return fmt.Sprintf("%x", sha256.Sum256(append(append(line, '\n'), text...)))
}

// Write makes d the copy.
func (c Copy) Write(d Document) (err error) {
	l := label{Schema: labelSchema, Place: d.Name, Version: d.Version, Taken: d.Taken.UTC().Truncate(time.Millisecond)}
	l.SHA256 = l.digest(d.Text)
	line, err := json.Marshal(l)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return err
	}
	root, err := os.OpenRoot(c.Dir)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := root.Remove(nextFile); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := root.OpenFile(nextFile, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(append(append([]byte("# "), line...), '\n'), d.Text...))
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = root.Rename(nextFile, copyFile)
	}
	if err != nil {
		_ = root.Remove(nextFile)
		return err
	}
	return syncFolder(root)
}

// Read returns the copy, if it is one of the place that is called name and
// nobody but this user could have changed it. Its error is an *Error.
func (c Copy) Read(name string) (Document, error) {
	d, err := c.read(name)
	if err != nil {
		if _, ok := errors.AsType[*Error](err); ok {
			return Document{}, err
		}
		return Document{}, &Error{Why: reason.New("remote.copy.unreadable", c.Dir, err.Error()), err: err}
	}
	return d, nil
}

func (c Copy) read(name string) (d Document, err error) {
	bad := func(code reason.Code, args ...string) (Document, error) {
		return Document{}, &Error{Why: reason.New(code, append([]string{c.Dir}, args...)...)}
	}
	root, err := os.OpenRoot(c.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return bad("remote.copy.none")
	} else if err != nil {
		return d, err
	}
	defer root.Close()
	f, err := root.Open(copyFile)
	if errors.Is(err, fs.ErrNotExist) {
		return bad("remote.copy.none")
	} else if err != nil {
		return d, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil {
		return d, err
	} else if !onlyOurs(info) {
		return bad("remote.copy.foreign")
	}
	all, err := io.ReadAll(io.LimitReader(f, maxAnswer))
	if err != nil {
		return d, err
	}
	line, text, _ := bytes.Cut(all, []byte("\n"))
	var l label
	if err := json.Unmarshal(bytes.TrimPrefix(line, []byte("# ")), &l); err != nil || l.Schema != labelSchema ||
		len(text) > yamldoc.MaxBytes || l.SHA256 != l.digest(text) {
		return bad("remote.copy.damaged")
	}
	if l.Place != name {
		return bad("remote.copy.other", l.Place)
	}
	return Document{Name: l.Place, Version: l.Version, Text: text, Taken: l.Taken}, nil
}
