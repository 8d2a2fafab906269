package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const journalPath = "var/lib/deguchi/settings.json"

// place is a folder for a test, with what is in it at the start.
func place(t *testing.T, files map[string]string) Folder {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		put(t, dir, name, content)
	}
	return Folder{Dir: dir, Journal: journalPath}
}

func put(t *testing.T, dir, name, content string) {
	t.Helper()
	name = filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// tree is every file below dir; folders end in a slash and hold nothing.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	root := os.DirFS(dir)
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		if d.IsDir() {
			found[name+"/"] = ""
			return nil
		}
		if d.Type() == fs.ModeSymlink {
			found[name], err = os.Readlink(filepath.Join(dir, name))
			return err
		}
		content, err := os.ReadFile(filepath.Join(dir, name))
		found[name] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func write(t *testing.T, f Folder, list ...File) []Change {
	t.Helper()
	changes, err := f.Write("test", list)
	if err != nil {
		t.Fatalf("Write: %v", err)
	}
	return changes
}

// refused asks that err holds conflicts, and nothing else, with codes.
func refused(t *testing.T, err error, codes ...string) {
	t.Helper()
	var got []string
	for _, e := range flat(err) {
		c, ok := errors.AsType[*Conflict](e)
		if !ok {
			t.Fatalf("error %v is no conflict", e)
		}
		got = append(got, string(c.Why.Code))
	}
	if diff := cmp.Diff(codes, got); diff != "" {
		t.Errorf("conflicts (-want +got):\n%s", diff)
	}
}

func flat(err error) (all []error) {
	j, ok := err.(interface{ Unwrap() []error })
	if !ok && err != nil {
		return []error{err}
	}
	if ok {
		for _, e := range j.Unwrap() {
			all = append(all, flat(e)...)
		}
	}
	return all
}

var (
	whole = File{Path: "etc/profile.d/proxy.sh", Mode: 0o644, Content: "export a=b\n"}
	atEnd = File{Path: "etc/environment", Mode: 0o644, Content: "a=b\n", Block: &Block{Open: "# (", Close: "# )", Keys: []string{"a"}}}
	under = File{Path: "etc/dnf/dnf.conf", Mode: 0o644, Content: "proxy=p\n", Block: &Block{Open: "# (", Close: "# )", Under: "[main]", Keys: []string{"proxy"}}}
)

// within is under where the key counts in its own section only.
var within = File{Path: under.Path, Mode: under.Mode, Content: under.Content, Block: &Block{
	Open: "# (", Close: "# )", Under: "[main]", Keys: []string{"proxy"}, Within: "[main]",
}}

func TestWriteAndUndo(t *testing.T) {
	tests := map[string]struct {
		before map[string]string
		file   File
		want   string // of the file
		what   What
	}{
		"a new file in a new folder":       {nil, whole, "export a=b\n", Created},
		"a block in a file that is new":    {nil, atEnd, "# (\na=b\n# )\n", Created},
		"a block behind a person's lines":  {map[string]string{"etc/environment": "LANG=C\n"}, atEnd, "LANG=C\n# (\na=b\n# )\n", Updated},
		"a last line without its newline":  {map[string]string{"etc/environment": "LANG=C"}, atEnd, "LANG=C\n# (\na=b\n# )\n", Updated},
		"a block below its section":        {map[string]string{"etc/dnf/dnf.conf": "[main]\ngpgcheck=1\n[x]\n"}, under, "[main]\n# (\nproxy=p\n# )\ngpgcheck=1\n[x]\n", Updated},
		"a section that is missing":        {map[string]string{"etc/dnf/dnf.conf": "[x]\n"}, under, "[x]\n[main]\n# (\nproxy=p\n# )\n", Updated},
		"a section with a blank behind it": {map[string]string{"etc/dnf/dnf.conf": " [main] \ngpgcheck=1\n"}, under, " [main] \n# (\nproxy=p\n# )\ngpgcheck=1\n", Updated},
		"a section with a comment":         {map[string]string{"etc/dnf/dnf.conf": "[main] ; ours\n"}, under, "[main] ; ours\n# (\nproxy=p\n# )\n", Updated},
		"a section that begins the same":   {map[string]string{"etc/dnf/dnf.conf": "[main]x\n"}, under, "[main]x\n[main]\n# (\nproxy=p\n# )\n", Updated},
		"the key in another section":       {map[string]string{"etc/dnf/dnf.conf": "[main]\n[repo]\nproxy=_none_\n"}, within, "[main]\n# (\nproxy=p\n# )\n[repo]\nproxy=_none_\n", Updated},
		"lines that end as on Windows":     {map[string]string{"etc/dnf/dnf.conf": "[main]\r\nx=y\r\n"}, under, "[main]\r\n# (\nproxy=p\n# )\nx=y\r\n", Updated},
		"a file without anything":          {map[string]string{"etc/environment": ""}, atEnd, "# (\na=b\n# )\n", Updated},
		"another key that begins the same": {map[string]string{"etc/dnf/dnf.conf": "[main]\nproxy_auth=x\n"}, under, "[main]\n# (\nproxy=p\n# )\nproxy_auth=x\n", Updated},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := place(t, tt.before)
			before := tree(t, f.Dir)
			if diff := cmp.Diff([]Change{{tt.file.Path, tt.what}}, write(t, f, tt.file)); diff != "" {
				t.Errorf("first Write (-want +got):\n%s", diff)
			}
			after := tree(t, f.Dir)
			if got := after[tt.file.Path]; got != tt.want {
				t.Errorf("%s holds %q, want %q", tt.file.Path, got, tt.want)
			}
			if diff := cmp.Diff([]Change{{tt.file.Path, Unchanged}}, write(t, f, tt.file)); diff != "" {
				t.Errorf("second Write (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(after, tree(t, f.Dir)); diff != "" {
				t.Errorf("the second Write changed (-before +after):\n%s", diff)
			}
			if _, err := f.Undo("test"); err != nil {
				t.Fatalf("Undo: %v", err)
			}
			if diff := cmp.Diff(before, tree(t, f.Dir)); diff != "" {
				t.Errorf("what Undo brought back (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWriteStopsBefore(t *testing.T) {
	tests := map[string]struct {
		before map[string]string
		codes  []string
	}{
		"a person's file":              {map[string]string{whole.Path: "export a=c\n"}, []string{"files.edited"}},
		"a key that a person has set":  {map[string]string{atEnd.Path: "x=y\na = c\n"}, []string{"files.contradicts"}},
		"a key that is indented":       {map[string]string{under.Path: "[main]\n  proxy : q\n"}, []string{"files.contradicts"}},
		"a block that nobody recorded": {map[string]string{under.Path: "[main]\n# (\nproxy=q\n# )\n"}, []string{"files.block-edited"}},
		"a block without its end":      {map[string]string{under.Path: "[main]\n# (\n"}, []string{"files.block-edited"}},
		"each of them, at once": {
			map[string]string{whole.Path: "x", atEnd.Path: "a=c\n", under.Path: "[main]\nproxy = q\n"},
			[]string{"files.edited", "files.contradicts", "files.contradicts"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := place(t, tt.before)
			before := tree(t, f.Dir)
			_, err := f.Write("test", []File{whole, atEnd, under})
			refused(t, err, tt.codes...)
			if diff := cmp.Diff(before, tree(t, f.Dir)); diff != "" {
				t.Errorf("a refused Write changed (-before +after):\n%s", diff)
			}
			f.Force = true
			write(t, f, whole, atEnd, under)
			after := tree(t, f.Dir)
			if strings.Contains(after[atEnd.Path], "c\n") || strings.Contains(after[under.Path], "q\n") {
				t.Errorf("with Force a contradiction stays:\n%v", after)
			}
			f.Force = false
			if _, err := f.Undo(""); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(before, tree(t, f.Dir)); diff != "" {
				t.Errorf("what Undo brought back (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUpdate(t *testing.T) {
	f := place(t, map[string]string{atEnd.Path: "LANG=C\n"})
	before := tree(t, f.Dir)
	write(t, f, whole, atEnd)
	newer, other := whole, atEnd
	newer.Content, other.Content = "export a=c\n", "a=c\n"
	write(t, f, newer, other)
	after := tree(t, f.Dir)
	if after[whole.Path] != "export a=c\n" || after[atEnd.Path] != "LANG=C\n# (\na=c\n# )\n" {
		t.Errorf("after an update of our own: %q", after)
	}
	if _, err := f.Undo("test"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, tree(t, f.Dir)); diff != "" {
		t.Errorf("Undo after two Writes (-want +got):\n%s", diff)
	}
}

func TestEditsInBetween(t *testing.T) {
	newer := func(f File) File { f.Content = "a=c\n"; return f }
	t.Run("of a whole file: refused, and undone only by force", func(t *testing.T) {
		f := place(t, nil)
		write(t, f, whole)
		put(t, f.Dir, whole.Path, "mine\n")
		_, err := f.Write("test", []File{newer(whole)})
		refused(t, err, "files.edited")
		_, err = f.Undo("test")
		refused(t, err, "files.changed-since")
		f.Force = true
		if _, err := f.Undo("test"); err != nil || len(tree(t, f.Dir)) != 0 {
			t.Errorf("Undo with Force: %v, leaves %v", err, tree(t, f.Dir))
		}
	})
	t.Run("of lines around the block: kept by Write and by Undo", func(t *testing.T) {
		f := place(t, map[string]string{atEnd.Path: "LANG=C\n"})
		write(t, f, atEnd)
		put(t, f.Dir, atEnd.Path, "LANG=C\nTZ=UTC\n# (\na=b\n# )\nX=1\n")
		write(t, f, newer(atEnd))
		if got := tree(t, f.Dir)[atEnd.Path]; got != "LANG=C\nTZ=UTC\n# (\na=c\n# )\nX=1\n" {
			t.Errorf("after Write: %q", got)
		}
		if _, err := f.Undo("test"); err != nil {
			t.Fatal(err)
		}
		if got := tree(t, f.Dir)[atEnd.Path]; got != "LANG=C\nTZ=UTC\nX=1\n" {
			t.Errorf("after Undo: %q", got)
		}
	})
	t.Run("of lines around the block, then Undo", func(t *testing.T) {
		f := place(t, nil)
		write(t, f, atEnd)
		put(t, f.Dir, atEnd.Path, "TZ=UTC\n# (\na=b\n# )\n")
		if _, err := f.Undo("test"); err != nil {
			t.Fatal(err)
		}
		if got := tree(t, f.Dir)[atEnd.Path]; got != "TZ=UTC\n" {
			t.Errorf("after Undo: %q", got)
		}
	})
	t.Run("by an editor that ends lines as Windows does", func(t *testing.T) {
		f := place(t, nil)
		write(t, f, atEnd)
		put(t, f.Dir, atEnd.Path, "# (\r\na=b\r\n# )\r\n")
		if diff := cmp.Diff([]Change{{atEnd.Path, Unchanged}}, write(t, f, atEnd)); diff != "" {
			t.Errorf("Write (-want +got):\n%s", diff)
		}
		write(t, f, newer(atEnd))
		if _, err := f.Undo("test"); err != nil {
			t.Error(err)
		}
	})
	t.Run("of the block itself: refused", func(t *testing.T) {
		f := place(t, nil)
		write(t, f, atEnd)
		put(t, f.Dir, atEnd.Path, "# (\na=mine\n# )\n")
		_, err := f.Write("test", []File{newer(atEnd)})
		refused(t, err, "files.block-edited")
		_, err = f.Undo("test")
		refused(t, err, "files.changed-since")
	})
	t.Run("a file that was removed is nothing to undo", func(t *testing.T) {
		f := place(t, nil)
		write(t, f, whole)
		if err := os.Remove(filepath.Join(f.Dir, whole.Path)); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Undo("test"); err != nil || len(tree(t, f.Dir)) != 0 {
			t.Errorf("Undo: %v, leaves %v", err, tree(t, f.Dir))
		}
	})
	t.Run("a person's file that was replaced, then removed", func(t *testing.T) {
		f := place(t, map[string]string{whole.Path: "mine\n"})
		f.Force = true
		write(t, f, whole)
		f.Force = false
		if err := os.Remove(filepath.Join(f.Dir, whole.Path)); err != nil {
			t.Fatal(err)
		}
		_, err := f.Undo("test")
		refused(t, err, "files.gone")
	})
}

// TestOwnersOfOneFile: a file that another owner wrote is told from one that a
// person edited.
func TestOwnersOfOneFile(t *testing.T) {
	f := place(t, nil)
	write(t, f, whole)
	other := whole
	other.Content = "export a=c\n"
	_, err := f.Write("other", []File{other})
	refused(t, err, "files.others")
	if c, ok := errors.AsType[*Conflict](err); !ok || c.Why.Args[1] != "test" {
		t.Errorf("Write: %v, want the owner test", err)
	}
	f.Force = true
	if _, err := f.Write("other", []File{other}); err != nil {
		t.Fatal(err)
	}
	f.Force = false
	if _, err := f.Undo("other"); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, f.Dir)[whole.Path]; got != whole.Content {
		t.Errorf("after the other's Undo: %q", got)
	}
	if _, err := f.Undo(""); err != nil || len(tree(t, f.Dir)) != 0 {
		t.Errorf("Undo: %v, leaves %v", err, tree(t, f.Dir))
	}
}

func TestOwnersShareAFile(t *testing.T) {
	f := place(t, map[string]string{under.Path: "[main]\n"})
	before := tree(t, f.Dir)
	second := under
	second.Content = "ssl=1\n"
	second.Block = &Block{Open: "# <", Close: "# >", Under: "[main]"}
	write(t, f, under)
	if _, err := f.Write("other", []File{second}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Undo("test"); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, f.Dir)[under.Path]; got != "[main]\n# <\nssl=1\n# >\n" {
		t.Errorf("after the first owner's Undo: %q", got)
	}
	write(t, f, under)
	if _, err := f.Undo(""); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, tree(t, f.Dir)); diff != "" {
		t.Errorf("after everybody's Undo (-want +got):\n%s", diff)
	}
	if done, err := f.Undo(""); done != nil || err != nil {
		t.Errorf("Undo of nothing = %v, %v", done, err)
	}
}

// TestContradictionHasItsLine: the line is that of the file, with our block in it.
func TestContradictionHasItsLine(t *testing.T) {
	for text, want := range map[string]string{
		"x=y\na=c\n": "2", "x=y\n# (\na=b\n# )\na=c\n": "5", "a=c\n# (\na=b\n# )\n": "1", "\r\n# (\r\na=b\r\n# )\r\na=c\r\n": "5",
	} {
		f := place(t, map[string]string{atEnd.Path: text})
		_, err := f.Write("test", []File{atEnd})
		c, ok := errors.AsType[*Conflict](err)
		if !ok || c.Why.Code != "files.contradicts" || c.Why.Args[1] != want {
			t.Errorf("Write to %q: %v, want a contradiction in line %s", text, err, want)
		}
	}
}
