package program

import (
	"regexp"
	"strings"
)

// Phase is the part of a request in which it failed.
type Phase string

// The phases, in their order.
const (
	Credentials Phase = "credentials" // the program has none
	Lookup      Phase = "lookup"      // of the host, or of the proxy
	Connect     Phase = "connect"     // nobody answered
	Proxy       Phase = "proxy"       // the proxy refused, hung up, or never said that it has connected
	TLS         Phase = "tls"
	HTTP        Phase = "http" // an answer, and a bad one
)

// told is a text that a program prints, and the phases in which it does, the
// likeliest first.
type told struct {
	text   *regexp.Regexp
	phases []Phase
}

func texts(rows ...[2]string) (all []told) {
	for _, r := range rows {
		t := told{text: regexp.MustCompile(r[0])}
		for p := range strings.FieldsSeq(r[1]) {
			t.phases = append(t.phases, Phase(p))
		}
		all = append(all, t)
	}
	return all
}

// printed are the texts of each program. The first that is found counts. Those of
// the CLI were measured with aws-cli 1.45.11 and 2.9.19: several faults have one
// text. Those of requests are of 2.28.1 over urllib3 1.26.12.
var printed = map[Program][]told{
	AWS: texts(
		[2]string{`Unable to locate credentials|NoCredentials`, "credentials"},
		[2]string{`An error occurred \(`, "http"},
		[2]string{`fatal error: .*\(\d{3}\)`, "http"},
		[2]string{`SSL validation failed|CERTIFICATE_VERIFY_FAILED`, "tls"},
		[2]string{`Failed to connect to proxy URL`, "proxy connect lookup"},
		[2]string{`Connect timeout on endpoint URL`, "connect"},
		[2]string{`Could not connect to the endpoint URL`, "connect lookup"},
		[2]string{`Read timeout on endpoint URL`, "proxy http"},
		[2]string{`Connection was closed before we received a valid response|Connection reset by peer`, "proxy tls http"},
	),
	Python: texts(
		[2]string{`Name or service not known|Temporary failure in name resolution|No address associated|Name does not resolve`, "lookup"},
		[2]string{`Tunnel connection failed`, "proxy"},
		[2]string{`ConnectTimeout|NewConnectionError|Connection refused|No route to host|Network is unreachable`, "connect"},
		[2]string{`SSLError|SSLCertVerificationError|CERTIFICATE_VERIFY_FAILED`, "tls"},
		[2]string{`ProxyError|RemoteDisconnected|ConnectionResetError`, "proxy"},
		[2]string{`ReadTimeout`, "proxy http"},
	),
	Curl: texts(
		[2]string{`CONNECT tunnel failed|from proxy after CONNECT|Proxy CONNECT aborted`, "proxy"},
	),
	Go: texts(
		[2]string{`(?m)^failed: (lookup)`, "lookup"},
		[2]string{`(?m)^failed: (connect)`, "connect"},
		[2]string{`(?m)^failed: (proxy)`, "proxy"},
		[2]string{`(?m)^failed: (tls)`, "tls"},
	),
}

// curlCodes are the exit codes of curl (its man page, "EXIT CODES").
var curlCodes = map[int]Phase{
	5: Lookup, 6: Lookup, 7: Connect, 28: Connect, 35: TLS, 51: TLS, 58: TLS, 60: TLS, 77: TLS, 52: Proxy, 56: Proxy, 97: Proxy,
}

// badStatus is what curl writes of an answer that is an error.
var badStatus = regexp.MustCompile(`(?m)^[45]\d\d$`)

// Phases returns the phases in which a request of p can have failed, the
// likeliest first; none if it did not fail.
func Phases(p Program, exit int, output string) []Phase {
	if exit == 0 {
		if p == Curl && badStatus.MatchString(output) {
			return []Phase{HTTP} // with -f, curl would not tell a proxy's answer from AWS's
		}
		return nil
	}
	for _, t := range printed[p] {
		if t.text.MatchString(output) {
			return t.phases
		}
	}
	if phase, ok := curlCodes[exit]; ok && p == Curl {
		return []Phase{phase}
	}
	return []Phase{HTTP}
}
