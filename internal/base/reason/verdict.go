package reason

// The reasons of refusals. They are part of the interface: they stand in the
// response, in the log, in metrics and in JSON.
const (
	NoRule         Code = "no-rule"
	RuleDenies     Code = "rule-denies"
	UnknownClient  Code = "unknown-client"
	LinkLocal      Code = "link-local"
	PrivateAddress Code = "private-address"
	OwnAddress     Code = "own-address"
	SpecialAddress Code = "special-address"
	BadName        Code = "bad-name"
	BadRequest     Code = "bad-request"
	HeaderTooLarge Code = "header-too-large"
	DNSFail        Code = "dns-fail"
	DNSTimeout     Code = "dns-timeout"
	ConnectRefused Code = "connect-refused"
	ConnectFailed  Code = "connect-failed"
	ConnectTimeout Code = "connect-timeout"
	Overloaded     Code = "overloaded"
	Draining       Code = "draining"
	SNIMismatch    Code = "sni-mismatch"
	NotTLS         Code = "not-tls"
	TLSToPlainPort Code = "tls-to-plain-port"
)

// RuleAllows is the reason of a request that a rule let through.
const RuleAllows Code = "rule-allows"
