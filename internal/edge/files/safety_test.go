package files

import (
	"bytes"
	"encoding/base64"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

func TestNothingIsWrittenOutside(t *testing.T) {
	outside := t.TempDir()
	put(t, outside, "secret", "theirs\n")
	tests := map[string]func(t *testing.T, dir string) File{
		"a path that climbs": func(*testing.T, string) File {
			return File{Path: "../" + filepath.Base(outside) + "/secret", Mode: 0o644, Content: "ours"}
		},
		"a folder that is a link out": func(t *testing.T, dir string) File {
			link(t, outside, filepath.Join(dir, "etc"))
			return File{Path: "etc/secret", Mode: 0o644, Content: "ours"}
		},
		"a file that is a link out": func(t *testing.T, dir string) File {
			link(t, filepath.Join(outside, "secret"), filepath.Join(dir, "secret"))
			return File{Path: "secret", Mode: 0o644, Content: "ours"}
		},
		"a link to nothing": func(t *testing.T, dir string) File {
			link(t, filepath.Join(outside, "new"), filepath.Join(dir, "new"))
			return File{Path: "new", Mode: 0o644, Content: "ours"}
		},
		"a folder where the file is to be": func(t *testing.T, dir string) File {
			put(t, dir, "a/b", "")
			return File{Path: "a", Mode: 0o644, Content: "ours"}
		},
		"a file where a folder is to be": func(t *testing.T, dir string) File {
			put(t, dir, "a", "")
			return File{Path: "a/b", Mode: 0o644, Content: "ours"}
		},
	}
	for name, setUp := range tests {
		t.Run(name, func(t *testing.T) {
			f := place(t, nil)
			f.Force = true
			file := setUp(t, f.Dir)
			if _, err := f.Write("test", []File{whole, file}); err == nil {
				t.Error("Write succeeds")
			}
			if diff := cmp.Diff(map[string]string{"secret": "theirs\n"}, tree(t, outside)); diff != "" {
				t.Errorf("outside (-before +after):\n%s", diff)
			}
			if _, err := os.Stat(filepath.Join(f.Dir, whole.Path)); err == nil {
				t.Error("the other file was written")
			}
		})
	}
}

func link(t *testing.T, to, name string) {
	t.Helper()
	if err := os.Symlink(to, name); err != nil {
		requiretest.That(t, false, "symbolic links")
	}
}

// TestLinkInside: macOS has /etc as a link to private/etc.
func TestLinkInside(t *testing.T) {
	f := place(t, map[string]string{"private/etc/x": ""})
	link(t, "private/etc", filepath.Join(f.Dir, "etc"))
	write(t, f, whole)
	if got := tree(t, f.Dir)["private/"+whole.Path]; got != whole.Content {
		t.Errorf("private/%s holds %q", whole.Path, got)
	}
}

// TestLinkInPlace: what a link inside the folder leads to is not ours to choose.
func TestLinkInPlace(t *testing.T) {
	f := place(t, map[string]string{"etc/real": "LANG=C\n"})
	link(t, "real", filepath.Join(f.Dir, atEnd.Path))
	before := tree(t, f.Dir)
	f.Force = true
	_, err := f.Write("test", []File{whole, atEnd})
	refused(t, err, "files.not-regular")
	if diff := cmp.Diff(before, tree(t, f.Dir)); diff != "" {
		t.Errorf("a refused Write changed (-before +after):\n%s", diff)
	}
}

// TestSomebodyIsFaster edits a file after Write has looked at it.
func TestSomebodyIsFaster(t *testing.T) {
	f := place(t, map[string]string{atEnd.Path: "LANG=C\n"})
	f.cut = func(path string) bool {
		if path == atEnd.Path {
			put(t, f.Dir, atEnd.Path, "LANG=ja_JP.UTF-8\n")
		}
		return false
	}
	_, err := f.Write("test", []File{whole, atEnd})
	refused(t, err, "files.edited")
	want := map[string]string{"etc/": "", atEnd.Path: "LANG=ja_JP.UTF-8\n"}
	if diff := cmp.Diff(want, tree(t, f.Dir)); diff != "" {
		t.Errorf("after the Write (-want +got):\n%s", diff)
	}
}

// TestAllOrNothing has a last file that cannot be written: its name leaves no
// room for the ending of a temporary one.
func TestAllOrNothing(t *testing.T) {
	f := place(t, map[string]string{atEnd.Path: "LANG=C\n"})
	before := tree(t, f.Dir)
	long := File{Path: "deep/er/" + strings.Repeat("x", 250), Mode: 0o644, Content: "ours"}
	if _, err := f.Write("test", []File{whole, atEnd, long}); err == nil {
		t.Fatal("Write succeeds")
	}
	if diff := cmp.Diff(before, tree(t, f.Dir)); diff != "" {
		t.Errorf("a Write that failed changed (-before +after):\n%s", diff)
	}
}

// TestPowerFails cuts a Write before each of its files, and an Undo before each
// of its.
func TestPowerFails(t *testing.T) {
	list := []File{whole, atEnd, under}
	for i, file := range list {
		t.Run(file.Path, func(t *testing.T) {
			f := place(t, map[string]string{atEnd.Path: "LANG=C\n"})
			before := tree(t, f.Dir)
			dark := f
			dark.cut = func(path string) bool { return path == file.Path }
			if _, err := dark.Write("test", list); !errors.Is(err, errCut) {
				t.Fatalf("Write = %v", err)
			}
			if i > 0 && cmp.Equal(before, tree(t, f.Dir)) {
				t.Fatal("the cut came before anything was written")
			}
			if done, err := f.Undo(""); len(done) > 0 || err != nil {
				t.Errorf("Undo = %v, %v", done, err)
			}
			if diff := cmp.Diff(before, tree(t, f.Dir)); diff != "" {
				t.Errorf("after the next call (-before +after):\n%s", diff)
			}
			write(t, f, list...)
			after := tree(t, f.Dir)
			if _, err := dark.Undo("test"); !errors.Is(err, errCut) {
				t.Fatalf("Undo = %v", err)
			}
			for _, c := range write(t, f, list...) {
				if c.What != Unchanged {
					t.Errorf("Write after an Undo that was cut: %v", c)
				}
			}
			if diff := cmp.Diff(after, tree(t, f.Dir)); diff != "" {
				t.Errorf("after an Undo that was cut (-before +after):\n%s", diff)
			}
		})
	}
}

// journalTree is the journal and its folders.
var journalTree = map[string]bool{journalPath: true, "var/": true, "var/lib/": true, "var/lib/deguchi/": true}

// TestPowerFailsAnywhere cuts a Write, and an Undo, before every single change of
// the disk: the next call leaves what was there before, or all that is new, and
// nothing besides.
func TestPowerFailsAnywhere(t *testing.T) {
	newer := atEnd
	newer.Content = "a=c\n"
	calls := map[string]func(f Folder) error{
		"Write": func(f Folder) error { _, err := f.Write("test", []File{whole, newer, under}); return err },
		"Undo":  func(f Folder) error { _, err := f.Undo(""); return err },
	}
	same := func(a, b map[string]string) bool {
		a, b = maps.Clone(a), maps.Clone(b)
		for name := range journalTree { // its folders may be there without it
			delete(a, name)
			delete(b, name)
		}
		return maps.Equal(a, b)
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			for n, ended := 0, false; !ended; n++ {
				f := place(t, map[string]string{atEnd.Path: "LANG=C\n"})
				first := tree(t, f.Dir)
				write(t, f, atEnd)
				before := tree(t, f.Dir)
				dark, left, where := f, n, ""
				dark.cut = func(step string) bool { left--; where = step; return left < 0 }
				switch err := call(dark); {
				case err == nil && left >= 0:
					ended = true
				case err != nil && !errors.Is(err, errCut):
					t.Fatalf("cut before %s: %v", where, err)
				}
				if left < 0 { // the next call, whatever it is about, first ends the way back
					if _, err := f.Undo("nobody"); err != nil {
						t.Fatalf("after a cut before %s: %v", where, err)
					}
				}
				after := tree(t, f.Dir)
				done := name == "Undo" && same(after, first) || name == "Write" && strings.Contains(after[atEnd.Path], "a=c") &&
					after[whole.Path] == whole.Content && strings.Contains(after[under.Path], under.Content) && len(after) == len(before)+4
				if !done && !same(before, after) {
					t.Errorf("cut before %s: %q", where, after)
				}
				if _, err := f.Undo(""); err != nil {
					t.Fatalf("Undo after a cut before %s: %v", where, err)
				}
				if last := tree(t, f.Dir); !same(first, last) {
					t.Errorf("after a cut before %s and Undo: %q, want %q", where, last, first)
				}
			}
		})
	}
}

