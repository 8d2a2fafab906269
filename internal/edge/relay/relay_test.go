package relay

import (
	"io"
	"testing"
)

func TestFirst(t *testing.T) {
	p := New()
	defer p.Close()
	f := join(t, p, "tcp4", []byte("early "), Limits{})
	go func() {
		f.client.Write([]byte("hello"))
		f.client.CloseWrite()
	}()
	b, err := io.ReadAll(f.origin)
	if string(b) != "early hello" || err != nil {
		t.Fatal(string(b), err)
	}
	go func() {
		f.origin.Write(make([]byte, 64<<20))
		f.origin.Close()
	}()
	n, err := io.Copy(io.Discard, f.client)
	t.Log(n, err)
	t.Log(f.result(t))
}
