package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// outcomeOf says what an error of the network means.
func outcomeOf(err error) facts.Outcome {
	if e, ok := errors.AsType[*net.DNSError](err); ok && e.IsNotFound {
		return facts.NotFound
	}
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		return facts.Timeout
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return facts.NotTLS
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return facts.Untrusted
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return facts.Untrusted
	}
	for _, e := range errnos {
		if errors.Is(err, e.errno) {
			return e.outcome
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) {
		return facts.Closed
	}
	return facts.Failed
}
