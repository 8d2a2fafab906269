package standin

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
)

// body is what a request carries, freed from aws-chunked.
type body struct {
	io.Reader
	chunks *awsChunks // nil if the body is as it is
}

// readBody returns the body of r. Clients that sign it piece by piece, or that
// send its checksum behind it, send it in aws-chunked ("Signature calculations
// for the Authorization header: transferring payload in multiple chunks", API
// reference of Amazon S3).
func readBody(r *http.Request) *body {
	if !strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		return &body{Reader: r.Body}
	}
	chunks := &awsChunks{br: bufio.NewReader(r.Body)}
	return &body{Reader: chunks, chunks: chunks}
}

// trailer returns the fields behind the body, once it has been read.
func (b *body) trailer() http.Header {
	if b.chunks == nil {
		return nil
	}
	return b.chunks.trailer
}

// awsChunks reads aws-chunked: chunks like those of HTTP, each with its
// signature behind the size, and fields behind the last one.
type awsChunks struct {
	br      *bufio.Reader
	left    int64 // of the chunk in hand
	begun   bool
	trailer http.Header // not nil when the end has been read
}

var errChunk = errors.New("malformed aws-chunked body")

// Read reads what the chunks carry.
func (c *awsChunks) Read(b []byte) (int, error) {
	if c.trailer != nil {
		return 0, io.EOF
	}
	if c.left == 0 {
		if err := c.next(); err != nil {
			return 0, err
		}
		if c.trailer != nil {
			return 0, io.EOF
		}
	}
	n, err := c.br.Read(b[:min(int64(len(b)), c.left)])
	c.left -= int64(n)
	return n, unexpected(err)
}

// next reads up to the data of the next chunk, or to the end.
func (c *awsChunks) next() error {
	if c.begun {
		if line, err := c.line(); err != nil || len(line) > 0 {
			return errors.Join(errChunk, err)
		}
	}
	c.begun = true
	line, err := c.line()
	if err != nil {
		return err
	}
	size, _, _ := bytes.Cut(line, []byte(";")) // ;chunk-signature=…
	n, err := strconv.ParseUint(string(size), 16, 62)
	if err != nil {
		return errChunk
	}
	c.left = int64(n) // 62 bits
	if c.left == 0 {
		return c.end()
	}
	return nil
}

// end reads the fields behind the last chunk.
func (c *awsChunks) end() error {
	fields, err := textproto.NewReader(c.br).ReadMIMEHeader()
	if err != nil && !errors.Is(err, io.EOF) { // some clients leave out the last empty line
		return errors.Join(errChunk, err)
	}
	c.trailer = http.Header(fields)
	return nil
}

// line reads a line and returns it without its end.
func (c *awsChunks) line() ([]byte, error) {
	line, err := c.br.ReadSlice('\n')
	if err != nil {
		return nil, unexpected(err)
	}
	return bytes.TrimSuffix(line[:len(line)-1], []byte("\r")), nil
}

// unexpected is err where the end must not be.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
