package access

import (
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// maxJobs bounds the jobs that one file can name: there are fewer in all.
const maxJobs = 64

// jobSet is a set of jobs by their number.
type jobSet uint64

// membership says which jobs a host belongs to: as a host of one region, or as
// one that serves every region.
type membership struct{ local, global jobSet }

func (m *membership) add(o membership) {
	m.local |= o.local
	m.global |= o.global
}

// jobs knows the hosts of the jobs that the rules name. A template is kept
// with regionMark for {region}, and a host is compared after the same mark has
// been put for its own region: one lookup for all regions, known or not.
type jobs struct {
	numbers map[string]int
	exact   map[string]membership
	below   map[string][]jobGlob // by the labels after the last wildcard
}

// jobGlob is a template with a wildcard.
type jobGlob struct {
	pattern string // as for globHost; begins with "*." if it holds for several labels
	jobs    membership
}

// regionMark stands for a region; it can stand in no host name.
const regionMark = "\x00"

// newJobs reads the jobs that rules name. hostsOf returns the templates of a
// job's required hosts, in every partition.
func newJobs(rules []config.Rule, hostsOf func(job string) []string) jobs {
	j := jobs{numbers: make(map[string]int), exact: make(map[string]membership), below: make(map[string][]jobGlob)}
	for i := range rules {
		name := rules[i].Match.Job
		if _, seen := j.numbers[name]; seen || name == "" || len(j.numbers) == maxJobs {
			continue
		}
		n := len(j.numbers)
		j.numbers[name] = n
		for _, template := range hostsOf(name) {
			j.add(template, jobSet(1)<<n)
		}
	}
	return j
}

func (j *jobs) add(template string, job jobSet) {
	t := marked(template)
	m := membership{global: job}
	if strings.Contains(t, regionMark) {
		m = membership{local: job}
	}
	if !wild(t) {
		all := j.exact[t]
		all.add(m)
		j.exact[t] = all
		return
	}
	_, tail, _ := strings.Cut(t[strings.LastIndexByte(t, '*'):], ".")
	j.below[tail] = append(j.below[tail], jobGlob{t, m})
}

// marked puts regionMark for {region} and * for every other placeholder.
func marked(template string) string {
	var b strings.Builder
	for rest := strings.ReplaceAll(template, "{region}", regionMark); ; {
		before, after, open := strings.Cut(rest, "{")
		b.WriteString(before)
		if !open {
			return b.String()
		}
		b.WriteByte('*')
		_, rest, _ = strings.Cut(after, "}")
	}
}

// of returns the jobs that the host of q belongs to.
func (j *jobs) of(q *Request) (m membership) {
	if len(j.numbers) == 0 || q.Host.IsAddr() {
		return m
	}
	var buf [256]byte
	host := markRegion(buf[:0], q.Host.Name, q.Name.Region)
	m = j.exact[string(host)]
	if len(j.below) > 0 {
		for rest := host; len(rest) > 0; rest = afterDot(rest) {
			for i := range j.below[string(rest)] {
				if g := &j.below[string(rest)][i]; g.holds(host) {
					m.add(g.jobs)
				}
			}
		}
	}
	if q.Name.Kind == awsname.Unknown { // its region is a guess
		m.local = 0
	}
	return m
}

// markRegion appends host to b with regionMark wherever region stands.
func markRegion(b []byte, host, region string) []byte {
	for region != "" {
		i := strings.Index(host, region)
		if i < 0 {
			break
		}
		b = append(append(b, host[:i]...), regionMark...)
		host = host[i+len(region):]
	}
	return append(b, host...)
}

// holds reports whether host is of the form of the template. In a template,
// a first label * stands for one or more.
func (g *jobGlob) holds(host []byte) bool {
	name, several := strings.CutPrefix(g.pattern, "*.")
	if !several {
		return globHost(g.pattern, host)
	}
	tail := lastLabels(host, labels(name))
	return len(tail) > 0 && len(tail) < len(host) && globHost(name, tail)
}

func afterDot(b []byte) []byte {
	for i, c := range b {
		if c == '.' {
			return b[i+1:]
		}
	}
	return nil
}

func jobHosts(job string) []string { return nil }
