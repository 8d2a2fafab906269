package noproxy

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/netset"
)

// matcher compares a list of exceptions with a target and returns the first
// entry that decides, as written.
type matcher func(list string, t Target) (entry string, how match)

// match is how an entry stands to a target.
type match int

const (
	differs  match = iota
	matches        // the request goes direct
	mayMatch       // direct, if the name resolves as the entry needs
	fails          // the program fails on the target, on its way to compare or after
)

// first returns the first of entries that is accepted.
func first(entries []string, accept func(entry string) bool) (string, match) {
	for _, e := range entries {
		if accept(e) {
			return e, matches
		}
	}
	return "", differs
}

// commas splits list at commas and trims the entries; empty ones are left out.
func commas(list string) []string {
	return fields(list, func(r rune) bool { return r == ',' })
}

// commasAndSpaces splits list at commas and white space.
func commasAndSpaces(list string) []string {
	return fields(list, func(r rune) bool { return r == ',' || strings.ContainsRune(" \t\n\r\v\f", r) })
}

func fields(list string, sep func(rune) bool) []string {
	entries := strings.FieldsFunc(list, sep)
	for i, e := range entries {
		entries[i] = strings.TrimSpace(e)
	}
	return slices.DeleteFunc(entries, func(e string) bool { return e == "" })
}

// below reports whether host is domain or a name under it.
func below(host, domain string) bool {
	above, ok := strings.CutSuffix(host, domain)
	return ok && (above == "" || strings.HasSuffix(above, "."))
}

// cutPort splits "HOST:DIGITS" at the last colon. Without such a port the
// whole entry is the host.
func cutPort(entry string) (host, port string) {
	i := strings.LastIndexByte(entry, ':')
	if i <= 0 || i == len(entry)-1 || !digits(entry[i+1:]) {
		return entry, ""
	}
	return entry[:i], entry[i+1:]
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// samePort reports whether an entry's port, if it has one, is the target's.
// Numbers are compared, as programs do that parse both.
func samePort(port string, t Target) bool {
	if port == "" {
		return true
	}
	a, errA := strconv.Atoi(port)
	b, errB := strconv.Atoi(t.port())
	return errA == nil && errB == nil && a == b
}

// inPrefix reports whether entry is a prefix in CIDR form, host bits allowed,
// that holds a.
func inPrefix(entry string, a netip.Addr) bool {
	p, err := netip.ParsePrefix(entry)
	return err == nil && p.Contains(a)
}

// inNumbered is inPrefix with the bits read as a number, which zeros may lead.
func inNumbered(entry string, a netip.Addr) bool {
	base, bits, ok := strings.Cut(entry, "/")
	n, err := strconv.Atoi(bits)
	return ok && digits(bits) && err == nil && inPrefix(base+"/"+strconv.Itoa(n), a)
}

// glob reports whether host is of pattern, in which each * stands for anything
// and case does not matter.
func glob(pattern, host string) bool {
	return netset.Glob(strings.ToLower(pattern), strings.ToLower(host))
}
