package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"debug/buildinfo"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"
)

// sources are where packages come from.
const sources = "deploy/packages"

// packages makes a deb and an rpm for every Linux.
func (r *release) packages(ctx context.Context) error {
	nfpm, err := output(exec.CommandContext(ctx, "go", "tool", "-modfile=tools/nfpm/go.mod", "-n", "nfpm"))
	if err != nil {
		return err
	}
	made := filepath.Join(r.stage, "made")
	if err := os.Mkdir(made, 0o755); err != nil {
		return err
	}
	for _, s := range r.systems {
		if s.os != "linux" {
			continue
		}
		dir := filepath.Join(r.stage, s.arch)
		if err := r.tree(ctx, dir, s); err != nil {
			return err
		}
		for _, kind := range []string{"deb", "rpm"} {
			config, err := filepath.Abs(filepath.Join(sources, "nfpm.yaml"))
			if err != nil {
				return err
			}
			cmd := exec.CommandContext(ctx, strings.TrimSpace(string(nfpm)), "package", "--config", config, "--packager", kind, "--target", made)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "ARCH="+s.arch, "VERSION="+r.version, fmt.Sprintf("SOURCE_DATE_EPOCH=%d", r.epoch.Unix()))
			if _, err := output(cmd); err != nil {
				return err
			}
		}
	}
	packages, err := os.ReadDir(made)
	if err != nil {
		return err
	}
	for _, p := range packages { // nfpm has named them as dpkg and rpm expect it
		content, err := os.ReadFile(filepath.Join(made, p.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintln(r.say, p.Name())
		if err := r.publish(p.Name(), content); err != nil {
			return err
		}
	}
	return nil
}

// tree puts together below dir what goes into packages for s.
func (r *release) tree(ctx context.Context, dir string, s system) error {
	binary, err := os.ReadFile(filepath.Join(r.out, s.binary()))
	if err != nil {
		return err
	}
	files := map[string][]byte{"usr/bin/deguchi": binary}
	for name, args := range map[string][]string{
		"etc/deguchi/deguchi.yaml": {"config", "default"},
		"completion/deguchi.bash":  {"completion", "bash"},
		"completion/deguchi.zsh":   {"completion", "zsh"},
		"completion/deguchi.fish":  {"completion", "fish"},
	} {
		if files[name], err = r.deguchi(ctx, args...); err != nil {
			return err
		}
	}
	for _, read := range []func(map[string][]byte) error{copied, scripts, func(f map[string][]byte) error { return r.manual(ctx, f) }} {
		if err := read(files); err != nil {
			return err
		}
	}
	files["debian/changelog.Debian.gz"] = zipped(fmt.Appendf(nil,
		"deguchi (%s-1) unstable; urgency=medium\n\n  * Release; what is new stands in the repository.\n\n -- %s  %s\n",
		r.version, maintainer, r.epoch.Format(time.RFC1123Z)))
	if files["licences"], err = licences(ctx, filepath.Join(r.out, s.binary())); err != nil {
		return err
	}
	files["debian/licences.gz"] = zipped(files["licences"])
	return r.write(dir, files)
}

// maintainer is as in nfpm.yaml.
const maintainer = "Deguchi project <deguchi-project@users.noreply.github.com>"

// deguchi runs the program on this machine and returns what it prints.
func (r *release) deguchi(ctx context.Context, args ...string) ([]byte, error) {
	here := system{runtime.GOOS, runtime.GOARCH}
	own := filepath.Join(r.stage, "deguchi.exe")
	if slices.Contains(r.systems, here) {
		own = filepath.Join(r.out, here.binary())
	} else if _, err := os.Stat(own); err != nil {
		if _, err := output(exec.CommandContext(ctx, "go", "build", "-o", own, program)); err != nil {
			return nil, err
		}
	}
	cmd := exec.CommandContext(ctx, own, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "LANG=C")
	return output(cmd)
}

// copied reads what goes into packages as it is.
func copied(files map[string][]byte) (err error) {
	for name, from := range map[string]string{
		"usr/lib/systemd/system/deguchi.service": "deploy/systemd/deguchi.service",
		"usr/lib/systemd/system/deguchi.socket":  "deploy/systemd/deguchi.socket",
		"debian/copyright":                       sources + "/debian/copyright",
		"debian/lintian-overrides":               sources + "/debian/lintian-overrides",
		"LICENSE":                                "LICENSE",
	} {
		if files[name], err = os.ReadFile(from); err != nil {
			return err
		}
	}
	return nil
}

// scripts reads the maintainer scripts. Those of both kinds of packages share
// what an upgrade does.
func scripts(files map[string][]byte) error {
	shared, err := os.ReadFile(sources + "/takeover.sh")
	if err != nil {
		return err
	}
	for _, name := range []string{"debian/postinst", "debian/prerm", "debian/postrm", "rpm/post", "rpm/preun", "rpm/postun"} {
		text, err := os.ReadFile(filepath.Join(sources, name))
		if err != nil {
			return err
		}
		files[name] = bytes.Replace(text, []byte("@takeover@\n"), shared, 1)
	}
	return nil
}

// manual adds the man pages, compressed.
func (r *release) manual(ctx context.Context, files map[string][]byte) error {
	dir, err := os.MkdirTemp(r.stage, "man-*")
	if err != nil {
		return err
	}
	if _, err := r.deguchi(ctx, "man", dir); err != nil {
		return err
	}
	pages, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, p := range pages {
		text, err := os.ReadFile(filepath.Join(dir, p.Name()))
		if err != nil {
			return err
		}
		files["usr/share/man/man1/"+p.Name()+".gz"] = zipped(text)
	}
	return nil
}

// zipped compresses text. No time and no name is in it.
func zipped(text []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		panic(err) // not of this level
	}
	_, _ = w.Write(text) // to memory
	_ = w.Close()
	return b.Bytes()
}

// licenceFile is a file in which a module says on what terms it may be used.
var licenceFile = regexp.MustCompile(`^(?i:licen[cs]e|copying|notice)(\.(txt|md))?$`)

// licences returns the terms of everything that is in a binary: the licences of
// most modules ask for their text to go along.
func licences(ctx context.Context, binary string) ([]byte, error) {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return nil, err
	}
	root, err := output(exec.CommandContext(ctx, "go", "env", "GOROOT"))
	if err != nil {
		return nil, err
	}
	dirs := map[string]string{"the Go standard library": strings.TrimSpace(string(root))}
	for _, m := range info.Deps {
		dir, err := output(exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", m.Path))
		if err != nil {
			return nil, err
		}
		dirs[m.Path+" "+m.Version] = strings.TrimSpace(string(dir))
	}
	var b bytes.Buffer
	for _, what := range slices.Sorted(maps.Keys(dirs)) {
		before := b.Len()
		entries, err := fs.ReadDir(os.DirFS(dirs[what]), ".")
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if !licenceFile.MatchString(e.Name()) || !e.Type().IsRegular() {
				continue
			}
			text, err := os.ReadFile(filepath.Join(dirs[what], e.Name()))
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(&b, "==== %s: %s ====\n\n%s\n", what, e.Name(), text)
		}
		if b.Len() == before {
			return nil, fmt.Errorf("%s comes without a licence", what)
		}
	}
	return b.Bytes(), nil
}

// write puts files below dir, all with the time of the release.
func (r *release) write(dir string, files map[string][]byte) error {
	for name, content := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			return err
		}
		if err := os.Chtimes(file, r.epoch, r.epoch); err != nil {
			return err
		}
	}
	return nil
}
