package e2e

import "strings"

// smuggling are requests that two parsers could read differently, and a few that
// only look so. HOST is where they go, PATH is the case's own. A second request
// that a parser finds in them asks for PATH/smuggled.
var smuggling = []struct {
	name   string
	raw    string
	passes int // requests that the origin may see; 0: it must be refused
}{
	// What every parser must read alike.
	{"plain", "GET http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\n\r\n", 1},
	{"two, one after the other", "GET http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\n\r\nGET http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n", 2},
	{"length", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\n\r\nhello", 1},
	{"chunks", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 1},
	{"coding in capitals", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: CHUNKED\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 1},
	{"chunk extension", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\n\r\n", 1},
	{"trailer field", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n", 1},
	{"leading zeros of a chunk size", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n0005\r\nhello\r\n0\r\n\r\n", 1},

	// Two lengths.
	{"two equal lengths", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 0},
	{"two lengths, the first longer", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nContent-Length: 60\r\nContent-Length: 0\r\n\r\n" + second, 0},
	{"two lengths, the second longer", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\nContent-Length: 60\r\n\r\n" + second, 0},
	{"a list of lengths", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5, 5\r\n\r\nhello", 0},
	{"signed length", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nContent-Length: +5\r\n\r\nhello", 0},
	{"negative length", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nContent-Length: -5\r\n\r\nhello", 0},
	{"hexadecimal length", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0x5\r\n\r\nhello", 0},
	{"length with a blank in it", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5 0\r\n\r\nhello", 0},
	{"length beyond 64 bits", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nContent-Length: 18446744073709551621\r\n\r\nhello", 0},
	{"empty length", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nContent-Length: \r\n\r\n" + second, 0},

	// A length and a coding.
	{"length and chunks", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + second, 0},
	{"chunks and length", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + second, 0},
	{"a coding that is none", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + second, 0},
	{"chunked twice", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 0},
	{"two fields of coding", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + second, 0},
	{"chunked is not the last", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n" + second, 0},
	{"gzip before chunked", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 0},
	{"identity", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello", 0},
	{"coding after a vertical tab", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n" + second, 0},
	{"coding with a parameter", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n" + second, 0},
	{"coding in quotes", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n" + second, 0},
	{"chunks in HTTP/1.0", "POST http://HOST/PATH HTTP/1.0\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + second, 0},

	// Lines.
	{"blank before the colon", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + second, 0},
	{"folded line", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nX: a\r\n Transfer-Encoding: chunked\r\n\r\n", 0},
	{"folded coding", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + second, 0},
	{"blank before the first field", "GET http://HOST/PATH HTTP/1.1\r\n Host: HOST\r\nHost: HOST\r\n\r\n", 0},
	{"bare LF ends lines", "GET http://HOST/PATH HTTP/1.1\nHost: HOST\n\n", 0},
	{"bare LF ends a field", "GET http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nX: a\nContent-Length: 60\r\n\r\n" + second, 0},
	{"bare CR in a value", "GET http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nX: a\rContent-Length: 60\r\n\r\n" + second, 0},
	{"NUL in a value", "GET http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nX: a\x00b\r\n\r\n", 0},
	{"no colon", "GET http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nnonsense\r\n\r\n", 0},
	{"no name", "GET http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\n: x\r\n\r\n", 0},
	{"a name that is no token", "GET http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nContent\xa0Length: 60\r\n\r\n" + second, 0},
	{"underscore for the hyphen", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nContent_Length: 60\r\nContent-Length: 5\r\n\r\nhello", 1},

	// Chunks.
	{"chunk size in hexadecimal with 0x", chunked + "0x5\r\nhello\r\n0\r\n\r\n", 0},
	{"signed chunk size", chunked + "+5\r\nhello\r\n0\r\n\r\n", 0},
	{"negative chunk size", chunked + "-1\r\nhello\r\n0\r\n\r\n", 0},
	{"blank after a chunk size", chunked + "5 \r\nhello\r\n0\r\n\r\n", 1}, // sent on in chunks of our own
	{"chunk size beyond 64 bits", chunked + "10000000000000005\r\nhello\r\n0\r\n\r\n", 0},
	{"no chunk size", chunked + ";a\r\nhello\r\n0\r\n\r\n", 0},
	{"bare LF after a chunk size", chunked + "5\nhello\r\n0\r\n\r\n", 0},
	{"bare LF after a chunk", chunked + "5\r\nhello\n0\r\n\r\n", 0},
	{"bare LF in a chunk extension", chunked + "5;\nxx\r\nhello\r\n0\r\n\r\n", 0},
	{"bare CR in a chunk extension", chunked + "5;a\rb\r\nhello\r\n0\r\n\r\n", 0},
	{"a chunk longer than it says", chunked + "3\r\nhello\r\n0\r\n\r\n", 0},
	{"a last chunk of many zeros", chunked + "5\r\nhello\r\n00000\r\n\r\n", 1},
	{"a trailer", chunked + "5\r\nhello\r\n0\r\nA: b\r\n\r\n", 1},
	{"bare LF instead of a trailer", chunked + "5\r\nhello\r\n0\r\n\n" + second, 0},
	{"bare LF after a trailer field", chunked + "5\r\nhello\r\n0\r\nA: b\n" + second, 0},
	{"bare CR in a trailer field", chunked + "5\r\nhello\r\n0\r\nA: b\rc\r\n\r\n", 0},
	{"a request line for a trailer field", chunked + "5\r\nhello\r\n0\r\n" + second, 0},
	{"obs-fold in a trailer", chunked + "5\r\nhello\r\n0\r\nA: b\r\n c\r\n\r\n", 0},

	// Hosts.
	{"no Host", "GET http://HOST/PATH HTTP/1.1\r\n\r\n", 0},
	{"two Hosts", "GET http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nHost: other.example\r\n\r\n", 0},
	{"another Host than the target's", "GET http://HOST/PATH HTTP/1.1\r\nHost: other.example\r\n\r\n", 1}, // RFC 9112 3.2.2: the target counts
	{"user information in the target", "GET http://other.example@HOST/PATH HTTP/1.1\r\nHost: HOST\r\n\r\n", 0},
	{"backslash in the target", "GET http://HOST\\@other.example/PATH HTTP/1.1\r\nHost: HOST\r\n\r\n", 0},
	{"fragment in the target", "GET http://HOST/PATH#/../smuggled HTTP/1.1\r\nHost: HOST\r\n\r\n", 0},

	// Request lines.
	{"tabs", "GET\thttp://HOST/PATH\tHTTP/1.1\r\nHost: HOST\r\n\r\n", 0},
	{"two blanks", "GET  http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\n\r\n", 0},
	{"no version", "GET http://HOST/PATH\r\nHost: HOST\r\n\r\n", 0},
	{"a version that is none", "GET http://HOST/PATH HTTP/1.10\r\nHost: HOST\r\n\r\n", 0},
	{"version 2", "GET http://HOST/PATH HTTP/2.0\r\nHost: HOST\r\n\r\n", 0},
	{"version in small letters", "GET http://HOST/PATH http/1.1\r\nHost: HOST\r\n\r\n", 0},
	{"a method that is no token", "GE\x0bT http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\n\r\n", 0},
	{"a second version in the target", "GET http://HOST/PATH HTTP/1.1 HTTP/1.1\r\nHost: HOST\r\n\r\n", 0},

	// What a body hides in.
	{"GET with a body", "GET http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\n\r\nhello", 1},
	{"length hidden by Connection", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nConnection: Content-Length\r\nContent-Length: 5\r\n\r\nhello", 1},
	{"coding hidden by Connection", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nConnection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 1},
	{"an upgrade to HTTP/2 with a body", "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nContent-Length: 5\r\n\r\nhello", 1},
	{"CONNECT with a length", "CONNECT HOST HTTP/1.1\r\nHost: HOST\r\nContent-Length: 60\r\n\r\n" + second, 0},
}

const (
	second  = "GET http://HOST/PATH/smuggled HTTP/1.1\r\nHost: HOST\r\n\r\n"
	chunked = "POST http://HOST/PATH HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n"
)

// request is raw for a host and a path of its own.
func smuggled(raw, host, path string) string {
	return strings.NewReplacer("HOST", host, "PATH", path).Replace(raw)
}
