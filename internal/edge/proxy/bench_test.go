package proxy

import (
	"bufio"
	"io"
	"net"
	"testing"
)

// BenchmarkConnect is a new connection, a tunnel, one byte there and back, and
// the end of both, with rules and access log on.
func BenchmarkConnect(b *testing.B) {
	f := start(b, permissive+"limits: {tunnels_per_client: 50000}\n")
	origin := echoServer(b)
	request := "CONNECT " + origin + " HTTP/1.1\r\nHost: " + origin + "\r\n\r\n"
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			c, err := net.Dial("tcp", f.addr)
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.WriteString(c, request)
			br := bufio.NewReader(c)
			for line := ""; line != "\r\n"; {
				if line, err = br.ReadString('\n'); err != nil {
					b.Error(err)
					return
				}
			}
			_, _ = io.WriteString(c, "x")
			if _, err := br.ReadByte(); err != nil {
				b.Error(err)
			}
			_ = c.Close()
		}
	})
}
