package settings

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// Exclusions are what goes direct, besides this machine and its metadata,
// which always do. The zero Exclusions are none.
type Exclusions struct {
	names []string // each with all names below it; without dots at the ends
	addrs []netip.Addr
	nets  []netip.Prefix
}

// ParseExclusions reads names ("s3.{region}.amazonaws.com", ".corp.example"),
// addresses and CIDRs. A name stands for itself and all below it. Errors are a
// *Refusal.
func ParseExclusions(items []string, region string) (Exclusions, error) {
	var x Exclusions
	for _, item := range items {
		text := strings.ToLower(strings.TrimSpace(item))
		if strings.Contains(text, "{region}") {
			if region == "" {
				return x, refuse(reason.New("settings.exclude.region", strconv.Quote(item)), reason.New("settings.exclude.region.hint"))
			}
			text = strings.ReplaceAll(text, "{region}", region)
		}
		if !x.add(text) {
			if p, err := netip.ParsePrefix(text); err == nil && p != p.Masked() {
				return x, refuse(reason.New("settings.exclude.bits", strconv.Quote(item)), reason.New("settings.exclude.bits.hint", p.Masked().String()))
			}
			return x, refuse(reason.New("settings.exclude", strconv.Quote(item)), reason.New("settings.exclude.hint"))
		}
	}
	return x, nil
}

// add adds what text is to x, and reports whether it is anything.
func (x *Exclusions) add(text string) bool {
	if strings.Contains(text, "/") {
		p, err := netset.ParsePrefix(text)
		if err == nil && !slices.Contains(x.nets, p) {
			x.nets = append(x.nets, p)
		}
		return err == nil
	}
	if AlwaysDirect(text) {
		return true
	}
	name := bare(text)
	h, err := netset.ParseHost(name)
	if err != nil || h.Odd || h.Addr.Zone() != "" {
		return false
	}
	switch {
	case h.IsAddr() && !slices.Contains(x.addrs, h.Addr):
		x.addrs = append(x.addrs, h.Addr)
	case !h.IsAddr() && !slices.Contains(x.names, h.Name):
		x.names = append(x.names, h.Name)
	}
	return true
}

// with returns x and names besides.
func (x Exclusions) with(names ...string) Exclusions {
	x.names = slices.Clone(x.names)
	for _, n := range names {
		if !slices.Contains(x.names, n) {
			x.names = append(x.names, n)
		}
	}
	return x
}

// loopback and metadata are asked for directly by every client: the services
// that AWS offers to an instance, a task or a pod by HTTP. Sources: cli user
// guide, "Using an HTTP proxy"; Amazon ECS developer guide, "HTTP proxy
// configuration"; Amazon EKS user guide, "Set up the Pod Identity Agent".
var (
	loopback  = []string{"localhost", "127.0.0.1", "::1"}
	metadata4 = []string{"169.254.169.254", "169.254.170.2", "169.254.170.23"}
	metadata6 = []string{"fd00:ec2::254", "fd00:ec2::23"}
)

// internal is the suffix of the names that Amazon's resolver gives to
// instances. It covers no name of its own.
const internal = "internal"

// hosts returns every name and address that is no suffix alone.
func (x Exclusions) hosts() []string {
	return slices.Concat(loopback, metadata4, metadata6, x.addresses())
}

// addresses are those that somebody excluded.
func (x Exclusions) addresses() []string {
	list := make([]string, len(x.addrs))
	for i, a := range x.addrs {
		list[i] = a.String()
	}
	return list
}

// Variable is the list as NO_PROXY holds it: the one spelling that every
// program reads as meant. IPv6 addresses stand with and without brackets, names
// with and without the dot, because there are programs that know only one.
// CIDRs are added for those that read them and change nothing for the others.
func (x Exclusions) Variable() string {
	var list []string
	for _, h := range x.hosts() {
		list = append(list, h)
		if strings.Contains(h, ":") {
			list = append(list, "["+h+"]")
		}
	}
	list = append(list, "."+internal)
	for _, n := range x.names {
		list = append(list, n, "."+n)
	}
	for _, p := range x.nets {
		list = append(list, p.String())
	}
	return strings.Join(list, ",")
}

// AlwaysDirect reports whether entry, in any spelling, goes direct without being
// asked for.
func AlwaysDirect(entry string) bool {
	name := bare(strings.ToLower(entry))
	if h, err := netset.ParseHost(name); err == nil && !h.Odd {
		name = h.String()
	}
	return name == internal || slices.Contains(Exclusions{}.hosts(), strings.Trim(name, "[]"))
}