func TestEditAfterThePowerFailed(t *testing.T) {
	f := place(t, nil)
	dark := f
	dark.cut = func(path string) bool { return path == atEnd.Path }
	if _, err := dark.Write("test", []File{whole, atEnd}); !errors.Is(err, errCut) {
		t.Fatal(err)
	}
	put(t, f.Dir, whole.Path, "mine\n")
	_, err := f.Write("test", []File{atEnd})
	refused(t, err, "files.half-done")
	if got := tree(t, f.Dir)[whole.Path]; got != "mine\n" {
		t.Errorf("%s holds %q", whole.Path, got)
	}
}

func TestReadOnlyFolder(t *testing.T) {
	f := place(t, map[string]string{"etc/x": ""})
	before := tree(t, f.Dir)
	asNobody(t, f.Dir)
	if err := os.Chmod(filepath.Join(f.Dir, "etc"), 0o555); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write("test", []File{{Path: "a", Mode: 0o644, Content: "ours"}, whole}); err == nil {
		t.Error("Write succeeds")
	}
	if diff := cmp.Diff(before, tree(t, f.Dir)); diff != "" {
		t.Errorf("a Write that failed changed (-before +after):\n%s", diff)
	}
}

func TestModes(t *testing.T) {
	requiretest.Linux(t)
	f := place(t, map[string]string{atEnd.Path: "LANG=C\n"})
	if err := os.Chmod(filepath.Join(f.Dir, atEnd.Path), 0o664); err != nil {
		t.Fatal(err)
	}
	secret := File{Path: "secret", Mode: 0o600, Content: "x"}
	write(t, f, atEnd, secret)
	for path, want := range map[string]os.FileMode{atEnd.Path: 0o664, "secret": 0o600, journalPath: 0o600} {
		info, err := os.Stat(filepath.Join(f.Dir, path))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("mode of %s = %o, want %o", path, got, want)
		}
	}
}

