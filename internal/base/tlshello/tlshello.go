// Package tlshello reads the first flight of TLS: is it a ClientHello, and
// which server name does it carry. It is pure: bytes in, answer out.
//
// It reads the name and nothing more. It does not judge whether a TLS library
// would accept the hello, and it decrypts nothing: where ECH is used, the name
// that it finds is the outer one, and Hello.ECH says so.
//
//	h, state, err := tlshello.Parse(seen)
//	switch {
//	case state == tlshello.More: // read until there are h.Need bytes, ask again
//	case state == tlshello.NotTLS: // something else; err says what
//	case err != nil: // a ClientHello, but no single valid name in it
//	default: // h.ServerName, if h.HasSNI
//	}
package tlshello

import "errors"

// MaxHello is how many bytes a ClientHello may take on the wire, with the
// headers of its records. Hellos with post-quantum keys have about 2 kB.
const MaxHello = 64 << 10

// State says how far the answer is.
type State uint8

// The states. The zero State asks for more, so that it never lets pass.
const (
	More   State = iota // what is there begins a ClientHello
	Done                // the ClientHello is complete
	NotTLS              // this cannot become a ClientHello
)

// Hello is what a ClientHello tells about the server that it wants.
type Hello struct {
	ServerName string // lower case ASCII, without port; empty unless it is valid
	HasSNI     bool   // the extension is there, whatever its content
	ECH        bool   // encrypted_client_hello is there: ServerName may be a cover
	Need       int    // with More: asking again is of no use before there are so many bytes
}

// Why bytes are not a ClientHello (state NotTLS), or tell no name (state Done).
var (
	ErrNotTLS        = errors.New("not TLS")
	ErrNotHello      = errors.New("TLS, but not a ClientHello")
	ErrTooLong       = errors.New("the ClientHello is too long")
	ErrMalformed     = errors.New("the ClientHello is malformed")
	ErrSeveralNames  = errors.New("the ClientHello has several server names")
	ErrBadServerName = errors.New("the server name is not a DNS name")
)

// Parse reads b, all the bytes seen so far of a connection. With Done, an error
// concerns the server name: HasSNI is true then, and ServerName empty. Bytes
// after the ClientHello do not matter.
func Parse(b []byte) (Hello, State, error) {
	r := reader{b: b}
	h, err := r.hello()
	switch {
	case err == nil:
		return h, Done, nil
	case errors.Is(err, errShort):
		if r.need() > MaxHello {
			return Hello{}, NotTLS, ErrTooLong
		}
		return Hello{Need: r.need()}, More, nil
	case errors.Is(err, ErrSeveralNames), errors.Is(err, ErrBadServerName):
		return Hello{HasSNI: true, ECH: h.ECH}, Done, err
	}
	return Hello{}, NotTLS, err
}
