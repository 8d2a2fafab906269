package tlshello

import "strings"

// Numbers of RFC 8446 and RFC 9849 (IANA: TLS ExtensionType Values).
const (
	typeClientHello = 1
	extServerName   = 0
	extECH          = 0xfe0d
	nameTypeHost    = 0
)

// hello reads a ClientHello, RFC 8446 section 4.1.2. It goes through all of it
// even when the name has been found: a second name may follow.
func (r *reader) hello() (h Hello, err error) {
	if err := r.start(); err != nil {
		return h, err
	}
	if err := r.take(2+32, nil); err != nil { // legacy_version, random
		return h, err
	}
	for _, size := range [...]int{1, 2, 1} { // session id, cipher suites, compression
		if err := r.skip(size); err != nil {
			return h, err
		}
	}
	if r.left == 0 { // before TLS 1.3, extensions may be left out altogether
		return h, nil
	}
	return r.extensions()
}

// start reads the header of the message and bounds the reader to it.
func (r *reader) start() error {
	kind, err := r.number(1)
	if err != nil {
		return err
	}
	if kind != typeClientHello {
		return ErrNotHello
	}
	size, err := r.number(3)
	if err != nil {
		return err
	}
	if size > MaxHello {
		return ErrTooLong
	}
	r.left, r.sized = size, true
	return nil
}

// extensions reads the last field of the message. What is wrong with the name
// is reported only when the whole is well-formed and complete.
func (r *reader) extensions() (h Hello, err error) {
	size, err := r.number(2)
	if err != nil {
		return h, err
	}
	if size != r.left {
		return h, ErrMalformed
	}
	var bad error
	for r.left > 0 {
		kind, err := r.number(2)
		if err != nil {
			return h, err
		}
		if kind == extServerName {
			if h.HasSNI {
				bad = ErrSeveralNames
			}
			h.HasSNI = true
			h.ServerName, err = r.serverName(&bad)
		} else {
			h.ECH = h.ECH || kind == extECH
			err = r.skip(2)
		}
		if err != nil {
			return h, err
		}
	}
	return h, bad
}

// serverName reads the extension of RFC 6066 section 3, which must hold one
// host name. What it holds instead goes to bad.
func (r *reader) serverName(bad *error) (string, error) {
	size, err := r.number(2)
	if err != nil {
		return "", err
	}
	if size > r.left {
		return "", ErrMalformed
	}
	end := r.left - size // what is left when the extension is read
	if size < 2 {
		note(bad, ErrBadServerName)
		return "", r.take(size, nil)
	}
	list, err := r.number(2)
	if err != nil {
		return "", err
	}
	if list != r.left-end || list < 3 {
		note(bad, ErrBadServerName)
		return "", r.take(r.left-end, nil)
	}
	kind, err := r.number(1)
	if err != nil {
		return "", err
	}
	n, err := r.number(2)
	if err != nil {
		return "", err
	}
	switch {
	case kind != nameTypeHost || n > r.left-end:
		note(bad, ErrBadServerName)
		return "", r.take(r.left-end, nil)
	case n < r.left-end:
		note(bad, ErrSeveralNames)
		return "", r.take(r.left-end, nil)
	}
	return r.name(n, bad)
}

func note(bad *error, err error) {
	if *bad == nil {
		*bad = err
	}
}

// maxName is the length of the longest DNS name, without the trailing dot.
const maxName = 253

// name reads a host name of n bytes.
func (r *reader) name(n int, bad *error) (string, error) {
	if n > maxName {
		note(bad, ErrBadServerName)
		return "", r.take(n, nil)
	}
	var buf [maxName]byte
	at := 0
	if err := r.take(n, func(piece []byte) { at += copy(buf[at:], piece) }); err != nil {
		return "", err
	}
	if !validName(buf[:n]) {
		note(bad, ErrBadServerName)
		return "", nil
	}
	return strings.ToLower(string(buf[:n])), nil
}

// validName reports whether b is a name as RFC 6066 wants it: labels of ASCII
// letters, digits, "-" and "_", not an IPv4 literal, no dot at its end.
// A colon is in no such name, so IPv6 literals are refused too.
func validName(b []byte) bool {
	label, digits := 0, true
	for i, c := range b {
		switch {
		case c == '.':
			if label == 0 || b[i-1] == '-' {
				return false
			}
			label, digits = 0, true
			continue
		case c >= '0' && c <= '9':
		case c|0x20 >= 'a' && c|0x20 <= 'z', c == '_', c == '-' && label > 0:
			digits = false
		default:
			return false
		}
		if label++; label > 63 {
			return false
		}
	}
	// A last label of digits only would be a part of an IPv4 address, in the
	// URL standard of browsers as in RFC 1123.
	return label > 0 && !digits && b[len(b)-1] != '-'
}
