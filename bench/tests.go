package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// test measures one thing.
type test struct {
	name string
	run  func(*bench) error
}

// Of tests, those that leave the process in another state come last.
var tests = []test{
	{"idle", (*bench).idleTunnels},
	{"setup", func(b *bench) error {
		return errors.Join(b.load("setup32", 32, func() func() error { return b.setup }),
			b.load("setup256", 256, func() func() error { return b.setup }))
	}},
	{"rtt", (*bench).roundTrips},
	{"bulk", func(b *bench) error {
		return errors.Join(b.bulk("down1", 1), b.bulk("down8", 8), b.bulk("up1", 1), b.bulk("up8", 8))
	}},
	{"tls", func(b *bench) error {
		return b.load("tls", 16, func() func() error { return func() error { return b.secure(b.target(b.tls)) } })
	}},
	{"sni", func(b *bench) error {
		return b.load("sni", 16, func() func() error { return func() error { return b.secure(sniHost + ":443") } })
	}},
	{"http", func(b *bench) error {
		return b.load("http", 32, func() func() error { return (&browser{b: b, target: b.target(b.http)}).fetch })
	}},
}

// load has workers do the same again and again, and notes rate, time and what
// the peer spends on 10,000.
func (b *bench) load(name string, workers int, work func() func() error) error {
	var all sync.WaitGroup
	took := make([][]float64, workers)
	var errs atomic.Int64
	time.Sleep(200 * time.Millisecond) // for what the test before has left behind
	before, start := cpu(b.pid), time.Now()
	for i := range workers {
		all.Go(func() {
			do := work()
			for time.Since(start) < b.each {
				t := time.Now()
				if err := do(); err != nil {
					if errs.Add(1) == 1 {
						fmt.Fprintf(os.Stderr, "%s, %s: %v\n", b.name, name, err)
					}
					time.Sleep(5 * time.Millisecond)
					continue
				}
				took[i] = append(took[i], float64(time.Since(t))/1e6)
			}
		})
	}
	all.Wait()
	seconds := time.Since(start).Seconds()
	time.Sleep(100 * time.Millisecond) // for what is still being closed
	b.figures["errors"] += float64(errs.Load())
	each := slices.Concat(took...)
	if len(each) == 0 {
		return fmt.Errorf("%s: nothing succeeded", name)
	}
	slices.Sort(each)
	n := float64(len(each))
	b.figures[name+".per_s"] = n / seconds
	b.figures[name+".p50_ms"] = each[len(each)/2]
	b.figures[name+".p99_ms"] = each[len(each)*99/100]
	if b.pid != 0 {
		b.figures[name+".cpu_10k"] = (cpu(b.pid) - before).Seconds() / n * 1e4
	}
	return nil
}

// roundTrips sends small messages back and forth through one tunnel.
func (b *bench) roundTrips() error {
	const n = 8000
	c, err := b.tunnel(b.raw)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.Write([]byte("E")); err != nil {
		return err
	}
	took := make([]float64, 0, n)
	message := make([]byte, 64)
	before := cpu(b.pid)
	for i := range n + 500 {
		t := time.Now()
		if err := echo(c, message); err != nil {
			return err
		}
		if i >= 500 {
			took = append(took, float64(time.Since(t))/1e3)
		}
	}
	slices.Sort(took)
	b.figures["rtt.p50_us"], b.figures["rtt.p99_us"] = took[n/2], took[n*99/100]
	if b.pid != 0 {
		b.figures["rtt.cpu_100k"] = (cpu(b.pid) - before).Seconds() / (n + 500) * 1e5
	}
	return nil
}

