// Package remote reads a configuration that stands in AWS: an object of S3
// ("s3://bucket/key") or a parameter of Systems Manager ("ssm:///name"). It keeps
// the last good one on disk, for restarts while AWS cannot be asked.
//
// Credentials, region and endpoints are looked for where AWS SDKs do: environment,
// shared files, the role of the container or the instance. Proxy variables count
// for none of it: a proxy that asked for its configuration through itself could not
// start. Whether what was read is sound, others decide.
package remote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// Document is a configuration as it was read.
type Document struct {
	Name    string    // of the place: "s3://bucket/key", a file
	Version string    // an ETag or a number; empty for files
	Text    []byte    // not to be changed
	Taken   time.Time // when it was read there
}

// Same reports whether d is o, read again. A version alone does not tell: a
// parameter that was deleted and written anew counts from 1 again.
func (d Document) Same(o Document) bool {
	return d.Name == o.Name && d.Version == o.Version && bytes.Equal(d.Text, o.Text)
}

// Error says why a place could not be read.
type Error struct {
	Why reason.Because
	err error
}

// Error is the reason in English.
func (e *Error) Error() string { return e.Why.In(reason.English) }

// Unwrap returns what AWS or the system said.
func (e *Error) Unwrap() error { return e.err }

// Place is where a configuration stands.
type Place struct {
	bucket, key string // of S3
	parameter   string // of Systems Manager, or empty
}

const (
	s3Scheme  = "s3://"
	ssmScheme = "ssm://"
)

// Is reports whether name means a place outside this machine rather than a file.
func Is(name string) bool {
	return strings.HasPrefix(name, s3Scheme) || strings.HasPrefix(name, ssmScheme)
}

// Parse returns the place that name means. What follows "ssm://" is a parameter's
// name, with its leading slash if it has one, or the ARN of one that another
// account shares.
func Parse(name string) (Place, error) {
	if rest, ok := strings.CutPrefix(name, s3Scheme); ok {
		bucket, key, _ := strings.Cut(rest, "/")
		if bucket != "" && key != "" {
			return Place{bucket: bucket, key: key}, nil
		}
	}
	if rest, ok := strings.CutPrefix(name, ssmScheme); ok && strings.Trim(rest, "/") != "" {
		return Place{parameter: rest}, nil
	}
	return Place{}, &Error{Why: reason.New("remote.bad-name", fmt.Sprintf("%q", name))}
}

// String returns the name that Parse takes.
func (p Place) String() string {
	if p.parameter != "" {
		return ssmScheme + p.parameter
	}
	return s3Scheme + p.bucket + "/" + p.key
}

// Source reads one place again and again. It is safe for concurrent use.
type Source struct {
	place Place

	mu   sync.Mutex
	aws  *client  // once there is a region
	last Document // what was read last; an ETag saves reading it again
}

// NewSource returns a Source of place. It asks nothing yet.
func NewSource(place Place) *Source { return &Source{place: place} }

// Read returns what stands there now. Its error is an *Error.
func (s *Source) Read(ctx context.Context) (Document, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := s.read(ctx)
	if err != nil {
		return Document{}, s.explained(ctx, err)
	}
	d.Name = s.place.String()
	s.last = d
	return d, nil
}

func (s *Source) read(ctx context.Context) (d Document, err error) {
	if s.aws == nil {
		if s.aws, err = connect(ctx); err != nil {
			return d, err
		}
	}
	if s.place.parameter != "" {
		return s.aws.parameter(ctx, s.place.parameter)
	}
	d, err = s.aws.object(ctx, s.place.bucket, s.place.key, s.last.Version)
	if errors.Is(err, errUnchanged) {
		return s.last, nil
	}
	return d, err
}

// explained says why the place could not be read. What AWS says may quote
// what it was given, so secrets are taken out of it.
func (s *Source) explained(ctx context.Context, err error) *Error {
	code := reason.Code("remote.failed")
	switch known := classified(err); {
	case errors.Is(err, errTooLarge), known != "":
		code = known
	case ctx.Err() != nil:
		code = "remote.late"
	}
	return &Error{Why: reason.New(code, s.place.String(), diag.Redact(lastPart(err))), err: err}
}

// lastPart is the innermost error's text: the SDK puts the operation and a request
// id around it.
func lastPart(err error) string {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err.Error()
		}
		err = next
	}
}
