package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// program is what is released.
const program = "./cmd/deguchi"

// binary builds the program for s.
func (r *release) binary(ctx context.Context, s system) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=true", "-ldflags=-s -w -buildid=",
		"-o", filepath.Join(r.out, s.binary()), program)
	cmd.Env = append(os.Environ(), "GOOS="+s.os, "GOARCH="+s.arch, "CGO_ENABLED=0", "GOFLAGS=", "GOAMD64=v1", "GOARM64=v8.0")
	fmt.Fprintln(r.say, s.binary())
	r.made = append(r.made, s.binary())
	_, err := output(cmd)
	return err
}

// binaryVersion is what a binary says of itself.
func binaryVersion(file string) (string, error) {
	info, err := buildinfo.ReadFile(file)
	if err != nil {
		return "", err
	}
	return info.Main.Version, nil
}

// pseudo is the version that Go gives a commit without a tag:
// v0.0.0-20261130024400-df93ebf0a1b2, v1.2.4-0.2026….
var pseudo = regexp.MustCompile(`^(\d+\.\d+\.\d+)-(?:0\.)?(\d{14})-([0-9a-f]{12})$`)

// packageVersion makes of a version of Go one that dpkg and rpm order rightly: a
// commit before a tag, and a pre-release, come before the release ("~").
func packageVersion(v string) string {
	v = strings.TrimPrefix(v, "v")
	v, dirty := strings.CutSuffix(v, "+dirty")
	if m := pseudo.FindStringSubmatch(v); m != nil {
		v = m[1] + "~" + m[2] + "." + m[3]
	}
	v = strings.Replace(v, "-", "~", 1)
	if v == "" || v[0] < '0' || v[0] > '9' { // (devel): a build outside a checkout
		v = "0~devel"
	}
	if dirty {
		v += "+dirty"
	}
	return strings.ReplaceAll(v, "-", ".")
}

// sboms writes for each binary what it is made of, read from the binary itself.
func (r *release) sboms(ctx context.Context) error {
	for _, s := range r.systems {
		file := filepath.Join(r.out, s.binary())
		out, err := output(exec.CommandContext(ctx, "go", "tool", "-modfile=tools/cyclonedx/go.mod", "cyclonedx-gomod", "bin",
			"-json", "-noserial", "-notimestamp", "-std", file))
		if err != nil {
			return err
		}
		if err := r.publish(s.binary()+".cdx.json", out); err != nil {
			return err
		}
	}
	return nil
}

// sums writes the checksums of everything that this run has made, and of nothing
// else that lies there from another.
func (r *release) sums() error {
	var text bytes.Buffer
	for _, name := range slices.Sorted(slices.Values(r.made)) {
		content, err := os.ReadFile(filepath.Join(r.out, name))
		if err != nil {
			return err
		}
		fmt.Fprintf(&text, "%x  %s\n", sha256.Sum256(content), name)
	}
	return os.WriteFile(filepath.Join(r.out, "SHA256SUMS"), text.Bytes(), 0o644)
}
