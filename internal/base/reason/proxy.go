package reason

// What can be wrong with a request. On the wire and in the log all of them are
// bad-request: the wire knows the part before the dot.
const (
	BadRequestLine Code = "bad-request.line"
	BadVersion     Code = "bad-request.version"
	BadField       Code = "bad-request.field"
	BadLength      Code = "bad-request.length"
	BadEncoding    Code = "bad-request.encoding"
	BadPort        Code = "bad-request.port"
	BareLF         Code = "bad-request.bare-lf"
	ObsFold        Code = "bad-request.obs-fold"
	TwoHosts       Code = "bad-request.two-hosts"
	NoHost         Code = "bad-request.no-host"
	ConnectBody    Code = "bad-request.connect-body"
	OriginForm     Code = "bad-request.origin-form"
	AbsoluteHTTPS  Code = "bad-request.absolute-https"
	ProxyMissing   Code = "bad-request.proxy-missing"
	ProxyUnasked   Code = "bad-request.proxy-unasked"
	ProxyMalformed Code = "bad-request.proxy-malformed"
	SlowHeader     Code = "bad-request.slow-header"

	// PrivateLiteral is a private-address that the request itself names.
	PrivateLiteral Code = "private-address.literal"
	// ProxyUntrusted is an unknown-client: who it really is, nobody can say.
	ProxyUntrusted Code = "unknown-client.proxy-untrusted"
	// TooManyTunnels and TooManyOfClient are what overloaded can mean.
	TooManyTunnels  Code = "overloaded.tunnels"
	TooManyOfClient Code = "overloaded.client"
	TooManyFiles    Code = "overloaded.descriptors"
	// TooManyLookups is a client that waits for its own names.
	TooManyLookups Code = "overloaded.lookups"
	// NoHello and SlowHello are tunnels to port 443 in which no TLS began.
	NoHello   Code = "not-tls.nothing"
	SlowHello Code = "not-tls.slow"
	// What may be wrong on the way through a parent proxy.
	ParentRefuses Code = "connect-failed.parent"
)

// Wire returns the code as it stands on the wire, in the log and in metrics:
// the part before the dot.
func (c Code) Wire() Code {
	for i := range len(c) {
		if c[i] == '.' {
			return c[:i]
		}
	}
	return c
}
