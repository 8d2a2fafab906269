package squid

import "github.com/deguchi-project/deguchi/internal/base/reason"

// rule is a rule of the result.
type rule struct {
	entry  *entry
	region region // hosts are those that the rule names: none are excepted
}

// most bounds the rules that one squid.conf becomes.
const most = 5000

// rules turns a list of lines, the implicit one last, into rules.
func (im *importer) rules(list []entry) {
	x := expansion{list: list}
	x.decide(0, allHosts)
	if x.over {
		im.coarse(list)
		x = expansion{list: list}
		x.decide(0, allHosts)
	}
	im.out.entries, im.out.rules = list, x.rules
	im.clients()
}

// expansion is a list of lines on its way to rules.
type expansion struct {
	list  []entry
	rules []rule
	over  bool // there are too many
}

// decide enters the rules for the lines from the one at on, as far as they are
// about hosts in area.
//
// A rule names the hosts that it is for. Those that its line excepts (!acl) go
// on to the lines below it: they are decided first, by what these lines say of
// them, down to the implicit one, which leaves nothing of them undecided.
func (x *expansion) decide(at int, area hosts) {
	for i := at; i < len(x.list); i++ {
		e := &x.list[i]
		limit := everything
		limit.hosts = area
		r := e.region.and(limit)
		if r.empty() {
			continue
		}
		if carved := r.hosts.carved(); !carved.empty() {
			x.decide(i+1, carved.and(area))
			r.hosts.but = nil
			if r.hosts.all {
				r.hosts.nets = allNets
			}
		}
		if !e.deny && !r.hosts.all {
			if r.hosts.nets = dialled(r.hosts.nets); r.hosts.empty() {
				continue
			}
		}
		if x.over = x.over || len(x.rules) >= most; x.over {
			return
		}
		x.rules = append(x.rules, rule{entry: e, region: r})
	}
}

// coarse takes the exceptions out of lines: what allows then allows nothing,
// and what denies denies the exceptions, too.
func (im *importer) coarse(list []entry) {
	for i := range list {
		e := &list[i]
		if e.line == nil || e.region.hosts.carved().empty() {
			continue
		}
		if e.deny {
			im.fail(e.line.Word, "DG1704.many").Hint = reason.New("DG1704.hint")
			e.region.hosts = allHosts
		} else {
			im.fail(e.line.Word, "DG1703.many").Hint = reason.New("DG1703.hint")
			e.region, e.lost = nothing, true
		}
	}
}
