package proxy

import (
	"bufio"
	"bytes"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/pires/go-proxyproto"
	"github.com/pires/go-proxyproto/tlvparse"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

var (
	proxyV1 = []byte("PROXY ")
	proxyV2 = []byte("\r\n\r\n\x00\r\nQUIT\n")
)

// identify finds out who asks. It reports whether there is somebody to serve.
func (c *conn) identify() bool {
	if c.identified {
		return true
	}
	c.client = c.peer
	if c.l.Proxy == config.ProxyOff {
		return true
	}
	trusted := c.trusted()
	present, err := startsWithProxy(c.br)
	switch {
	case err != nil:
		return false // an empty probe
	case !trusted && (present || c.l.Proxy == config.ProxyRequired):
		c.refuse(refusal{because: reason.New(reason.ProxyUntrusted, c.peer.Addr().String())})
		return false
	case !present && c.l.Proxy == config.ProxyRequired:
		c.refuse(refusal{because: reason.New(reason.ProxyMissing)})
		return false
	case !present:
		return true
	}
	return c.proxyHeader()
}

// trusted reports whether the PROXY header of who is connected counts.
func (c *conn) trusted() bool {
	return slices.ContainsFunc(c.l.Trust, func(p netip.Prefix) bool { return p.Contains(c.peer.Addr()) })
}

// startsWithProxy reports whether the connection starts with a PROXY header,
// reading no more bytes than it takes to tell.
func startsWithProxy(br *bufio.Reader) (bool, error) {
	for n := 1; ; n++ {
		b, err := br.Peek(n)
		if err != nil {
			if len(b) > 0 {
				return false, nil // too short for a header; readHead says what it is
			}
			return false, err
		}
		for _, signature := range [][]byte{proxyV1, proxyV2} {
			if bytes.Equal(b, signature) {
				return true, nil
			}
		}
		if !bytes.HasPrefix(proxyV1, b) && !bytes.HasPrefix(proxyV2, b) {
			return false, nil
		}
	}
}

// proxyHeader reads the header that is there. Command LOCAL is a load
// balancer's own connection, a health check: it is closed quietly.
func (c *conn) proxyHeader() bool {
	h, err := proxyproto.Read(c.br)
	if err == nil && h.Command.IsLocal() {
		return false
	}
	if err == nil {
		err = c.adopt(h)
	}
	if err != nil {
		c.refuse(refusal{because: reason.New(reason.ProxyMalformed)})
		return false
	}
	return true
}

// adopt takes the client's address and the PrivateLink endpoint from h.
func (c *conn) adopt(h *proxyproto.Header) error {
	src, ok := h.SourceAddr.(*net.TCPAddr)
	if !ok || !h.TransportProtocol.IsStream() {
		return proxyproto.ErrUnsupportedAddressFamilyAndProtocol
	}
	tlvs, err := h.TLVs()
	if err != nil {
		return err
	}
	var endpoint string
	for _, tlv := range tlvs {
		if tlv.Type != tlvparse.PP2_TYPE_AWS {
			continue
		}
		id, err := tlvparse.AWSVPCEndpointID(tlv)
		if err != nil || endpoint != "" || !isEndpointID(id) {
			return proxyproto.ErrMalformedTLV
		}
		endpoint = id
	}
	p := src.AddrPort()
	c.client = netip.AddrPortFrom(p.Addr().Unmap(), p.Port())
	c.endpoint = endpoint
	return nil
}

// SkipHeader takes a PROXY header off br, if one is there.
func SkipHeader(br *bufio.Reader) error {
	present, err := startsWithProxy(br)
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
