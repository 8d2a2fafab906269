package observe

import (
	"encoding/hex"
	"net/netip"
	"time"
)

// Event says which end of a tunnel or request a record tells of.
type Event uint8

// The events. An Open line is written when a tunnel begins, if log.open asks
// for it; an End line always.
const (
	End Event = iota
	Open
)

// Trace names one tunnel or request, in the response and in the log.
type Trace [8]byte

// String returns t as 16 hexadecimal digits.
func (t Trace) String() string { return hex.EncodeToString(t[:]) }

// Record is one line of the access log. Empty fields are those that do not
// apply; Event, Time, Trace, Client, Peer and Verdict always do.
type Record struct {
	Time       time.Time
	Event      Event
	Trace      Trace
	Client     netip.AddrPort // after the PROXY protocol
	Peer       netip.AddrPort // of the TCP connection
	Endpoint   string         // PrivateLink endpoint id
	ClientName string
	Method     string
	Host       string
	Port       uint16
	Addr       netip.AddrPort // dialled
	Parent     string         // host:port of the parent proxy; empty if dialled directly
	Answer     string         // "public" or "private"
	Partition  string
	Service    string
	Region     string
	Kind       string
	Bucket     string
	Rule       string
	Ticket     string
	Verdict    string // "allowed", "denied" or "would-deny"
	Reason     string // code of the reason
	Status     int    // of the response; 0 if none was sent
	Up, Down   int64  // bytes from and to the client
	Took       time.Duration
	Config     string // digest of the configuration in force
	Err        string
}
