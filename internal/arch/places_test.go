package arch

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// upward is a path that leaves its folder.
var upward = regexp.MustCompile(`(?:\.\./)+[A-Za-z0-9_.-]*[A-Za-z0-9_-]`)

// places finds files that name a place which only this machine has: one of
// banned, or a path that leads out of the repository to something that exists.
// Whoever clones the repository does not have it.
func places(root fs.FS, banned []string, exists func(fromRoot string) bool) (found []string, err error) {
	err = fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains([]string{".git", "bin", "dist"}, name) {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() {
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		for _, place := range banned {
			if bytes.Contains(text, []byte(place)) {
				found = append(found, name+" names "+place)
			}
		}
		for _, p := range upward.FindAll(text, -1) {
			to := path.Join(path.Dir(name), string(p))
			if strings.HasPrefix(to, "../") && exists(to) {
				found = append(found, name+" leads out to "+string(p))
			}
		}
		return nil
	})
	return found, err
}

func TestNoPlaceOfThisMachine(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	banned := []string{root}
	if home, err := os.UserHomeDir(); err == nil && home != "/" {
		banned = append(banned, home+"/")
	}
	found, err := places(os.DirFS(root), banned, func(fromRoot string) bool {
		_, err := os.Stat(filepath.Join(root, fromRoot))
		return err == nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Error(f)
	}
}

func TestPlaces(t *testing.T) {
	root := fstest.MapFS{
		"README.md":     {Data: []byte("see /srv/build/deguchi/x\n")},
		"bench/run":     {Data: []byte("cd ../../beside/data\n")},
		"docs/ok.md":    {Data: []byte("cd ../docs, and ../README.md\n")},
		"attack.txt":    {Data: []byte("GET /../../etc/passwd\n")},
		".git/config":   {Data: []byte("/srv/build/deguchi\n")},
		"cmd/x/main.go": {Data: []byte("// ../../beside is inside\n")},
	}
	exists := func(fromRoot string) bool { return fromRoot == "../beside" }
	got, err := places(root, []string{"/srv/build/deguchi"}, exists)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"README.md names /srv/build/deguchi", "bench/run leads out to ../../beside"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
}
