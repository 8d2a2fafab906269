package service

import (
	"encoding/binary"
	"net/netip"
)

// proxySignature begins a header of the PROXY protocol, version 2 (HAProxy,
// doc/proxy-protocol.txt, section 2.2).
const proxySignature = "\r\n\r\n\x00\r\nQUIT\n"

// The fields of a header and of AWS's TLV in it (User Guide for Network Load
// Balancers, "Proxy protocol").
const (
	proxyLocal    = 0x20 // version 2, of the sender's own, such as a health check
	proxyProxied  = 0x21
	proxyTCP4     = 0x11
	proxyTCP6     = 0x21
	tlvAWS        = 0xEA
	tlvAWSVPCE    = 0x01 // its subtype: the id of a VPC endpoint follows
	lengthOfPort  = 2
	lengthOfStart = len(proxySignature) + 2
)

// proxyHeader returns a header that says that src connected to dst, through the
// endpoint with that id, if it has one. Without src it says nothing.
func proxyHeader(src, dst netip.AddrPort, endpoint string) []byte {
	h := []byte(proxySignature)
	if !src.IsValid() {
		return append(h, proxyLocal, 0, 0, 0)
	}
	family := byte(proxyTCP4)
	if src.Addr().Is6() || dst.Addr().Is6() {
		family = proxyTCP6
	}
	h = append(h, proxyProxied, family, 0, 0)
	for _, a := range []netip.Addr{src.Addr(), dst.Addr()} {
		if family == proxyTCP6 {
			as16 := a.As16()
			h = append(h, as16[:]...)
			continue
		}
		h = append(h, a.AsSlice()...)
	}
	h = binary.BigEndian.AppendUint16(h, src.Port())
	h = binary.BigEndian.AppendUint16(h, dst.Port())
	if endpoint != "" {
		h = append(h, tlvAWS)
		h = binary.BigEndian.AppendUint16(h, uint16(len(endpoint)+1))
		h = append(append(h, tlvAWSVPCE), endpoint...)
	}
	binary.BigEndian.PutUint16(h[lengthOfStart:], uint16(len(h)-lengthOfStart-lengthOfPort))
	return h
}
