package access

import (
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// maxJobs bounds the jobs that one file can name: there are fewer in all.
const maxJobs = 64

// jobSet is a set of jobs by their number.
type jobSet uint64

// membership says which jobs a host belongs to: as a host of one region, or by
// a template without one.
type membership struct{ local, global jobSet }

func (m membership) all() jobSet { return m.local | m.global }

func (m *membership) add(o membership) {
	m.local |= o.local
	m.global |= o.global
}

// jobs knows the hosts that the jobs which rules name require. It keeps them
// in a form in which a mark stands for the region and a word for the suffix,
// so that one lookup does for all regions, known or not, and all partitions.
type jobs struct {
	numbers map[string]int
	exact   map[string]membership
	open    map[string][]openHost // by what stands after the last blank
}

// openHost is a template with blanks besides the region.
type openHost struct {
	pattern  string // its form, * for blanks: wider than the template
	template awsdata.HostTemplate
	jobs     membership
}

// The marks of the form of a host; they can stand in no host name.
const (
	regionMark = '\x00'
	suffixMark = '\x01'
)

// newJobs reads the jobs that rules name.
func newJobs(rules []config.Rule) jobs {
	j := jobs{numbers: make(map[string]int), exact: make(map[string]membership), open: make(map[string][]openHost)}
	for i := range rules {
		name := rules[i].Match.Job
		job, known := awsdata.JobNamed(name)
		if _, seen := j.numbers[name]; seen || !known || len(j.numbers) == maxJobs {
			continue
		}
		n := len(j.numbers)
		j.numbers[name] = n
		for _, t := range job.Hosts {
			j.add(t, jobSet(1)<<n)
		}
	}
	return j
}

func (j *jobs) add(t awsdata.HostTemplate, job jobSet) {
	form := string(appendForm(nil, blanked(t.String()), "{region}"))
	m := membership{global: job}
	if strings.Contains(t.String(), "{region") {
		m = membership{local: job}
	}
	if !wild(form) {
		all := j.exact[form]
		all.add(m)
		j.exact[form] = all
		return
	}
	_, tail, _ := strings.Cut(form[strings.LastIndexByte(form, '*'):], ".")
	j.open[tail] = append(j.open[tail], openHost{form, t, m})
}

// blanked puts * for every blank of template but the region.
func blanked(template string) string {
	var b strings.Builder
	for rest := template; ; {
		before, after, open := strings.Cut(rest, "{")
		b.WriteString(before)
		if !open {
			return b.String()
		}
		blank, rest2, _ := strings.Cut(after, "}")
		if rest = rest2; blank == "region" {
			b.WriteString("{region}")
		} else {
			b.WriteByte('*')
		}
	}
}

// of returns the jobs that the host of q belongs to.
func (j *jobs) of(q *Request) (m membership) {
	if len(j.numbers) == 0 || q.Host.IsAddr() {
		return m
	}
	var buf [2 * 256]byte
	form := appendForm(buf[:0], q.Host.Name, q.Name.Region)
	m = j.exact[string(form)]
	if len(j.open) > 0 {
		for tail := form; len(tail) > 0; tail = afterDot(tail) {
			for i := range j.open[string(tail)] {
				if h := &j.open[string(tail)][i]; h.holds(form, q.Host.Name) {
					m.add(h.jobs)
				}
			}
		}
	}
	if q.Name.Kind == awsname.Unknown && !awsname.Stands(q.Host.Name, q.Name.Region) {
		m.local = 0 // its region is a guess, and a wrong one
	}
	return m
}

func (h *openHost) holds(form []byte, host string) bool {
	if !netset.Glob(h.pattern, form) {
		return false
	}
	_, ok := h.template.Match(host)
	return ok
}

// appendForm appends the form of host, whose region is written as region.
func appendForm(b []byte, host, region string) []byte {
	rest, under, endpoint := awsname.Place(host)
	if !endpoint {
		rest = host
	}
	for region != "" {
		before, after, found := strings.Cut(rest, region)
		if !found {
			break
		}
		b = append(append(b, before...), regionMark)
		rest = after
	}
	b = append(b, rest...)
	if endpoint {
		b = append(append(b, '.', suffixMark), under...)
	}
	return b
}

func afterDot(b []byte) []byte {
	for i, c := range b {
		if c == '.' {
			return b[i+1:]
		}
	}
	return nil
}
