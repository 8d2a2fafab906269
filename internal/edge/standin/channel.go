package standin

import (
	"bufio"
	"crypto/sha1" //nolint:gosec // RFC 6455 asks for it; it protects nothing
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
)

// channelService is where agents and session plugins hold their WebSockets.
const channelService = "ssmmessages"

// channel is a WebSocket that sends every message back.
type channel struct{ s *Server }

func (a channel) route(r *http.Request, c *Call) (handler, *fault) {
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") || r.Header.Get("Sec-WebSocket-Key") == "" {
		c.Operation = channelService + ":Unknown"
		return nil, &fault{status: http.StatusBadRequest, code: "BadRequest", message: "expected a WebSocket"}
	}
	c.Operation = channelService + ":OpenControlChannel"
	if strings.HasPrefix(r.URL.Path, "/v1/data-channel/") {
		c.Operation = channelService + ":OpenDataChannel"
	}
	return a.open, nil
}

// noCredential is not asked: a plugin shows its token in the first message.
func (channel) noCredential() *fault { return nil }

func (channel) denied(message string) *fault {
	return &fault{status: http.StatusForbidden, code: "AccessDeniedException", message: message}
}

// wrongScope is not asked either.
func (channel) wrongScope(*Call) *fault { return nil }

func (channel) fail(w http.ResponseWriter, _ *http.Request, f *fault) {
	http.Error(w, f.message, f.status)
}

func (a channel) open(w http.ResponseWriter, r *http.Request, _ *Call) *fault {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return &fault{status: http.StatusInternalServerError, code: "InternalFailure", message: err.Error()}
	}
	defer conn.Close()
	if !a.s.channels.add(conn) {
		return nil
	}
	defer a.s.channels.remove(conn)
	_, _ = rw.WriteString("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: " + acceptKey(r.Header.Get("Sec-WebSocket-Key")) + "\r\n\r\n")
	if err := rw.Flush(); err == nil {
		_ = echo(rw) // ends when the client or Close ends it
	}
	return nil
}

// acceptKey is the proof that the server understood the upgrade (RFC 6455
// section 1.3).
func acceptKey(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) //nolint:gosec // see the import
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Opcodes of RFC 6455 section 5.2.
const (
	opClose = 0x8
	opPing  = 0x9
	opPong  = 0xA
)

// maxFrame bounds what a client makes the stand-in hold.
const maxFrame = 1 << 20

var errFrame = errors.New("not a frame that a client may send")

// echo answers frames until the client closes: data with the same data, pings
// with pongs, a close with a close.
func echo(rw *bufio.ReadWriter) error {
	for {
		first, payload, err := readFrame(rw.Reader)
		if err != nil {
			return err
		}
		switch first & 0x0f {
		case opPong:
			continue
		case opPing:
			first = first&0xf0 | opPong
		}
		if err := writeFrame(rw.Writer, first, payload); err != nil {
			return err
		}
		if first&0x0f == opClose {
			return nil
		}
	}
}

// readFrame returns the first byte of a client's frame (FIN and opcode) and
// what it carries, unmasked.
func readFrame(br *bufio.Reader) (first byte, payload []byte, err error) {
	var head [2]byte
	if _, err := io.ReadFull(br, head[:]); err != nil {
		return 0, nil, err
	}
	n := uint64(head[1] & 0x7f)
	if ext := map[uint64]int{126: 2, 127: 8}[n]; ext > 0 {
		var size [8]byte
		if _, err := io.ReadFull(br, size[8-ext:]); err != nil {
			return 0, nil, err
		}
		n = binary.BigEndian.Uint64(size[:])
	}
	if head[1]&0x80 == 0 || n > maxFrame {
		return 0, nil, errFrame
	}
	b := make([]byte, 4+n)
	if _, err := io.ReadFull(br, b); err != nil {
		return 0, nil, err
	}
	mask, payload := b[:4], b[4:]
	for i := range payload {
		payload[i] ^= mask[i%4]
	}
	return head[0], payload, nil
}

// writeFrame sends a server's frame, which is not masked.
func writeFrame(bw *bufio.Writer, first byte, payload []byte) error {
	_ = bw.WriteByte(first)
	switch n := len(payload); {
	case n < 126:
		_ = bw.WriteByte(byte(n))
	case n < 1<<16:
		_, _ = bw.Write(binary.BigEndian.AppendUint16([]byte{126}, uint16(n)))
	default:
		_, _ = bw.Write(binary.BigEndian.AppendUint64([]byte{127}, uint64(n)))
	}
	_, _ = bw.Write(payload)
	return bw.Flush() // a bufio.Writer remembers its first error
}

// channels are the connections that no http.Server knows any more.
type channels struct {
	mu     sync.Mutex
	open   map[net.Conn]struct{}
	closed bool
	done   sync.WaitGroup
}

func (cs *channels) add(c net.Conn) bool {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.closed {
		return false
	}
	if cs.open == nil {
		cs.open = map[net.Conn]struct{}{}
	}
	cs.open[c] = struct{}{}
	cs.done.Add(1)
	return true
}

func (cs *channels) remove(c net.Conn) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	delete(cs.open, c)
	cs.done.Done()
}

// close ends every channel and waits for its echo.
func (cs *channels) close() {
	cs.mu.Lock()
	cs.closed = true
	for c := range cs.open {
		_ = c.Close()
	}
	cs.mu.Unlock()
	cs.done.Wait()
}
