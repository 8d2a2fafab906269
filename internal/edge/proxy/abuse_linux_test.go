package proxy

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/deguchi-project/deguchi/internal/edge/observe"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// drip sends s a byte at a time and returns what came back, and after how long.
func (c *client) drip(s string) (answer []byte, took time.Duration) {
	begun := time.Now()
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range len(s) {
			if _, err := c.Write([]byte{s[i]}); err != nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	})
	answer, _ = io.ReadAll(c.br)
	took = time.Since(begun)
	_ = c.Close()
	wg.Wait()
	return answer, took
}

// Clients that say what they have to say a byte at a time have header_timeout for
// each part of it, however many they are, and nobody waits for them.
func TestSlowloris(t *testing.T) {
	secure, _ := toAWS(t) // header_timeout: 400ms
	balanced := start(t, behindNLB+"limits: {header_timeout: 400ms}\n")
	origin := echoServer(t)
	hello := string(helloFor("a.example"))
	for name, tt := range map[string]struct {
		f      *fixture
		first  string // at once
		drip   string
		answer string
		reason string
	}{
		"head":                {secure, "", "CONNECT a.example:443 HTTP/1.1\r\nX: " + strings.Repeat("x", 1000), "HTTP/1.1 400 ", "bad-request"},
		"empty lines":         {secure, "", strings.Repeat("\r\n", 500), "", ""},
		"ClientHello":         {secure, "CONNECT a.example:443 HTTP/1.1\r\n\r\n", hello, string(established), "not-tls"},
		"PROXY header":        {balanced, "", v2("10.20.1.5:40000", bytes.Repeat([]byte{0xEE, 0, 1, 0}, 200)), "", ""},
		"head behind a PROXY": {balanced, v2("10.20.1.5:40000"), "GET http://office.example/" + strings.Repeat("x", 1000), "HTTP/1.1 400 ", "bad-request"},
	} {
		t.Run(name, func(t *testing.T) {
			var wg sync.WaitGroup
			for range 40 {
				c := tt.f.dial()
				wg.Go(func() {
					if tt.first != "" {
						_, _ = c.Write([]byte(tt.first))
					}
					answer, took := c.drip(tt.drip)
					if !bytes.HasPrefix(answer, []byte(tt.answer)) || took > 8*time.Second { // all of it would take 10 s at least
						t.Errorf("%.40q after %v, want %q after 400 ms or so", answer, took, tt.answer)
					}
				})
			}
			if tt.f == secure {
				c := tt.f.tunnel(origin)
				for range 10 {
					c.echo("others go on")
				}
				_ = c.Close()
			}
			wg.Wait()
			await(t, "the end", func() bool { return tt.f.Connections() == 0 })
			b, err := os.ReadFile(tt.f.logFile)
			if want := `"reason":"` + tt.reason + `"`; err != nil || tt.reason != "" && !bytes.Contains(b, []byte(want)) {
				t.Errorf("log without %s: %v", want, err)
			}
		})
	}
}

var squidLine = regexp.MustCompile(`^[0-9]+\.[0-9]{3} +[0-9]+ \S+ [A-Z_]+/[0-9]{3} [0-9]+ \S+ \S+ - [A-Z_]+/\S+ -$`)

// Whatever a client puts where a name, a method or a header belongs, a request is
// one line of the log, in either format.
func TestHostileWordsInTheLog(t *testing.T) {
	const forged = `"}` + "\n" + `{"verdict":"allowed","client":"10.0.0.1"}`
	var requests []string
	for _, s := range []string{
		forged, "a\rb", "a\nb", "a\x00b", "a\x1b[2Jb", "a\tb", `a"b`, `a\b`, "a b", "a%0ab", "a%22b", "\u202egnp", "\u2028", "\u0085", "\xff\xfe", "\xc0\x8a", "\xe2\x80", "名前", "1795323401.005 7 127.0.0.1 TCP_TUNNEL/200",
	} {
		requests = append(requests,
			"CONNECT "+s+".example:443 HTTP/1.1\r\n\r\n", "CONNECT a.example:"+s+" HTTP/1.1\r\n\r\n", s+" http://a.example/ HTTP/1.1\r\nHost: a\r\n\r\n",
			"GET http://"+s+"/ HTTP/1.1\r\nHost: a\r\n\r\n", "GET http://b.example/"+s+" HTTP/1.1\r\nHost: a\r\n\r\n", "CONNECT b.example:443 HTTP/1.1\r\nHost: "+s+"\r\nUser-Agent: "+s+"\r\nX-Forwarded-For: "+s+"\r\n\r\n",
		)
	}
	for _, format := range []config.LogFormat{config.LogJSON, config.LogSquid} {
		f := start(t, narrow)
		file := filepath.Join(t.TempDir(), "log")
		log, err := observe.OpenLog(file, format, nil, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		before := f.SwapLog(log)
		for _, r := range requests {
			c := f.dial()
			_, _ = io.WriteString(c, r)
			_ = c.CloseWrite()
			if b, _ := io.ReadAll(c); bytes.HasPrefix(b, []byte("HTTP/1.1 2")) || bytes.Count(b, []byte("\r\nX-Deguchi-Trace: ")) != 1 {
				t.Errorf("%q was answered %q", r, b)
			}
			_ = c.Close()
		}
		await(t, "the end", func() bool { return f.Connections() == 0 })
		f.SwapLog(before)
		if err := log.Close(); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(file)
		if err != nil || bytes.Count(b, []byte("\n")) != len(requests) {
			t.Errorf("%v: %d lines of %d requests, %v", format, bytes.Count(b, []byte("\n")), len(requests), err)
		}
		for line := range strings.Lines(string(b)) {
			line = strings.TrimSuffix(line, "\n")
			if !utf8.ValidString(line) || strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("%v: not printable: %q", format, line)
			}
			var m map[string]any
			if format == config.LogJSON && (json.Unmarshal([]byte(line), &m) != nil || m["client"] != "127.0.0.1") {
				t.Errorf("forged: %s", line)
			}
			if format == config.LogSquid && (!squidLine.MatchString(line) || len(strings.Fields(line)) != 10) {
				t.Errorf("forged: %s", line)
			}
		}
	}
}
