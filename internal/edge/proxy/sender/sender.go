// Package sender reads who sends from the PROXY header that a load balancer puts
// in front of a connection. Whom such a header is believed is not decided here.
package sender

import (
	"bufio"
	"bytes"
	"net"
	"net/netip"
	"strings"

	"github.com/pires/go-proxyproto"
	"github.com/pires/go-proxyproto/tlvparse"
)

// What a header of version 1 and 2 begins with.
var (
	V1 = []byte("PROXY ")
	V2 = []byte("\r\n\r\n\x00\r\nQUIT\n")
)

// Header is what a PROXY header says.
type Header struct {
	Local    bool // command LOCAL: the sender speaks for itself, and nothing else is set
	Client   netip.AddrPort
	Endpoint string // of PrivateLink; empty if none is named
}

// Present reports whether the connection starts with a PROXY header, reading no
// more bytes than it takes to tell.
func Present(br *bufio.Reader) (bool, error) {
	for n := 1; ; n++ {
		b, err := br.Peek(n)
		if err != nil {
			if len(b) > 0 {
				return false, nil // too short for a header
			}
			return false, err
		}
		for _, signature := range [][]byte{V1, V2} {
			if bytes.Equal(b, signature) {
				return true, nil
			}
		}
		if !bytes.HasPrefix(V1, b) && !bytes.HasPrefix(V2, b) {
			return false, nil
		}
	}
}

// Read reads the header that is there.
func Read(br *bufio.Reader) (Header, error) {
	h, err := proxyproto.Read(br)
	if err != nil {
		return Header{}, err
	}
	if h.Command.IsLocal() {
		return Header{Local: true}, nil
	}
	src, ok := h.SourceAddr.(*net.TCPAddr)
	if !ok || !h.TransportProtocol.IsStream() {
		return Header{}, proxyproto.ErrUnsupportedAddressFamilyAndProtocol
	}
	endpoint, err := endpointOf(h)
	p := src.AddrPort()
	return Header{Client: netip.AddrPortFrom(p.Addr().Unmap(), p.Port()), Endpoint: endpoint}, err
}

// endpointOf returns the PrivateLink endpoint that h names.
func endpointOf(h *proxyproto.Header) (endpoint string, err error) {
	tlvs, err := h.TLVs()
	if err != nil {
		return "", err
	}
	for _, tlv := range tlvs {
		if tlv.Type != tlvparse.PP2_TYPE_AWS {
			continue
		}
		id, err := tlvparse.AWSVPCEndpointID(tlv)
		if err != nil || endpoint != "" || !isEndpointID(id) {
			return "", proxyproto.ErrMalformedTLV
		}
		endpoint = id
	}
	return endpoint, nil
}

// Skip takes a PROXY header off br, if one is there.
func Skip(br *bufio.Reader) error {
	present, err := Present(br)
	if present {
		_, err = proxyproto.Read(br)
	}
	return err
}

// isEndpointID reports whether id can be a VPC endpoint's: what goes into the
// log and into rules is not made up by whoever sends the header.
func isEndpointID(id string) bool {
	hex, ok := strings.CutPrefix(id, "vpce-")
	return ok && len(hex) >= 8 && len(hex) <= 32 && strings.Trim(hex, "0123456789abcdef") == ""
}
