package observe

import (
	"encoding/hex"
	"net/netip"
	"strconv"
	"time"
)

// stamp is the form of times in the log: RFC 3339, UTC, milliseconds.
const stamp = "2006-01-02T15:04:05.000Z"

// appendJSON appends r as one line of JSON. The keys and their order are part
// of the interface.
func appendJSON(b []byte, r *Record) []byte {
	b = append(b, `{"time":"`...)
	b = r.Time.UTC().AppendFormat(b, stamp)
	if r.Event == Open {
		b = append(b, `","event":"open","trace":"`...)
	} else {
		b = append(b, `","event":"end","trace":"`...)
	}
	b = hex.AppendEncode(b, r.Trace[:])
	b = append(b, `","client":"`...)
	b = appendAddr(b, r.Client.Addr())
	b = append(b, `","client_port":`...)
	b = strconv.AppendUint(b, uint64(r.Client.Port()), 10)
	b = append(b, `,"peer":"`...)
	b = appendAddrPort(b, r.Peer)
	b = append(b, '"')
	b = appendText(b, `,"endpoint":`, r.Endpoint)
	b = appendText(b, `,"client_name":`, r.ClientName)
	b = appendText(b, `,"method":`, r.Method)
	b = appendText(b, `,"host":`, r.Host)
	if r.Port != 0 {
		b = appendInt(b, `,"port":`, int64(r.Port))
	}
	if r.Addr.IsValid() {
		b = append(b, `,"addr":"`...)
		b = appendAddrPort(b, r.Addr)
		b = append(b, '"')
	}
	b = appendText(b, `,"parent":`, r.Parent)
	b = appendText(b, `,"answer":`, r.Answer)
	b = appendText(b, `,"partition":`, r.Partition)
	b = appendText(b, `,"service":`, r.Service)
	b = appendText(b, `,"region":`, r.Region)
	b = appendText(b, `,"kind":`, r.Kind)
	b = appendText(b, `,"bucket":`, r.Bucket)
	b = appendText(b, `,"rule":`, r.Rule)
	b = appendText(b, `,"ticket":`, r.Ticket)
	b = append(b, `,"verdict":`...)
	b = appendString(b, r.Verdict)
	b = appendText(b, `,"reason":`, r.Reason)
	if r.Event == End || r.Status != 0 {
		b = appendInt(b, `,"status":`, int64(r.Status))
	}
	if r.Event == End {
		b = appendInt(b, `,"up":`, r.Up)
		b = appendInt(b, `,"down":`, r.Down)
		b = appendInt(b, `,"took_ms":`, int64(r.Took/time.Millisecond))
	}
	b = appendText(b, `,"config":`, r.Config)
	b = appendText(b, `,"err":`, r.Err)
	return append(b, '}', '\n')
}

// appendText appends a key and s, if there is anything to say.
func appendText(b []byte, key, s string) []byte {
	if s == "" {
		return b
	}
	return appendString(append(b, key...), s)
}

func appendInt(b []byte, key string, v int64) []byte {
	return strconv.AppendInt(append(b, key...), v, 10)
}

// appendAddr appends a, with no zone: its name is not ours to escape.
func appendAddr(b []byte, a netip.Addr) []byte {
	return a.Unmap().WithZone("").AppendTo(b)
}

func appendAddrPort(b []byte, a netip.AddrPort) []byte {
	if !a.IsValid() {
		return b
	}
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port()).AppendTo(b)
}
