package squid

import (
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/squidconf"
)

// entry is a line of http_access as Deguchi can keep it: the requests that it
// certainly allows, or those that it may deny.
type entry struct {
	line   *squidconf.Line
	deny   bool
	region region
	lost   bool // it allows nothing that can be kept
}

// access turns http_access into rules.
func (im *importer) access() {
	list := im.gates()
	var last *entry
	for i := range im.file.Lines {
		l := &im.file.Lines[i]
		switch {
		case l.Word.Text == "include": // it may deny something that the lines below allow
			list = append(list, entry{line: l, deny: true, region: everything})
		case l.Word.Text == "http_access":
			if e, ok := im.entry(l); ok {
				list = append(list, e)
				last = &list[len(list)-1]
			}
		}
	}
	end := entry{deny: true, region: everything}
	if last == nil {
		im.out.note(im.say("squid.none"))
	} else if last.deny && !last.line.Conditional && !last.region.equal(everything) {
		end.deny, end.line = false, last.line
		im.warn(last.line.Args[0], "DG1706").Hint = reason.New("DG1706.hint")
	}
	im.alternatives(list)
	im.rules(append(list, end))
}

// entry reads one line of http_access. Squid passes over a line that is not
// complete.
func (im *importer) entry(l *squidconf.Line) (entry, bool) {
	if len(l.Args) == 0 || l.Args[0].Text != "allow" && l.Args[0].Text != "deny" {
		im.fail(l.Word, "DG1702.access")
		return entry{}, false
	}
	if len(l.Args) == 1 {
		im.fail(l.Args[0], "DG1702.bare", l.Args[0].Text)
		return entry{}, false
	}
	e := entry{line: l, deny: l.Args[0].Text == "deny"}
	sure, may, doubts := im.conjunction(l.Args[1:])
	if e.region = sure; e.deny {
		e.region = may
	}
	if l.Conditional && !e.deny {
		e.region = nothing
	}
	e.lost = !e.deny && sure.empty() && !may.empty() || e.region.empty() && l.Conditional
	if !sure.equal(may) {
		im.doubtful(e, doubts)
	}
	im.refusedNets(e)
	return e, true
}

// refusedNets sees to acls on destinations that are refused in any case. Where
// these are private, names must not resolve to any, and what a line allows of
// them is lost. A parent resolves the names that it gets: what a line denies of
// them is not refused here.
func (im *importer) refusedNets(e entry) {
	for _, w := range e.line.Args[1:] {
		name, negated := strings.CutPrefix(w.Text, "!")
		a := im.acl(name)
		if a == nil || len(a.dst.and(refused)) == 0 || len(a.dst.not()) == 0 {
			continue
		}
		if im.out.upstream && negated != e.deny {
			im.warn(w, "DG1709.names", quote(name)).Hint = reason.New("DG1709.hint.names")
		}
		if len(a.dst.and(private)) == 0 {
			continue
		}
		im.out.private = true
		if negated == e.deny {
			im.fail(w, "DG1703.private", quote(name)).Hint = reason.New("DG1703.hint.private")
		}
	}
}

// doubted is an acl of a line that Deguchi cannot ask for.
type doubted struct {
	at  squidconf.Token
	acl *acl
}

// conjunction returns the requests that all acls of a line hold for, certainly
// and perhaps, and the acls that make the difference.
func (im *importer) conjunction(words []squidconf.Token) (sure, may region, doubts []doubted) {
	sure, may = everything, everything
	for _, w := range words {
		name, negated := strings.CutPrefix(w.Text, "!")
		a := im.acl(name)
		if a == nil {
			im.fail(w, "DG1702.undefined", quote(name))
			a = &acl{name: name, sure: nothing, may: everything, why: noDoubt}
		}
		s, m := a.sure, a.may
		if negated {
			s, m = m.not(), s.not()
		}
		sure, may = sure.and(s), may.and(m)
		if a.why != noDoubt {
			doubts = append(doubts, doubted{w, a})
		}
	}
	return sure, may, doubts
}

// doubtful reports a line that could not be kept as it is, once for each acl
// that is to blame.
func (im *importer) doubtful(e entry, doubts []doubted) {
	worst := noDoubt
	for _, d := range doubts {
		worst = max(worst, d.acl.why)
	}
	for _, d := range doubts {
		if d.acl.why != worst || worst == byOrder { // reported where it stands
			continue
		}
		switch {
		case worst == byReverse && e.deny:
			im.warn(d.at, "DG1705.deny", quote(d.acl.name)).Hint = reason.New("DG1705.hint.deny", d.acl.name)
		case worst == byReverse:
			im.note(d.at, "DG1705", quote(d.acl.name))
		case e.deny:
			im.fail(d.at, "DG1704", d.because()...).Hint = reason.New("DG1704.hint")
		case e.lost:
			im.fail(d.at, "DG1703", d.because()...).Hint = reason.New("DG1703.hint")
		default:
			im.fail(d.at, "DG1703.narrow", d.because()...).Hint = reason.New("DG1703.hint")
		}
	}
}

// because returns the operands of what is said about d: its name and its type.
func (d doubted) because() []string { return []string{quote(d.acl.name), d.acl.kind} }

// gates returns what has to stand before http_access: directives that refuse
// requests which http_access allows, and that cannot be carried over. Requests
// that they are asked about are denied.
func (im *importer) gates() (list []entry) {
	seen := make(map[string]bool)
	for i := range im.file.Lines {
		l := &im.file.Lines[i]
		word := l.Word.Text
		gate, ok := gateOf(l)
		if ok && word == indirect {
			_, gate, _ = im.conjunction(l.Args[1:])
			im.fail(l.Word, "DG1708.indirect", word).Hint = reason.New("DG1708.hint")
		} else if ok && !seen[word] {
			im.fail(l.Word, "DG1708", word).Hint = reason.New("DG1708.hint")
		} else {
			continue
		}
		seen[word] = true
		list = append(list, entry{line: l, deny: true, region: gate})
	}
	return list
}

// indirect names senders whose X-Forwarded-For says who the client is: acls of
// type src are then about that one.
const indirect = "follow_x_forwarded_for"

// gateOf returns the requests that a directive other than http_access may
// refuse.
func gateOf(l *squidconf.Line) (region, bool) {
	if len(l.Args) == 0 || l.Args[0].Text == "off" || harmless(l) {
		return nothing, false
	}
	switch l.Word.Text {
	case indirect:
		return everything, l.Args[0].Text == "allow" && len(l.Args) > 1
	case "miss_access", "adapted_http_access", "url_rewrite_program", "redirect_program", "icap_enable", "ecap_enable":
		return everything, true
	case "http_reply_access": // answers to requests that are not tunnels
		requests := everything
		requests.schemes = plain
		return requests, true
	case "ssl_bump":
		tunnels := everything
		tunnels.schemes = connect
		return tunnels, l.Args[0].Text == "terminate"
	}
	return nothing, false
}
