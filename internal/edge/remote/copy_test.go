package remote

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

var good = Document{
	Name: "s3://corp-config/deguchi.yaml", Version: `a"b`, Text: []byte("version: 1\n# 出口\n"),
	Taken: time.Date(2026, 11, 22, 1, 2, 3, 4e6, time.UTC),
}

func TestCopy(t *testing.T) {
	c := Copy{filepath.Join(t.TempDir(), "made", "for it")}
	if err := c.Write(good); err != nil {
		t.Fatal(err)
	}
	got, err := c.Read(good.Name)
	if diff := cmp.Diff(good, got); err != nil || diff != "" {
		t.Errorf("Read = %v (-want +got):\n%s", err, diff)
	}
	newer := good
	newer.Text = []byte("version: 1\n")
	if err := c.Write(newer); err != nil {
		t.Fatal(err)
	}
	if got, err := c.Read(good.Name); err != nil || string(got.Text) != string(newer.Text) {
		t.Errorf("after a second one: %q, %v", got.Text, err)
	}
	for name, want := range map[string]os.FileMode{"": 0o700 | os.ModeDir, copyFile: 0o600} {
		if info, err := os.Stat(filepath.Join(c.Dir, name)); err != nil || runtime.GOOS != "windows" && info.Mode() != want {
			t.Errorf("%s: %v, %v, want %v", name, info.Mode(), err, want)
		}
	}
	if left, err := filepath.Glob(filepath.Join(c.Dir, "*")); err != nil || len(left) != 1 {
		t.Errorf("%v, %v, want nothing but the copy", left, err)
	}
}

// TestCopyAfterACrash: half of a new one does not touch the old one.
func TestCopyAfterACrash(t *testing.T) {
	c := Copy{t.TempDir()}
	if err := c.Write(good); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(c.Dir, nextFile), []byte("# {"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := c.Read(good.Name); err != nil || string(got.Text) != string(good.Text) {
		t.Errorf("Read = %q, %v", got.Text, err)
	}
	if err := c.Write(good); err != nil {
		t.Errorf("the next one cannot be written: %v", err)
	}
}

// TestCopyThatCannotBeWritten: what is there stays.
func TestCopyThatCannotBeWritten(t *testing.T) {
	c := Copy{t.TempDir()}
	if err := c.Write(good); err != nil {
		t.Fatal(err)
	}
	blocked := filepath.Join(c.Dir, nextFile, "in the way")
	if err := os.MkdirAll(blocked, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := c.Write(Document{Name: good.Name}); err == nil {
		t.Error("Write over a folder worked")
	}
	if got, err := c.Read(good.Name); err != nil || string(got.Text) != string(good.Text) {
		t.Errorf("Read = %q, %v", got.Text, err)
	}
}

// TestCopyIsWhole: no change of a byte, and no end before the end, passes.
func TestCopyIsWhole(t *testing.T) {
	c := Copy{t.TempDir()}
	if err := c.Write(good); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(c.Dir, copyFile)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		spoiled := append([]byte{}, whole...)
		at := rapid.IntRange(0, len(whole)-1).Draw(rt, "at")
		if rapid.Bool().Draw(rt, "cut") {
			spoiled = spoiled[:at]
		} else {
			spoiled[at] ^= byte(rapid.IntRange(1, 255).Draw(rt, "bits"))
		}
		if err := os.WriteFile(file, spoiled, 0o600); err != nil {
			rt.Fatal(err)
		}
		got, err := c.Read(good.Name)
		if err == nil && !cmp.Equal(got, good) { // "# " may be lost: it means nothing
			rt.Errorf("Read = %+v of %q", got, spoiled)
		}
	})
}

