package observe

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

func TestJSON(t *testing.T) {
	const head = `{"time":"2026-11-22T04:04:05.006Z","event":"end","trace":"00010203fcfdfeff","client":"10.20.1.5","client_port":40312,"peer":"10.0.0.9:1024"`
	tests := map[string]struct {
		record *Record
		want   string
	}{
		"a tunnel":             {tunnel(), head + `,"endpoint":"vpce-0a1b2c3d4e5f60718","client_name":"other-cloud","method":"CONNECT","host":"corp-reports.s3.ap-northeast-1.amazonaws.com","port":443,"addr":"52.219.0.1:443","answer":"public","partition":"aws","service":"s3","region":"ap-northeast-1","kind":"resource","bucket":"corp-reports","rule":"our buckets","ticket":"CHG-1234","verdict":"allowed","reason":"rule-allows","status":200,"up":1234,"down":567890,"took_ms":89,"config":"0123456789ab"}`},
		"the beginning of one": {with(func(r *Record) { r.Event = Open }), strings.Replace(head, "end", "open", 1) + `,"endpoint":"vpce-0a1b2c3d4e5f60718","client_name":"other-cloud","method":"CONNECT","host":"corp-reports.s3.ap-northeast-1.amazonaws.com","port":443,"addr":"52.219.0.1:443","answer":"public","partition":"aws","service":"s3","region":"ap-northeast-1","kind":"resource","bucket":"corp-reports","rule":"our buckets","ticket":"CHG-1234","verdict":"allowed","reason":"rule-allows","status":200,"config":"0123456789ab"}`},
		"what always applies": {&Record{Time: tunnel().Time, Trace: tunnel().Trace, Client: tunnel().Client, Peer: tunnel().Peer, Verdict: "denied", Reason: "tls-to-plain-port"},
			head + `,"verdict":"denied","reason":"tls-to-plain-port","status":0,"up":0,"down":0,"took_ms":0}`},
		"a client with a zone": {&Record{Time: tunnel().Time, Trace: tunnel().Trace, Client: netip.MustParseAddrPort("[fe80::5%\"evil]:40312"), Peer: tunnel().Peer, Verdict: "denied"},
			strings.Replace(head, "10.20.1.5", "fe80::5", 1) + `,"verdict":"denied","status":0,"up":0,"down":0,"took_ms":0}`},
		"a parent proxy, IPv6, no zone, IPv4 unmapped": {&Record{Time: tunnel().Time, Trace: tunnel().Trace, Verdict: "allowed", Err: "reset", Parent: "corp-proxy.example:8080", Took: time.Hour,
			Client: netip.MustParseAddrPort("[::ffff:10.20.1.5]:40312"), Peer: netip.MustParseAddrPort("[::ffff:10.0.0.9]:1024"), Addr: netip.MustParseAddrPort("[fe80::1%\"evil]:8080")},
			head + `,"addr":"[fe80::1]:8080","parent":"corp-proxy.example:8080","verdict":"allowed","status":0,"up":0,"down":0,"took_ms":3600000,"err":"reset"}`},
	}
	for why, tt := range tests {
		t.Run(why, func(t *testing.T) {
			got := string(appendJSON(nil, tt.record))
			if got != tt.want+"\n" {
				t.Errorf("appendJSON =\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestString(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"nothing":                     {"", `""`},
		"plain":                       {"a.example", `"a.example"`},
		"Japanese stays readable":     {"出口", `"出口"`},
		"quotes and backslashes":      {`a"b\c`, `"a\"b\\c"`},
		"another line":                {"a\r\n{\"event\":\"end\"}", `"a\r\n{\"event\":\"end\"}"`},
		"control characters":          {"\x00\x1b[2J\t\x7f", `"\u0000\u001b[2J\t\u007f"`},
		"8-bit control characters":    {"\u009b2J", `"\u009b2J"`},
		"line ends of JavaScript":     {"\u2028", `"\u2028"`},
		"text that runs backwards":    {"\u202egnp", `"\u202egnp"`},
		"invisible, beyond the BMP":   {"\U000e0041", `"\udb40\udc41"`},
		"bytes that are no UTF-8":     {"a\xff\xc3", `"a\ufffd\ufffd"`},
		"a replacement that was sent": {"\ufffd", `"` + "\ufffd" + `"`},
		"too long":                    {strings.Repeat("a", maxText+1), `"` + strings.Repeat("a", maxText) + `…"`},
		"too long, inside a letter":   {strings.Repeat("a", maxText-1) + "口", `"` + strings.Repeat("a", maxText-1) + `…"`},
		"just short enough":           {strings.Repeat("a", maxText), `"` + strings.Repeat("a", maxText) + `"`},
		"too long, no UTF-8":          {strings.Repeat("\x80", maxText+1), `"` + strings.Repeat(`\ufffd`, maxText) + `…"`},
	}
	for why, tt := range tests {
		t.Run(why, func(t *testing.T) {
			if got := string(appendString(nil, tt.in)); got != tt.want {
				t.Errorf("appendString(%q) = %s, want %s", tt.in, got, tt.want)
			}
		})
	}
}

// FuzzJSON: whatever a client, a name server or a configuration says, a record
// is one line, one JSON object, and says what was said.
func FuzzJSON(f *testing.F) {
	f.Add("a.example", "CONNECT", "our buckets", int64(1), uint16(443))
	f.Add("a\"\n\x00\x1b", "\xff\xfe", "出口\u2028\U000e0041", int64(-1), uint16(0))
	f.Fuzz(func(t *testing.T, host, method, rule string, n int64, port uint16) {
		r := with(func(r *Record) {
			r.Host, r.Method, r.Rule, r.Up, r.Port = host, method, rule, n, port
			r.Ticket, r.Verdict, r.Err, r.Endpoint, r.Bucket = rule, method, host, host, method
		})
		line := appendJSON(nil, r)
		if body, ok := bytes.CutSuffix(line, []byte("\n")); !ok || bytes.ContainsFunc(body, func(c rune) bool { return c != utf8.RuneError && !unicode.IsPrint(c) }) || !utf8.Valid(body) {
			t.Fatalf("not one printable line: %q", line)
		}
		d := json.NewDecoder(bytes.NewReader(line))
		d.DisallowUnknownFields()
		var got struct {
			Time, Event, Trace, Client, Peer, Endpoint, Method, Host, Addr, Answer, Partition, Service, Region, Kind, Bucket, Rule, Ticket, Verdict, Reason, Config, Err string

			ClientName string `json:"client_name"`
			ClientPort uint16 `json:"client_port"`
			Port       uint16
			Status     int
			Up, Down   int64
			TookMS     int64 `json:"took_ms"`
		}
		if err := d.Decode(&got); err != nil || d.More() {
			t.Fatalf("%q: %v", line, err)
		}
		for _, field := range []struct{ got, sent string }{
			{got.Host, host}, {got.Method, method}, {got.Rule, rule}, {got.Ticket, rule},
			{got.Verdict, method}, {got.Err, host}, {got.Endpoint, host}, {got.Bucket, method},
		} {
			want := field.sent
			if len(want) > maxText {
				want = want[:boundary(want, maxText)] + "…"
			}
			if want = string([]rune(want)); field.got != want {
				t.Fatalf("%q was logged as %q", field.sent, field.got)
			}
		}
		if got.Up != n || got.Port != port {
			t.Fatalf("up %d, port %d logged as %d, %d", n, port, got.Up, got.Port)
		}
	})
}
