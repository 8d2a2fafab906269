package main

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

// sniHost is the name of the origin on port 443, and sniAddr its address.
const (
	sniHost = "origin.test"
	sniAddr = "127.7.0.1"
)

// world is what the peers run in: origins, a name server, a folder.
type world struct {
	dir, deguchi   string
	dns            string       // address of the name server
	raw, http, tls net.Listener // on every address of loopback
	sni            net.Listener // TLS on port 443; nil if that cannot be had
	sunk           atomic.Int64 // bytes that raw has swallowed
	seq            atomic.Uint32
}

func newWorld(dir, deguchi string) (*world, error) {
	w := &world{dir: dir, deguchi: deguchi}
	hosts := []byte("127.0.0.1 localhost\n" + sniAddr + " " + sniHost + "\n")
	if err := os.WriteFile(filepath.Join(dir, "hosts"), hosts, 0o644); err != nil { //nolint:gosec // Squid reads it as another user
		return nil, err
	}
	cert, err := certificate()
	if err != nil {
		return nil, err
	}
	for _, l := range []*net.Listener{&w.raw, &w.http, &w.tls} {
		if *l, err = net.Listen("tcp4", "0.0.0.0:0"); err != nil { //nolint:gosec // all of 127.0.0.0/8
			return nil, err
		}
	}
	conf := &tls.Config{Certificates: []tls.Certificate{cert}}
	w.tls = tls.NewListener(w.tls, conf)
	if l, err := net.Listen("tcp4", sniAddr+":443"); err == nil {
		w.sni = tls.NewListener(l, conf)
		go serve(w.sni, handleHTTP)
	} else {
		fmt.Fprintln(os.Stderr, "the test on port 443 is left out:", err)
	}
	names, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w.dns = names.LocalAddr().String()
	go answerNames(names)
	go serve(w.raw, w.handleRaw)
	go serve(w.http, handleHTTP)
	go serve(w.tls, handleHTTP)
	return w, nil
}

func certificate() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(24 * time.Hour), DNSNames: []string{sniHost}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}

// answerNames answers every question for A records with the address of sniHost,
// and others with nothing.
func answerNames(c net.PacketConn) {
	b := make([]byte, 1500)
	for {
		n, from, err := c.ReadFrom(b)
		if err != nil {
			return
		}
		if n < 17 {
			continue
		}
		end := 12 // of the question, which is repeated
		for end < n && b[end] != 0 {
			end += 1 + int(b[end])
		}
		end += 5
		if end > n {
			continue
		}
		isA := binary.BigEndian.Uint16(b[end-4:]) == 1
		answer := append([]byte(nil), b[:end]...)
		copy(answer[2:], []byte{0x85, 0x80, 0, 1, 0, 0, 0, 0, 0, 0})
		if isA {
			answer[7] = 1
			answer = append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4)
			answer = append(answer, net.ParseIP(sniAddr).To4()...)
		}
		_, _ = c.WriteTo(answer, from)
	}
}

func serve(l net.Listener, handle func(net.Conn)) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go handle(c)
	}
}

var blast = make([]byte, 256<<10)

// handleRaw does what the first byte says: E echo, B send until the other side
// hangs up, S swallow until the end and then tell how much it was.
func (w *world) handleRaw(c net.Conn) {
	defer c.Close()
	var mode [1]byte
	if _, err := io.ReadFull(c, mode[:]); err != nil {
		return
	}
	switch mode[0] {
	case 'E':
		buf := make([]byte, 512)
		_, _ = io.CopyBuffer(struct{ io.Writer }{c}, struct{ io.Reader }{c}, buf)
	case 'B':
		for {
			if _, err := c.Write(blast); err != nil {
				return
			}
		}
	case 'S':
		total := uint64(0)
		buf := make([]byte, 256<<10)
		for {
			n, err := c.Read(buf)
			total += uint64(n)
			w.sunk.Add(int64(n))
			if errors.Is(err, io.EOF) {
				_, _ = c.Write(binary.BigEndian.AppendUint64(nil, total))
			}
			if err != nil {
				return
			}
		}
	}
}

var page = append([]byte("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1024\r\n\r\n"), bytes.Repeat([]byte("x"), 1024)...)

// handleHTTP answers every request with the same kilobyte.
func handleHTTP(c net.Conn) {
	defer c.Close()
	br := bufio.NewReaderSize(c, 4096)
	for {
		for lines := 0; ; lines++ {
			line, err := br.ReadSlice('\n')
			if err != nil {
				return
			}
			if len(line) <= 2 && lines > 0 {
				break
			}
		}
		if _, err := c.Write(page); err != nil {
			return
		}
	}
}