func TestCopyThatIsNotUsed(t *testing.T) {
	cases := map[string]struct {
		spoil func(t *testing.T, file string)
		want  reason.Code
	}{
		"there is none":    {func(t *testing.T, file string) { must(t, os.Remove(file)) }, "remote.copy.none"},
		"there is no dir":  {func(t *testing.T, file string) { must(t, os.RemoveAll(filepath.Dir(file))) }, "remote.copy.none"},
		"of another place": {func(t *testing.T, file string) { must(t, Copy{filepath.Dir(file)}.Write(Document{Name: "ssm:///x"})) }, "remote.copy.other"},
		"a folder":         {func(t *testing.T, file string) { must(t, os.Remove(file), os.Mkdir(file, 0o700)) }, "remote.copy.foreign"},
		"a link to elsewhere": {func(t *testing.T, file string) {
			elsewhere := filepath.Join(t.TempDir(), "x")
			must(t, os.Rename(file, elsewhere), os.Symlink(elsewhere, file))
		}, "remote.copy.unreadable"},
		"too large": {func(t *testing.T, file string) { must(t, os.Truncate(file, maxAnswer+1)) }, "remote.copy.damaged"},
	}
	if runtime.GOOS != "windows" {
		cases["others may write it"] = struct {
			spoil func(t *testing.T, file string)
			want  reason.Code
		}{func(t *testing.T, file string) { must(t, os.Chmod(file, 0o606)) }, "remote.copy.foreign"}
	}
	for why, tt := range cases {
		t.Run(why, func(t *testing.T) {
			c := Copy{filepath.Join(t.TempDir(), "state")}
			must(t, c.Write(good))
			tt.spoil(t, filepath.Join(c.Dir, copyFile))
			d, err := c.Read(good.Name)
			if e, ok := errors.AsType[*Error](err); !ok || e.Why.Code != tt.want || !strings.Contains(e.Error(), c.Dir) {
				t.Errorf("Read = %q, %v, want %s", d.Text, err, tt.want)
			}
		})
	}
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// FuzzCopy: a file is a copy only with its own digest, and what is read of one
// is what was written.
func FuzzCopy(f *testing.F) {
	c := Copy{f.TempDir()}
	if err := c.Write(good); err != nil {
		f.Fatal(err)
	}
	file := filepath.Join(c.Dir, copyFile)
	all, err := os.ReadFile(file)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(all)
	f.Add(bytes.Replace(all, []byte("version: 1"), []byte("version: 2"), 1))
	f.Add(bytes.TrimPrefix(all, []byte("# ")))
	f.Add([]byte("# {}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		d, err := c.Read(good.Name)
		if err != nil {
			if _, ok := errors.AsType[*Error](err); !ok {
				t.Fatalf("%q: %v says no code", text, err)
			}
			return
		}
		if err := c.Write(d); err != nil {
			t.Fatal(err)
		}
		again, err := c.Read(good.Name)
		d.Taken = d.Taken.UTC().Truncate(time.Millisecond)
		if diff := cmp.Diff(d, again); err != nil || diff != "" {
			t.Fatalf("%q: %v (-read +read again):\n%s", text, err, diff)
		}
	})
}

// FuzzRefused: whatever AWS, or who stands in its place, says for an error
// becomes one line, and its code one word.
func FuzzRefused(f *testing.F) {
	for _, s := range []string{
		"<Error><Code>NoSuchKey</Code><Message>no\nkey</Message></Error>", `{"__type":"com.amazonaws.ssm#ParameterNotFound:http://x/","message":"\u001b[31m"}`,
		`{"__type":"#"}`, "<html>", "",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		e := refused(&http.Response{StatusCode: 400}, body)
		if strings.ContainsAny(e.Error(), "\r\n") || strings.ContainsAny(e.code, "#:") {
			t.Fatalf("%q becomes %q, code %q", body, e, e.code)
		}
	})
}

// FuzzParse: a name that means a place is that place's name.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"s3://b/k", "s3://b//k/", "ssm:///p", "ssm://arn:aws:ssm:eu-west-1:123456789012:parameter/p", "s3://b", "ssm:///", "file"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		p, err := Parse(name)
		if err == nil && (p.String() != name || !Is(name)) {
			t.Fatalf("%q is %q", name, p)
		}
	})
}
