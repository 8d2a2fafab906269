package squid

import (
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/squidconf"
)

// alternatives warns of a line that allows some sources everything beside one
// that allows everybody some destinations: two limits that were meant together
// stand on two lines, of which either is enough.
//
// Source: story D, a squid.conf that was published with
// "acl aws dstdomain .amazonaws.com" and "acl localnet src …", allowed on a
// line each.
func (im *importer) alternatives(list []entry) {
	var who, where *entry
	for i := range list {
		e := &list[i]
		if e.deny || e.line == nil || e.lost {
			continue
		}
		sources, hosts := len(e.region.sources.not()) > 0, !e.region.hosts.whole()
		switch {
		case sources && !hosts && who == nil && !ownMachine(e.region):
			who = e
		case hosts && !sources && where == nil && len(e.region.hosts.listed()) > 0:
			where = e
		}
	}
	if who == nil || where == nil {
		return
	}
	m := &meantRule{who, where}
	im.out.meant = m
	first, second := m.inOrder()
	im.warn(second.line.Word, "DG1707", strconv.Itoa(first.line.Word.Pos.Line),
		few(where.region.hosts.listed())+" ("+words(where)+")", few(prefixTexts(who.region.sources))+" ("+words(who)+")").
		Hint = reason.New("DG1707.hint", "http_access allow "+m.words())
}

// ownMachine reports whether r is about requests of the proxy's own machine.
func ownMachine(r region) bool {
	for _, p := range r.sources {
		if !p.Addr().IsLoopback() {
			return false
		}
	}
	return true
}

// few lists at most three of values.
func few(values []string) string {
	if len(values) > 3 {
		return strings.Join(values[:3], ", ") + ", …"
	}
	return strings.Join(values, ", ")
}

// meantRule is what two lines were probably meant to say together.
type meantRule struct{ who, where *entry }

// inOrder returns the two lines as they stand in the file.
func (m *meantRule) inOrder() (first, second *entry) {
	if m.where.line.Word.Pos.Line < m.who.line.Word.Pos.Line {
		return m.where, m.who
	}
	return m.who, m.where
}

// words returns the acls of both.
func (m *meantRule) words() string { return words(m.who) + " " + words(m.where) }

// words returns the acls of an entry as they are written.
func words(e *entry) string { return strings.Join(squidconf.Texts(e.line.Args[1:]), " ") }
