package access

import (
	"math/bits"

	"github.com/deguchi-project/deguchi/internal/base/netset"
)

// probe is a request as the index sees it: a token for every column.
type probe struct {
	tokens [maxColumns]token
	untold [maxColumns]bool // in deny, the fact of the column is not told
	jobs   jobSet           // those whose hosts include the request's, by number
}

// look fills p from what q tells.
func (ix *index) look(p *probe, q *Request, f *facts, client int) {
	p.jobs = f.jobs.all()
	for i, c := range ix.columns {
		switch c.dim {
		case byClient:
			p.tokens[i] = firstOwn + token(client)
		case byHost:
			p.tokens[i] = ix.texts[i][q.Host.Name]
		case bySuffix:
			p.tokens[i] = ix.texts[i][lastLabels(q.Host.Name, c.width)]
		case byNet:
			p.tokens[i] = ix.netToken(i, q)
		case byService:
			ix.lookFact(p, i, f.service)
		case byRegion:
			ix.lookFact(p, i, f.region)
		case byAccount:
			ix.lookFact(p, i, f.account)
		case byBucket:
			ix.lookFact(p, i, f.bucket)
			p.untold[i] = p.untold[i] || f.alias
		case byJob: // a host may belong to many: see find
		}
	}
}

func (ix *index) lookFact(p *probe, col int, f fact) {
	p.untold[col] = f.state == untold
	if width := ix.columns[col].width; f.state == told && width <= len(f.value) {
		if width == 0 {
			width = len(f.value)
		}
		p.tokens[col] = ix.texts[col][f.value[:width]]
	}
}

// netToken looks IPv4 inside IPv6 up as either: rules for either may hold.
func (ix *index) netToken(col int, q *Request) token {
	c := ix.columns[col]
	addr := q.Host.Addr.Unmap().WithZone("")
	if inside, ok := netset.Embedded(addr); ok && c.four {
		addr = inside
	}
	if !addr.IsValid() || addr.Is4() != c.four {
		return absent
	}
	p, err := addr.Prefix(c.width)
	if err != nil {
		return absent
	}
	return ix.nets[col][p]
}

// find calls ask with the lists of rules that may hold, in no order of lists
// but each in the order of the file, until no list can hold a rule before the
// one that ask returned as the best so far.
func (ix *index) find(p *probe, best int32, ask func(rules []int32, best int32) int32) int32 {
	for i := range ix.groups {
		g := &ix.groups[i]
		if g.first >= best {
			break
		}
		k, jobAt, ok := ix.key(g, p)
		switch {
		case !ok:
		case jobAt < 0:
			best = ask(g.rules[k], best)
		default:
			for jobs := p.jobs; jobs != 0; jobs &= jobs - 1 {
				k[jobAt] = firstOwn + token(bits.TrailingZeros64(uint64(jobs)))
				best = ask(g.rules[k], best)
			}
		}
	}
	return best
}

// key returns the key under which the rules of g that may hold are found, and
// the place in it that wants a job, -1 if none. It is not ok if there are none.
func (ix *index) key(g *group, p *probe) (k key, jobAt int, ok bool) {
	jobAt = -1
	for i, col := range g.columns {
		switch {
		case ix.columns[col].dim == byJob:
			jobAt = i
			continue
		case g.deny && p.untold[col]:
			k[i] = notTold
		default:
			k[i] = p.tokens[col]
		}
		if k[i] == absent {
			return k, jobAt, false
		}
	}
	return k, jobAt, true
}