// bulk has streams run at full speed. Streams up are half-closed at the end, and
// the origin must then tell their length.
func (b *bench) bulk(name string, streams int) error {
	var conns []*net.TCPConn
	defer func() {
		for _, c := range conns {
			_ = c.Close()
		}
	}()
	for range streams {
		c, err := b.tunnel(b.raw)
		if err != nil {
			return err
		}
		conns = append(conns, c)
	}
	up := name[0] == 'u'
	var got atomic.Int64
	var stop atomic.Bool
	var all sync.WaitGroup
	sent := make([]int64, streams)
	for i, c := range conns {
		if up {
			all.Go(func() { sent[i] = pour(c, &stop) })
		} else {
			all.Go(func() { drain(c, &got) })
		}
	}
	moved := got.Load
	if up {
		moved = b.sunk.Load
	}
	time.Sleep(200 * time.Millisecond)
	spent, own, bytes, start := cpu(b.pid), cpu(os.Getpid()), moved(), time.Now()
	time.Sleep(b.each)
	gb, seconds := float64(moved()-bytes)/1e9, time.Since(start).Seconds()
	b.figures[name+".load_gb"] = (cpu(os.Getpid()) - own).Seconds() / gb
	b.figures[name+".mb_s"] = gb * 1000 / seconds
	if b.pid != 0 {
		b.figures[name+".cpu_gb"] = (cpu(b.pid) - spent).Seconds() / gb
	}
	stop.Store(true)
	if !up {
		for _, c := range conns {
			_ = c.Close()
		}
		all.Wait()
		return nil
	}
	all.Wait()
	var right atomic.Int64
	for i, c := range conns {
		all.Go(func() {
			if n, err := swallowed(c); err == nil && n == uint64(sent[i]) {
				right.Add(1)
			}
		})
	}
	all.Wait()
	b.figures["halfclose"] = float64(right.Load()) / float64(streams)
	return nil
}

// pour sends until stop, and returns how much the origin must have got.
func pour(c *net.TCPConn, stop *atomic.Bool) (n int64) {
	if _, err := c.Write([]byte("S")); err != nil {
		return 0
	}
	for !stop.Load() {
		m, err := c.Write(blast)
		n += int64(m)
		if err != nil {
			break
		}
	}
	return n
}

func drain(c *net.TCPConn, got *atomic.Int64) {
	if _, err := c.Write([]byte("B")); err != nil {
		return
	}
	buf := make([]byte, 256<<10)
	for {
		n, err := c.Read(buf)
		got.Add(int64(n))
		if err != nil {
			return
		}
	}
}

// swallowed half-closes c and reads what the origin has counted.
func swallowed(c *net.TCPConn) (uint64, error) {
	_ = c.CloseWrite()
	_ = c.SetReadDeadline(time.Now().Add(patience / 4))
	var n [8]byte
	_, err := io.ReadFull(c, n[:])
	return binary.BigEndian.Uint64(n[:]), err
}

// idleTunnels opens tunnels, has each echo once, and looks at what they take.
func (b *bench) idleTunnels() error {
	time.Sleep(300 * time.Millisecond)
	before := memoryOf(b.pid)
	conns, err := b.open(b.idle)
	defer func() {
		closeAll(conns)
		time.Sleep(1500 * time.Millisecond) // or the next test would pay for it
	}()
	if err != nil {
		return err
	}
	time.Sleep(1500 * time.Millisecond)
	with := memoryOf(b.pid)
	n := float64(len(conns))
	b.figures["idle.rss"] = float64(with.rss-before.rss) / n
	b.figures["idle.files"] = float64(with.files-before.files) / n
	b.figures["idle.slab"] = float64(with.slab-before.slab) / n
	return nil
}

// open opens n tunnels, of which each has echoed a byte.
func (b *bench) open(n int) ([]net.Conn, error) {
	conns, failed := make([]net.Conn, n), make([]error, n)
	var all sync.WaitGroup
	at := make(chan struct{}, 64)
	for i := range n {
		at <- struct{}{}
		all.Go(func() {
			defer func() { <-at }()
			c, err := b.tunnel(b.raw)
			if err != nil {
				failed[i] = err
				return
			}
			conns[i] = c
			if _, failed[i] = c.Write([]byte("E")); failed[i] == nil {
				failed[i] = echo(c, []byte("x"))
			}
		})
	}
	all.Wait()
	for i, err := range failed {
		if err != nil {
			return conns, fmt.Errorf("tunnel %d of %d: %w", i+1, n, err)
		}
	}
	return conns, nil
}

func closeAll(conns []net.Conn) {
	for _, c := range conns {
		if c != nil {
			_ = c.Close()
		}
	}
}