// TestModesOfSecrets: a file that is there closes when a secret comes into it, and
// no other does; Undo opens it again.
func TestModesOfSecrets(t *testing.T) {
	requiretest.Linux(t)
	for name, tt := range map[string]struct {
		file File
		want os.FileMode
	}{
		"lines with a secret":            {File{Path: atEnd.Path, Mode: 0o600, Content: "a=b\n", Block: atEnd.Block}, 0o660 &^ 0o077},
		"lines without one":              {atEnd, 0o664},
		"a file that is right, a secret": {File{Path: atEnd.Path, Mode: 0o600, Content: "LANG=C\n"}, 0o600},
		"a file that is right":           {File{Path: atEnd.Path, Mode: 0o644, Content: "LANG=C\n"}, 0o664},
	} {
		t.Run(name, func(t *testing.T) {
			f := place(t, map[string]string{atEnd.Path: "LANG=C\n"})
			path := filepath.Join(f.Dir, atEnd.Path)
			if err := os.Chmod(path, 0o664); err != nil {
				t.Fatal(err)
			}
			mode := func() os.FileMode {
				info, err := os.Stat(path)
				if err != nil {
					t.Fatal(err)
				}
				return info.Mode()
			}
			write(t, f, tt.file)
			if got := mode(); got != tt.want {
				t.Errorf("mode = %o, want %o", got, tt.want)
			}
			if _, err := f.Undo(""); err != nil {
				t.Fatal(err)
			}
			if got := mode(); got != 0o664 {
				t.Errorf("mode after Undo = %o, want 664", got)
			}
		})
	}
}

// TestKeepsOwner: what root writes into a home belongs to its user.
func TestKeepsOwner(t *testing.T) {
	requiretest.Linux(t)
	requiretest.That(t, os.Getuid() == 0, "root")
	f := place(t, map[string]string{"home/ec2-user/x": ""})
	if err := os.Chown(filepath.Join(f.Dir, "home/ec2-user"), 1234, 1235); err != nil {
		t.Fatal(err)
	}
	write(t, f, File{Path: "home/ec2-user/.m2/settings.xml", Mode: 0o644, Content: "x"})
	for _, name := range []string{"home/ec2-user/.m2", "home/ec2-user/.m2/settings.xml"} {
		if uid, gid := ids(t, filepath.Join(f.Dir, name)); uid != 1234 || gid != 1235 {
			t.Errorf("%s belongs to %d:%d, want 1234:1235", name, uid, gid)
		}
	}
}

// FuzzJournal: whatever the journal says, nothing outside the folder changes, and
// in it nothing that the journal has not got word for word.
func FuzzJournal(f *testing.F) {
	const own, outside = "a person's own\n", "not ours\n"
	taken := base64.StdEncoding.EncodeToString([]byte(own))
	for _, s := range []string{
		`{"entries":[{"owner":"o","path":"etc/own","before":{},"after":"` + taken + `"}]}`,
		`{"entries":[{"owner":"o","path":"../outside","before":{"There":true,"Content":"eA=="},"after":"bm90IG91cnMK"}]}`,
		`{"pending":[{"path":"/../outside","before":{"There":true},"after":{"There":true,"Content":"bm90IG91cnMK"}}]}`,
		`{"pending":[{"path":"etc/own","before":{"There":true,"Mode":420},"after":{}}],"made":["..","etc","/"]}`,
		`{"entries":[{"path":"var/lib/deguchi/settings.json","block":{"Open":"{"}}]}`, `{"pending":[{}]}`, `{"entries":[{"path":"out/outside","made":["out"]}]}`, "{",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		top := t.TempDir()
		put(t, top, "outside", outside)
		place := Folder{Dir: filepath.Join(top, "root"), Journal: journalPath}
		put(t, place.Dir, "etc/own", own)
		put(t, place.Dir, journalPath, string(text))
		link(t, top, filepath.Join(place.Dir, "out"))
		for range 2 {
			_, _ = place.Undo("")
		}
		_, _ = place.Write("o", []File{{Path: "etc/new", Mode: 0o644, Content: "x"}})
		after := tree(t, top)
		if after["outside"] != outside {
			t.Fatalf("%q: outside is %q now", text, after["outside"])
		}
		if after["root/etc/own"] != own && !bytes.Contains(text, []byte(taken)) {
			t.Fatalf("%q: a person's file is %q now", text, after["root/etc/own"])
		}
		for name := range after {
			if !strings.HasPrefix(name, "root/") && name != "outside" {
				t.Fatalf("%q made %q", text, name)
			}
		}
	})
}
