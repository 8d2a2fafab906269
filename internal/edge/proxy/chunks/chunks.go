// Package chunks reads the body of a request that comes in chunks. net/http is
// strict with chunks but not with what follows the last one: there it takes a bare
// LF for the end of a line (Go 1.26, net/textproto), so that what one reader has for
// a trailer field is the next request to another. Here these lines are as strict as
// those of a head.
package chunks

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httputil"
	"net/textproto"

	"github.com/deguchi-project/deguchi/internal/edge/proxy/fields"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/head"
)

// Body is the body of a request.
type Body struct {
	in      io.Reader     // what the chunks carry
	br      *bufio.Reader // what in reads from
	limit   int           // of what follows the last chunk, in bytes
	trailer http.Header   // the fields that were announced; their values come at the end
	err     error         // how it ended
}

// New returns the body that br goes on with. The fields behind it that req has
// announced are passed on; others are not. All of them have at most limit bytes.
func New(br *bufio.Reader, req *http.Request, limit int) *Body {
	fields.Strip(req.Trailer, "")
	return &Body{in: httputil.NewChunkedReader(br), br: br, limit: limit, trailer: req.Trailer}
}

// Read reads what the chunks carry. At io.EOF br stands behind the body.
func (c *Body) Read(b []byte) (n int, err error) {
	if c.err != nil {
		return 0, c.err
	}
	n, err = c.in.Read(b)
	if errors.Is(err, io.EOF) {
		if bad := c.end(); bad != nil {
			err = bad
		}
	}
	c.err = err
	return n, err
}

// Close does nothing: how far the body was read decides what becomes of the
// connection.
func (c *Body) Close() error { return nil }

var errTrailer = errors.New("what follows the last chunk is malformed")

// end reads what follows the last chunk, up to the empty line.
func (c *Body) end() error {
	for left := c.limit; ; {
		line, err := c.br.ReadSlice('\n')
		if errors.Is(err, io.EOF) {
			return io.ErrUnexpectedEOF
		} else if err != nil {
			return err
		}
		if left -= len(line); left < 0 {
			return errTrailer
		}
		line, ok := bytes.CutSuffix(line, []byte("\r\n"))
		switch {
		case !ok || len(line) > 0 && head.Trailer(line) != "":
			return errTrailer
		case len(line) == 0:
			return nil
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		key := textproto.CanonicalMIMEHeaderKey(string(name))
		if values, announced := c.trailer[key]; announced {
			c.trailer[key] = append(values, string(bytes.Trim(value, " \t")))
		}
	}
}
