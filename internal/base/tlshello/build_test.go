package tlshello

import "encoding/binary"

// vec puts a length of n bytes in front of the joined parts.
func vec(n int, parts ...[]byte) []byte {
	var body []byte
	for _, p := range parts {
		body = append(body, p...)
	}
	size := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	return append(size[4-n:], body...)
}

// ext is one extension.
func ext(kind uint16, body []byte) []byte {
	return append(binary.BigEndian.AppendUint16(nil, kind), vec(2, body)...)
}

// sni is a server_name extension with the names given.
func sni(names ...string) []byte {
	var list [][]byte
	for _, n := range names {
		list = append(list, append([]byte{0}, vec(2, []byte(n))...))
	}
	return ext(0, vec(2, list...))
}

// message is a ClientHello without records; nil extensions are left out.
func message(extensions ...[]byte) []byte {
	body := append([]byte{3, 3}, make([]byte, 32)...)
	body = append(body, vec(1, make([]byte, 32))...)
	body = append(body, vec(2, []byte{0x1a, 0x1a, 0x13, 0x01, 0x13, 0x02})...)
	body = append(body, vec(1, []byte{0})...)
	if extensions != nil {
		body = append(body, vec(2, extensions...)...)
	}
	return append([]byte{1}, vec(3, body)...)
}

// records cuts a message into records of n bytes.
func records(message []byte, n int) (b []byte) {
	for len(message) > 0 {
		k := min(n, len(message))
		b = append(b, append([]byte{22, 3, 1}, vec(2, message[:k])...)...)
		message = message[k:]
	}
	return b
}

// hello is a ClientHello in one record.
func hello(extensions ...[]byte) []byte { return records(message(extensions...), maxRecord) }
