package e2e

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"
)

// session is a data channel of Session Manager: a WebSocket to ssmmessages on
// which the stand-in sends everything back.
type session struct{ *conn }

const channelHost = "ssmmessages.ap-northeast-1.amazonaws.com"

// openSession opens a session through p, as agents and plugins do.
func openSession(t *testing.T, p *proxy) session {
	t.Helper()
	c := p.open(t, channelHost)
	head := "GET /v1/data-channel/me-0123?role=publish_subscribe HTTP/1.1\r\nHost: " + channelHost +
		"\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	resp, _, err := c.request(head)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("the upgrade: %v, %v", resp, err)
	}
	// The answer to this key stands in RFC 6455 section 1.3.
	if got, want := resp.Header.Get("Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="; got != want {
		t.Fatalf("Sec-WebSocket-Accept = %q, want %q", got, want)
	}
	return session{c}
}

// say sends a message and reports whether it came back.
func (s session) say(text string) error {
	if err := s.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	frame := []byte{0x81, 0x80 | byte(len(text)), 1, 2, 3, 4} // a text, masked with 1 2 3 4
	for i := range len(text) {
		frame = append(frame, text[i]^byte(1+i%4))
	}
	if _, err := s.Write(frame); err != nil {
		return err
	}
	back := make([]byte, 2+len(text))
	if _, err := io.ReadFull(s, back); err != nil {
		return err
	}
	if got := string(back[2:]); got != text {
		return fmt.Errorf("sent %q, got %q", text, got)
	}
	return nil
}

func (s session) mustSay(t *testing.T, text string) {
	t.Helper()
	if err := s.say(text); err != nil {
		t.Fatalf("the session: %v", err)
	}
}

// hangUp ends the session as a client does that waits for the other side's
// goodbye. One that does not, and closes with bytes unread, sends a reset.
func (s session) hangUp(t *testing.T) {
	t.Helper()
	if err := s.Conn.(*tls.Conn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, s); err != nil {
		t.Fatalf("the end of the session: %v", err)
	}
	_ = s.Close()
}

// ended waits until the other side has closed.
func (s session) ended(t *testing.T) {
	t.Helper()
	_ = s.SetDeadline(time.Now().Add(patience))
	if n, err := s.Read(make([]byte, 1)); err == nil || n > 0 {
		t.Fatalf("the session goes on: read %d bytes, %v", n, err)
	} else if isTimeout(err) {
		t.Fatalf("the session is still open after %v", patience)
	}
}

func TestSession(t *testing.T) {
	t.Parallel()
	// A deadline that is set while a tunnel is made must not end it later.
	p := startProxy(t, setup{more: "limits: {header_timeout: 2s, connect_timeout: 2s}"})
	s := openSession(t, p)
	s.mustSay(t, "whoami")
	time.Sleep(2500 * time.Millisecond)
	for i := range 20 {
		s.mustSay(t, fmt.Sprintf("line %d", i))
	}
	s.hangUp(t)
	got := p.log.end(t, channelHost)
	if got.Verdict != "allowed" || got.TookMS < 2500 || got.Up == 0 || got.Down == 0 || got.Err != "" {
		t.Errorf("log: %+v", got)
	}
}
