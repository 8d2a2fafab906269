// Command release builds what is published, into one folder:
//
//	deguchi-linux-amd64 …       static binaries, for every system and architecture
//	deguchi-linux-amd64.cdx.json … what each is made of, in CycloneDX
//	deguchi_1.2.3-1_amd64.deb, deguchi-1.2.3-1.x86_64.rpm …
//	deguchi-image.tar           a container image for both architectures, in OCI layout
//	SHA256SUMS
//
// The same commit gives the same bytes, in whatever folder and on whatever day:
// times are that of the commit, or SOURCE_DATE_EPOCH. The version is what Go
// makes of the repository's tags, as "deguchi version" prints it.
//
//	go run ./tools/release -out dist
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// everything is what is built unless flags say otherwise.
var (
	systems = []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64"}
	parts   = []string{"sbom", "packages", "image"}
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "release:", err)
		}
		os.Exit(1)
	}
}

// release is one run.
type release struct {
	out, stage string // folders: what is published, what it is made of
	version    string // of packages; empty: that of the binary
	epoch      time.Time
	systems    []system
	made       []string // names in out, of this run
	say        io.Writer
}

// system is an operating system and an architecture.
type system struct{ os, arch string }

func (s system) String() string { return s.os + "/" + s.arch }

// binary is the name of the binary for s.
func (s system) binary() string {
	name := "deguchi-" + s.os + "-" + s.arch
	if s.os == "windows" {
		name += ".exe"
	}
	return name
}

func run(ctx context.Context, args []string, say io.Writer) error {
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	flags.SetOutput(say)
	out := flags.String("out", "dist", "the `folder` that is written")
	version := flags.String("version", "", "the version of packages, if not that of the binary")
	wantSystems := flags.String("systems", strings.Join(systems, ","), "what to build for")
	wantParts := flags.String("parts", strings.Join(parts, ","), "what to build besides binaries")
	if err := flags.Parse(args); err != nil {
		return err
	}
	r := &release{version: *version, say: say}
	var err error
	if r.out, err = filepath.Abs(*out); err != nil {
		return err
	}
	for name := range strings.SplitSeq(*wantSystems, ",") {
		s := system{}
		if s.os, s.arch, _ = strings.Cut(name, "/"); !slices.Contains(systems, name) {
			return fmt.Errorf("no release is made for %q: one of %s", name, strings.Join(systems, ", "))
		}
		r.systems = append(r.systems, s)
	}
	if r.epoch, err = epoch(ctx); err != nil {
		return err
	}
	if r.stage, err = os.MkdirTemp("", "deguchi-release-*"); err != nil {
		return err
	}
	defer os.RemoveAll(r.stage)
	if err := os.MkdirAll(r.out, 0o755); err != nil {
		return err
	}
	return r.build(ctx, strings.Split(*wantParts, ","))
}

// build makes binaries, then the parts that were asked for, then the sums.
func (r *release) build(ctx context.Context, wanted []string) error {
	for _, s := range r.systems {
		if err := r.binary(ctx, s); err != nil {
			return err
		}
	}
	if r.version == "" {
		v, err := binaryVersion(filepath.Join(r.out, r.systems[0].binary()))
		if err != nil {
			return err
		}
		r.version = packageVersion(v)
	}
	makers := map[string]func(context.Context) error{"sbom": r.sboms, "packages": r.packages, "image": r.image}
	for _, part := range wanted {
		make, ok := makers[part]
		if !ok {
			if part == "" {
				continue
			}
			return fmt.Errorf("there is no part %q: one of %s", part, strings.Join(parts, ", "))
		}
		if err := make(ctx); err != nil {
			return fmt.Errorf("%s: %w", part, err)
		}
	}
	return r.sums()
}

// publish writes a file that is published.
func (r *release) publish(name string, content []byte) error {
	r.made = append(r.made, name)
	return os.WriteFile(filepath.Join(r.out, name), content, 0o644)
}

// epoch is the time that everything in a release has.
func epoch(ctx context.Context) (time.Time, error) {
	text := os.Getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		out, err := output(exec.CommandContext(ctx, "git", "log", "-1", "--format=%ct"))
		if err != nil {
			return time.Time{}, fmt.Errorf("neither SOURCE_DATE_EPOCH nor a commit says when this is: %w", err)
		}
		text = strings.TrimSpace(string(out))
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

// output runs cmd and returns what it prints. What it complains of is in the
// error.
func output(cmd *exec.Cmd) ([]byte, error) {
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return nil, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, exit.Stderr)
	}
	return out, err
}
