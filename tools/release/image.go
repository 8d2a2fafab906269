package main

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"time"
)

// nobody is the user of the image, as in other images without a shell.
const nobody = 65532

// Media types of the OCI image specification, version 1.1.
const (
	indexType    = "application/vnd.oci.image.index.v1+json"
	manifestType = "application/vnd.oci.image.manifest.v1+json"
	configType   = "application/vnd.oci.image.config.v1+json"
	layerType    = "application/vnd.oci.image.layer.v1.tar+gzip"
)

// descriptor points at a blob.
type descriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int               `json:"size"`
	Platform    *platform         `json:"platform,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

type platform struct {
	Architecture string `json:"architecture"`
	OS           string `json:"os"`
}

// manifest is one image, index several: they differ in what they name.
type manifest struct {
	SchemaVersion int          `json:"schemaVersion"`
	MediaType     string       `json:"mediaType"`
	Config        descriptor   `json:"config"`
	Layers        []descriptor `json:"layers"`
}

type index struct {
	SchemaVersion int          `json:"schemaVersion"`
	MediaType     string       `json:"mediaType"`
	Manifests     []descriptor `json:"manifests"`
}

// imageConfig is how an image is run.
type imageConfig struct {
	Created      time.Time `json:"created"`
	Architecture string    `json:"architecture"`
	OS           string    `json:"os"`
	Config       runConfig `json:"config"`
	RootFS       rootFS    `json:"rootfs"`
	History      []history `json:"history"`
}

type runConfig struct {
	User         string
	ExposedPorts map[string]struct{}
	Env          []string
	Entrypoint   []string
	Cmd          []string
	WorkingDir   string
	StopSignal   string
	Labels       map[string]string
}

type rootFS struct {
	Type    string   `json:"type"`
	DiffIDs []string `json:"diff_ids"`
}

type history struct {
	Created   time.Time `json:"created"`
	CreatedBy string    `json:"created_by"`
}

// layout is an OCI image layout in the making: files, by path.
type layout map[string][]byte

// blob adds content and returns what points at it.
func (l layout) blob(mediaType string, content []byte) descriptor {
	sum := fmt.Sprintf("%x", sha256.Sum256(content))
	l["blobs/sha256/"+sum] = content
	return descriptor{MediaType: mediaType, Digest: "sha256:" + sum, Size: len(content)}
}

// document adds v as JSON.
func (l layout) document(mediaType string, v any) (descriptor, error) {
	text, err := json.Marshal(v)
	return l.blob(mediaType, text), err
}

// image writes the container image for every Linux. It has no shell and no
// other program: the binary, root certificates, a user, and the default
// configuration, which listens on loopback until another is put in its place.
func (r *release) image(ctx context.Context) error {
	certificates := exec.CommandContext(ctx, "go", "run", ".")
	certificates.Dir = "tools/roots"
	roots, err := output(certificates)
	if err != nil {
		return err
	}
	config, err := r.deguchi(ctx, "config", "default")
	if err != nil {
		return err
	}
	files := map[string][]byte{
		"etc/ssl/certs/ca-certificates.crt": roots,
		"etc/deguchi/deguchi.yaml":          config,
		"etc/passwd":                        fmt.Appendf(nil, "root:x:0:0:root:/:/\nnobody:x:%d:%[1]d:nobody:/:/\n", nobody),
		"etc/group":                         fmt.Appendf(nil, "root:x:0:\nnobody:x:%d:\n", nobody),
	}
	l := layout{"oci-layout": []byte(`{"imageLayoutVersion":"1.0.0"}`)}
	all := index{SchemaVersion: 2, MediaType: indexType}
	for _, s := range r.systems {
		if s.os != "linux" {
			continue
		}
		if files["usr/bin/deguchi"], err = os.ReadFile(filepath.Join(r.out, s.binary())); err != nil {
			return err
		}
		if files["usr/share/doc/deguchi/licences"], err = licences(ctx, filepath.Join(r.out, s.binary())); err != nil {
			return err
		}
		d, err := r.oneImage(l, s, files)
		if err != nil {
			return err
		}
		all.Manifests = append(all.Manifests, d)
	}
	d, err := l.document(indexType, all)
	if err != nil {
		return err
	}
	d.Annotations = map[string]string{"org.opencontainers.image.ref.name": tag(r.version)}
	if l["index.json"], err = json.Marshal(index{2, indexType, []descriptor{d}}); err != nil {
		return err
	}
	archive, err := r.archive(l, 0o644)
	if err != nil {
		return err
	}
	fmt.Fprintln(r.say, "deguchi-image.tar")
	return r.publish("deguchi-image.tar", archive)
}

// tag makes of a version what may stand behind the colon of an image's name.
func tag(version string) string {
	text := []byte(version)
	for i, c := range text {
		if c == '~' || c == '+' {
			text[i] = '-'
		}
	}
	return string(text)
}

// oneImage adds the image for s.
func (r *release) oneImage(l layout, s system, files map[string][]byte) (descriptor, error) {
	tree, err := r.archive(files, 0o755)
	if err != nil {
		return descriptor{}, err
	}
	config, err := l.document(configType, imageConfig{
		Created: r.epoch, Architecture: s.arch, OS: s.os,
		Config: runConfig{
			User:         fmt.Sprintf("%d:%[1]d", nobody),
			ExposedPorts: map[string]struct{}{"3128/tcp": {}},
			Env:          []string{"PATH=/usr/bin", "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"},
			Entrypoint:   []string{"/usr/bin/deguchi"},
			Cmd:          []string{"serve", "-c", "/etc/deguchi/deguchi.yaml"},
			WorkingDir:   "/",
			StopSignal:   "SIGTERM",
			Labels: map[string]string{
				"org.opencontainers.image.title":    "Deguchi",
				"org.opencontainers.image.version":  r.version,
				"org.opencontainers.image.licenses": "Apache-2.0",
				"org.opencontainers.image.source":   "https://github.com/deguchi-project/deguchi",
			},
		},
		RootFS:  rootFS{"layers", []string{fmt.Sprintf("sha256:%x", sha256.Sum256(tree))}},
		History: []history{{r.epoch, "go run ./tools/release"}},
	})
	if err != nil {
		return descriptor{}, err
	}
	d, err := l.document(manifestType, manifest{2, manifestType, config, []descriptor{l.blob(layerType, zipped(tree))}})
	d.Platform = &platform{s.arch, s.os}
	return d, err
}

// archive is a tar of files and the folders that they are in, all root's. A
// file in a folder bin has the given mode, every other may be read.
func (r *release) archive(files map[string][]byte, mode int64) ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range withFolders(files) {
		h := &tar.Header{Name: name, Mode: 0o644, ModTime: r.epoch, Format: tar.FormatUSTAR, Typeflag: tar.TypeReg, Size: int64(len(files[name]))}
		if _, ok := files[name]; !ok {
			h.Name, h.Mode, h.Typeflag = name+"/", 0o755, tar.TypeDir
		} else if path.Base(path.Dir(name)) == "bin" {
			h.Mode = mode
		}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(files[name]); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// withFolders returns the paths of files and of the folders above them, in
// order: folders before what is in them.
func withFolders(files map[string][]byte) []string {
	paths := map[string]bool{}
	for name := range files {
		for ; name != "."; name = path.Dir(name) {
			paths[name] = true
		}
	}
	return slices.Sorted(maps.Keys(paths))
}
