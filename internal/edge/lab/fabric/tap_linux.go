package fabric

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"slices"

	"golang.org/x/sys/unix"
)

// tap opens a socket in the namespace of the calling thread that sees the first
// packet of every TCP connection, in and out. Nobody reads it while packets
// fly: the kernel keeps them, each with its time.
func tap() (int, error) {
	const all = unix.ETH_P_ALL<<8&0xff00 | unix.ETH_P_ALL>>8 // in network order
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1, err
	}
	filter := beginnings()
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	err = errors.Join(
		unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &program),
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1),
		unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: all}),
	)
	if err != nil {
		return -1, errors.Join(err, unix.Close(fd))
	}
	return fd, nil
}

// headers is how much of a packet tells its addresses and ports.
const headers = 96

// beginnings is a program for the kernel that passes TCP packets with SYN and
// without ACK. The packet begins with the IP header.
func beginnings() []unix.SockFilter {
	const (
		ldb, ldxMSH, ldbInd = unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, unix.BPF_LDX | unix.BPF_B | unix.BPF_MSH, unix.BPF_LD | unix.BPF_B | unix.BPF_IND
		and, jeq, ret       = unix.BPF_ALU | unix.BPF_AND | unix.BPF_K, unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, unix.BPF_RET | unix.BPF_K
	)
	return []unix.SockFilter{
		{Code: ldb, K: 0},
		{Code: and, K: 0xf0},
		{Code: jeq, K: 0x40, Jt: 0, Jf: 6}, // IPv4, else to 9
		{Code: ldb, K: 9},
		{Code: jeq, K: unix.IPPROTO_TCP, Jt: 0, Jf: 11},
		{Code: ldxMSH, K: 0},
		{Code: ldbInd, K: 13},
		{Code: and, K: 0x12},
		{Code: jeq, K: 0x02, Jt: 6, Jf: 7},
		{Code: jeq, K: 0x60, Jt: 0, Jf: 6}, // IPv6
		{Code: ldb, K: 6},
		{Code: jeq, K: unix.IPPROTO_TCP, Jt: 0, Jf: 4},
		{Code: ldb, K: 40 + 13},
		{Code: and, K: 0x12},
		{Code: jeq, K: 0x02, Jt: 0, Jf: 1},
		{Code: ret, K: headers},
		{Code: ret, K: 0},
	}
}

// Sightings returns what was seen since they were last asked for, in the order
// of time.
func (f *Fabric) Sightings() []Sighting {
	var all []Sighting
	for _, n := range f.plan.Nodes {
		s := f.spaces[n]
		names := map[int]string{loopback: "lo"}
		for p, i := range s.index {
			names[i] = p.Name
		}
		packet, extra := make([]byte, headers), make([]byte, 128)
		for {
			size, oob, _, from, err := unix.Recvmsg(s.tap, packet, extra, 0)
			if err != nil {
				break
			}
			if seen, ok := sighting(packet[:size], extra[:oob]); ok {
				link, _ := from.(*unix.SockaddrLinklayer)
				seen.Node, seen.Port, seen.Out = n.Name, names[link.Ifindex], link.Pkttype == unix.PACKET_OUTGOING
				all = append(all, seen)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Sighting) int { return a.Time.Compare(b.Time) })
	return all
}

// sighting reads addresses, ports and time.
func sighting(b, extra []byte) (s Sighting, ok bool) {
	if len(b) < 20 {
		return s, false
	}
	from, to, rest := b[12:16], b[16:20], b[min(len(b), int(b[0]&0x0f)*4):]
	if b[0]>>4 == 6 {
		if len(b) < 44 {
			return s, false
		}
		from, to, rest = b[8:24], b[24:40], b[40:]
	}
	if len(rest) < 4 {
		return s, false
	}
	a, _ := netip.AddrFromSlice(from)
	z, _ := netip.AddrFromSlice(to)
	s.From = netip.AddrPortFrom(a, binary.BigEndian.Uint16(rest))
	s.To = netip.AddrPortFrom(z, binary.BigEndian.Uint16(rest[2:]))
	s.Time = stamped(extra)
	return s, !s.Time.IsZero()
}

// Cut takes the cable between a and b away until Mend.
func (f *Fabric) Cut(a, b string) error { return f.raise(a, b, false) }

// Mend lays the cable between a and b again.
func (f *Fabric) Mend(a, b string) error { return f.raise(a, b, true) }
