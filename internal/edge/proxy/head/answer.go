package head

import (
	"bytes"
	"errors"
	"io"
)

// Why an answer is not taken.
var (
	ErrTooLong = errors.New("the head of the answer is too long")
	ErrBareLF  = errors.New("a line of the answer ends in a bare LF") // two readers end it at two places
)

// Limited reads answers that may begin with so much and no more.
type Limited struct {
	R    io.Reader
	Left int64
}

// Read fails with ErrTooLong when nothing is left.
func (l *Limited) Read(b []byte) (int, error) {
	if l.Left <= 0 {
		return 0, ErrTooLong
	}
	n, err := l.R.Read(b[:min(int64(len(b)), l.Left)])
	l.Left -= int64(n)
	return n, err
}

// ReadAnswer reads the head of an answer, at most about limit bytes, and what came
// with it. It is as strict as with a request: where a head ends must not be a
// matter of opinion when a tunnel begins there.
func ReadAnswer(r io.Reader, limit int) (answer, early []byte, err error) {
	b := make([]byte, 0, 1024)
	for {
		if n, bad := End(b); bad != "" {
			return nil, nil, ErrBareLF
		} else if n > 0 {
			return b[:n], b[n:], nil
		}
		if len(b) >= limit {
			return nil, nil, ErrTooLong
		}
		if len(b) == cap(b) {
			b = append(make([]byte, 0, 2*cap(b)), b...)
		}
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err != nil {
			return nil, nil, err
		}
	}
}

// Opens reports whether answer says that a tunnel stands: HTTP/1.x 2xx.
func Opens(answer []byte) bool {
	return len(answer) > 12 && bytes.HasPrefix(answer, []byte("HTTP/1.")) && answer[8] == ' ' && answer[9] == '2' &&
		isDigit(answer[7]) && isDigit(answer[10]) && isDigit(answer[11]) && (answer[12] == ' ' || answer[12] == '\r')
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
