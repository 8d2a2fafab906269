package squid

import (
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/config"
	"github.com/deguchi-project/deguchi/internal/model/squidconf"
)

// acl is a named set of requests: those it certainly holds for, and those it
// may hold for.
type acl struct {
	name, kind string
	sure, may  region
	why        doubt // why they differ
	dst        nets  // all that a dst was given
	bare       bool  // -n: look up nothing
}

// acl returns the acl of a name, nil if there is none. Squid does not tell big
// letters from small ones in it (Acl::FindByName).
func (im *importer) acl(name string) *acl { return im.acls[strings.ToLower(name)] }

// flags takes the flags at the head of the values of a line into a, for which
// they hold whatever line they stand on, and returns the values. What looks
// like a flag further on, or in a file, is a value.
func (a *acl) flags(l *squidconf.Line) []squidconf.Token {
	values := l.Args[2:]
	for len(values) > 0 && strings.HasPrefix(values[0].Text, "-") && values[0].Pos.File == l.Word.Pos.File {
		flag := values[0].Text
		values = values[1:]
		if flag == "--" {
			break
		}
		a.bare = a.bare || flag == "-n"
	}
	return values
}

// doubt says why it is not known what an acl holds for.
type doubt uint8

// The doubts, from the least.
const (
	noDoubt   doubt = iota
	byOrder         // a value holds one that stands before it
	byReverse       // dstdomain looks up the name of an address
	byAddress       // dst looks up the addresses of a name
	byValue         // a value could not be read
	byKind          // Deguchi has no such matcher
)

// readers turn the values of an acl into what it holds for, by its type.
var readers = map[string]func(*importer, *acl, []squidconf.Token){
	"src":       (*importer).readSrc,
	"dst":       (*importer).readDst,
	"dstdomain": (*importer).readDstdomain,
	"port":      (*importer).readPort,
	"method":    (*importer).readMethod,
	"proto":     (*importer).readProto,
}

// predefined are the acls that Squid 5.7 brings along (src/cf.data.pre), and
// to_linklocal of Squid 6.
const predefined = `
acl all src all
acl localhost src 127.0.0.1/32 ::1
acl to_localhost dst 127.0.0.0/8 0.0.0.0/32 ::1/128 ::/128
acl to_linklocal dst 169.254.0.0/16 fe80::/10
acl CONNECT method CONNECT
`

// manager is for the paths of Squid's own pages, which nothing answers here.
const manager = "manager"

// readACLs reads every acl. Lines of one name add up, wherever they stand.
func (im *importer) readACLs() {
	values := make(map[string][]squidconf.Token)
	var order []*acl
	own := squidconf.Parse("", squidconf.Source{Read: func(string) ([]byte, error) { return []byte(predefined), nil }})
	for _, l := range append(own.Lines, im.file.Lines...) {
		if l.Word.Text != "acl" {
			continue
		}
		if len(l.Args) < 2 {
			im.fail(l.Word, "DG1702.acl")
			continue
		}
		name, kind := l.Args[0].Text, l.Args[1].Text
		a := im.acl(name)
		if a == nil {
			a = &acl{name: name, kind: kind}
			im.acls[strings.ToLower(name)] = a
			order = append(order, a)
		}
		if a.kind != kind {
			im.fail(l.Args[1], "DG1702.kinds", quote(name), a.kind)
		}
		if l.Partial || l.Conditional || a.kind != kind {
			a.why = byValue
		}
		if !l.Conditional && a.kind == kind {
			values[a.name] = append(values[a.name], a.flags(&l)...)
		}
	}
	for _, a := range order {
		im.readACL(a, values[a.name])
	}
	im.acls[manager] = &acl{name: manager, kind: "url_regex"}
}

// readACL fills in what a holds for.
func (im *importer) readACL(a *acl, values []squidconf.Token) {
	lost := a.why
	read, ok := readers[a.kind]
	if !ok {
		a.sure, a.may, a.why = nothing, everything, byKind
		return
	}
	read(im, a, values)
	if lost != noDoubt {
		a.why, a.may = lost, everything
	}
}

// addresses reads the values of src and dst.
//
// Squid up to 6 keeps them in a tree that holds no two which overlap: the later
// one is ignored, be it the wider (measured with 5.7: "127.0.0.2 127.0.0.0/8"
// is 127.0.0.2 alone). What it takes from such an acl is known, what it was
// meant to take is not.
func (im *importer) addresses(a *acl, values []squidconf.Token) (sure, may nets) {
	for _, v := range values {
		p, ok := parseNets(v.Text)
		if !ok {
			a.why = byValue
			im.fail(v, "DG1702.address", quote(v.Text)).Hint = reason.New("DG1702.hint.address")
			continue
		}
		if p = newNets(p...); netset.Covers(nowhere, p[0]) && netset.Covers(nowhere, p[len(p)-1]) {
			continue
		}
		may = append(may, p...)
		switch inside := sure.and(p); {
		case len(inside) == 0:
			sure = newNets(append(sure, p...)...)
		case !slices.Equal(inside, p):
			a.why = max(a.why, byOrder)
			im.warn(v, "DG1702.overlap", v.Text, inside[0].String()).Hint = reason.New("DG1702.hint.overlap")
		}
	}
	return sure, newNets(may...)
}

