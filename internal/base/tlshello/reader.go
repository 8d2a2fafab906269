package tlshello

import "errors"

// errShort reports that b ends before the ClientHello does.
var errShort = errors.New("short")

// The longest payload of a record in clear, RFC 8446 section 5.1.
const maxRecord = 1 << 14

// reader yields the bytes of one handshake message out of the records that
// carry it, however they are cut, and never more than the message has.
type reader struct {
	b      []byte
	pos    int // next byte of b
	record int // bytes left in the record at pos
	left   int // bytes left of the message; counts once sized
	sized  bool
}

// need is how long b must be at least for the message to be complete.
func (r *reader) need() int {
	if !r.sized {
		return len(r.b) + 1
	}
	n := r.pos + r.left
	if r.left > r.record {
		n += header
	}
	return max(n, len(r.b)+1)
}

// header is the length of a record's header: type, version, length.
const header = 5

// open reads the header of the next record. It judges each byte as soon as it
// is there, so that other protocols are known by their first byte.
func (r *reader) open() error {
	h := r.b[r.pos:]
	if len(h) > 0 && h[0] != 22 || len(h) > 1 && h[1] != 3 || len(h) > 2 && h[2] > 4 {
		if r.pos == 0 {
			return ErrNotTLS
		}
		return ErrMalformed
	}
	if len(h) < header {
		return errShort
	}
	n := int(h[3])<<8 | int(h[4])
	if n == 0 || n > maxRecord {
		return ErrMalformed
	}
	r.pos, r.record = r.pos+header, n
	return nil
}

// take passes the next n bytes of the message to each, in one or more pieces.
// each may be nil.
func (r *reader) take(n int, each func(piece []byte)) error {
	if r.sized && n > r.left {
		return ErrMalformed
	}
	for n > 0 {
		if r.record == 0 {
			if err := r.open(); err != nil {
				return err
			}
		}
		k := min(n, r.record, len(r.b)-r.pos)
		if k == 0 {
			return errShort
		}
		if each != nil {
			each(r.b[r.pos : r.pos+k])
		}
		r.pos, r.record, n = r.pos+k, r.record-k, n-k
		if r.sized {
			r.left -= k
		}
	}
	return nil
}

// number reads a big-endian number of n bytes.
func (r *reader) number(n int) (v int, err error) {
	err = r.take(n, func(piece []byte) {
		for _, c := range piece {
			v = v<<8 | int(c)
		}
	})
	return v, err
}

// skip passes over a vector whose length stands in n bytes.
func (r *reader) skip(n int) error {
	size, err := r.number(n)
	if err != nil {
		return err
	}
	return r.take(size, nil)
}