// bare is an entry without what says that names below it are meant, and without
// the dot of the root.
func bare(entry string) string {
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(entry, "*"), "."), ".")
}

// golang is the list for what only a Go program reads: an address stands once,
// without brackets, and a name covers what is below it.
func (x Exclusions) golang() string {
	list := append(x.hosts(), "."+internal)
	list = append(list, x.names...)
	for _, p := range x.nets {
		list = append(list, p.String())
	}
	return strings.Join(list, ",")
}

// npm is the list for npm, which takes a name with all below it, knows no CIDR
// and fails on some targets when a bracketed address is listed.
func (x Exclusions) npm() string {
	list := slices.DeleteFunc(x.hosts(), func(h string) bool { return strings.Contains(h, ":") })
	return strings.Join(append(append(list, "."+internal), x.names...), ",")
}

// java is the list as http.nonProxyHosts holds it. 127.* is what Java excludes
// by itself, as long as nobody sets the property.
func (x Exclusions) java() string { return strings.Join(x.globs(), "|") }

// winhttp is the list as WinHTTP's bypass list holds it. <local> are names
// without a dot.
func (x Exclusions) winhttp() string { return strings.Join(append(x.globs(), "<local>"), ";") }

// appleRead is how many entries of macOS's list the Systems Manager agent reads
// as they stand: it takes two characters from each line of scutil, "0:" to "9:",
// and leaves a colon before those that come later (amazon-ssm-agent,
// agent/proxyconfig/proxy_darwin.go).
const appleRead = 10

// apple is the list as macOS holds it, from which the Systems Manager agent
// takes its NO_PROXY, and how many of its entries the agent needs, which stand
// first: a name covers what is below it there, as in Go. The others are for
// programs of Apple's.
func (x Exclusions) apple() (list []string, needed int) {
	list = []string{"169.254.169.254", "fd00:ec2::254", "*." + internal}
	list = append(list, x.addresses()...)
	list = append(list, x.names...)
	for _, p := range x.nets {
		list = append(list, p.String())
	}
	needed = len(list)
	list = append(list, loopback...)
	for _, n := range x.names {
		list = append(list, "*."+n)
	}
	return list, needed
}

// globs are entries in which a * stands for anything, IPv6 addresses in
// brackets, and 127.* is this machine.
func (x Exclusions) globs() []string {
	var list []string
	for _, h := range x.hosts() {
		switch {
		case h == "127.0.0.1":
			h = "127.*"
		case strings.Contains(h, ":"):
			h = "[" + h + "]"
		}
		list = append(list, h)
	}
	list = append(list, "*."+internal)
	for _, n := range x.names {
		list = append(list, n, "*."+n)
	}
	return list
}

// patterns are regular expressions for the whole host, IPv6 without brackets.
func (x Exclusions) patterns() []string {
	var list []string
	for _, h := range x.hosts() {
		list = append(list, regexp.QuoteMeta(h))
	}
	list = append(list, `.*\.`+internal)
	for _, n := range x.names {
		list = append(list, `(.*\.)?`+regexp.QuoteMeta(n))
	}
	return list
}

// cidrs are the networks in x, as one text.
func (x Exclusions) cidrs() string {
	texts := make([]string, len(x.nets))
	for i, p := range x.nets {
		texts[i] = p.String()
	}
	return listed(texts)
}

// notes adds to a what is to be known about x where all of it is read by many
// programs.
func (x Exclusions) notes(a *Answer) {
	if len(x.nets) > 0 {
		a.note("cidr-some", x.cidrs())
	}
	x.wide(a)
}

// netless adds a note for the networks in x where none can be written.
func (x Exclusions) netless(a *Answer) {
	if len(x.nets) > 0 {
		a.note("cidr-none", x.cidrs())
	}
}

// wide adds a note for names that exclude all of AWS, or a whole Region of it.
func (x Exclusions) wide(a *Answer) {
	for _, n := range x.names {
		if rest, _, ok := awsname.Place(n); ok && (rest == "" || awsdata.RegionShape(rest)) {
			a.note("wide", n)
		}
	}
}

// listed joins what can be printed with commas.
func listed[T ~string](items []T) string {
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i] = string(item)
	}
	return strings.Join(texts, ", ")
}