// readSrc reads source addresses.
func (im *importer) readSrc(a *acl, values []squidconf.Token) {
	a.sure, a.may = everything, everything
	a.sure.sources, a.may.sources = im.addresses(a, values)
	if a.why == byValue {
		a.may = everything
	}
}

// readDst reads addresses of destinations. IP literals can be compared with
// them, names cannot, and with -n are not. What is refused in any case is no destination.
func (im *importer) readDst(a *acl, values []squidconf.Token) {
	var sure nets
	sure, a.dst = im.addresses(a, values)
	a.sure, a.may = everything, everything
	if len(sure.not()) == 0 || a.why == byValue {
		a.sure.hosts = hosts{all: len(sure.not()) == 0, nets: sure}
		return
	}
	a.sure.hosts = hosts{nets: sure.and(refused.not())}
	a.may.hosts = hosts{nets: a.dst.and(refused.not())}
	if len(a.may.hosts.nets) > 0 && !a.bare {
		a.may.hosts.all = true
		a.why = byAddress
	}
}

// readDstdomain reads names. Squid compares them with the text of what is asked
// for, and of a request for an address with the name that it looks up, too,
// unless -n says not to.
func (im *importer) readDstdomain(a *acl, values []squidconf.Token) {
	a.sure = everything
	a.sure.hosts = hosts{}
	var patterns, perhaps []string
	var literals, near nets
	for _, v := range values {
		name, literal, kind := parseName(v.Text)
		switch kind {
		case aName:
			patterns = append(patterns, name)
		case aLiteral:
			literals = append(literals, literal)
		case noHost:
			im.warn(v, "DG1702.name", quote(v.Text)).Hint = reason.New("DG1702.hint.name")
		default: // Squid 5.7 matches nothing of it, or more than it should
			perhaps = append(perhaps, name)
			if a.why = byValue; kind == partOfLiteral {
				near = allNets
			}
			im.warn(v, "DG1702.odd-name", quote(v.Text)).Hint = reason.New("DG1702.hint.name")
		}
	}
	a.sure.hosts = hosts{in: newNames(patterns...), nets: newNets(literals...)}
	a.may = a.sure
	if a.why == byValue {
		perhaps = slices.DeleteFunc(perhaps, func(name string) bool { return name == "" })
		a.may.hosts = hosts{in: newNames(append(perhaps, patterns...)...), nets: newNets(append(near, literals...)...)}
	}
	if !a.bare && len(values) > 0 {
		a.may.hosts.nets = allNets
		a.why = max(a.why, byReverse)
	}
}

// readPort reads ports of destinations.
func (im *importer) readPort(a *acl, values []squidconf.Token) {
	var found []config.PortRange
	for _, v := range values {
		p, ok := parsePorts(v.Text)
		if !ok {
			a.why = byValue
			im.fail(v, "DG1702.port", quote(v.Text))
			continue
		}
		found = append(found, p)
	}
	a.sure = everything
	a.sure.ports = newPorts(found...)
	if a.may = a.sure; a.why != noDoubt {
		a.may = everything
	}
}

// readMethod reads methods: CONNECT is one form of request, the others are not
// told apart.
func (im *importer) readMethod(a *acl, values []squidconf.Token) {
	a.sure, a.may = everything, everything
	a.sure.schemes, a.may.schemes = 0, 0
	for _, v := range values {
		if v.Text == "CONNECT" {
			a.sure.schemes |= connect
			a.may.schemes |= connect
			continue
		}
		a.may.schemes |= plain
		if strings.EqualFold(v.Text, "CONNECT") { // which Squid 5.7 takes for it, too
			a.may.schemes |= connect
		}
		a.why = byKind
	}
}

// readProto reads schemes of URLs. Squid 5.7 gives CONNECT the scheme NONE
// (measured 2026-11-22); other releases may say HTTPS.
func (im *importer) readProto(a *acl, values []squidconf.Token) {
	a.sure, a.may = everything, everything
	a.sure.schemes, a.may.schemes = 0, 0
	for _, v := range values {
		switch strings.ToUpper(v.Text) {
		case "HTTP":
			a.sure.schemes |= plain
			a.may.schemes |= plain
		case "HTTPS", "NONE":
			a.may.schemes |= connect
			a.why = byKind
		default: // ftp:// and the like never come here
		}
	}
}

// quote returns s as problems show what was written.
func quote(s string) string { return strconv.Quote(s) }
