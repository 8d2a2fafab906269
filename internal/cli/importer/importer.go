// Package importer is the body of "deguchi import": where the files of another
// proxy's configuration are found, and the shape of the answer's JSON. What
// they come to is said by the engine.
package importer

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/squid"
	"github.com/deguchi-project/deguchi/internal/model/squidconf"
)

// JSON is the answer of "deguchi import squid --json".
type JSON struct {
	Config   string `json:"config"` // YAML
	Problems any    `json:"problems"`
}

// home is where squid.conf stands on the machine that it is from.
const home = "/etc/squid/"

// most bounds what is read of one file, in bytes.
const most = 64 << 20

// Squid reads the squid.conf called file, "-" being stdin, and turns it into a
// configuration. It fails if that file cannot be read; of what it names, that
// is a problem of the result. Text is what problems point into.
func Squid(file string, stdin io.Reader, lang reason.Lang, now time.Time) (r squid.Result, text map[string][]byte, err error) {
	var main []byte
	if file == "-" {
		main, err = io.ReadAll(io.LimitReader(stdin, most))
	} else {
		main, err = read(file)
	}
	if err != nil {
		return r, nil, err
	}
	s := beside{file, filepath.Dir(file), main}
	f := squidconf.Parse(file, squidconf.Source{Read: s.read, Match: s.match})
	return squid.Import(f, lang, now), shown(f.Text), nil
}

// login is where a line of cache_peer has a password.
var login = regexp.MustCompile(`(?m)^([^#\n]*\blogin=)(\S+)`)

// shown returns the texts as problems may quote them, without passwords.
func shown(texts map[string][]byte) map[string][]byte {
	masked := make(map[string][]byte, len(texts))
	for name, text := range texts {
		masked[name] = login.ReplaceAllFunc(text, func(line []byte) []byte {
			at := bytes.LastIndex(line, []byte("login=")) + len("login=")
			return append(line[:at:at], strings.Repeat("*", utf8.RuneCount(line[at:]))...)
		})
	}
	return masked
}

// beside finds the files that a squid.conf names: in its own folder first, as
// if that were /etc/squid, because it may come from another machine.
type beside struct {
	file, dir string
	main      []byte
}

// places returns where a file of this name may be.
func (b beside) places(name string) []string {
	rest, under := strings.CutPrefix(name, home)
	switch {
	case under:
		return []string{filepath.Join(b.dir, filepath.FromSlash(rest)), name}
	case path.IsAbs(name):
		return []string{filepath.Join(b.dir, path.Base(name)), name}
	}
	return []string{filepath.Join(b.dir, filepath.FromSlash(name))}
}

func (b beside) read(name string) (text []byte, err error) {
	if name == b.file {
		return b.main, nil
	}
	for _, place := range b.places(name) {
		if text, err = read(place); err == nil {
			return text, nil
		}
	}
	return nil, err
}

// match returns the files of the first place that has any.
func (b beside) match(pattern string) ([]string, error) {
	for _, place := range b.places(pattern) {
		if names, err := filepath.Glob(place); err != nil || len(names) > 0 {
			return names, err
		}
	}
	return nil, nil
}

// read returns what file holds.
func read(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && len(text) > most {
		err = fmt.Errorf("more than %d bytes", most)
	}
	return text, err
}
