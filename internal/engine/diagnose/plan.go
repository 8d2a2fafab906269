package diagnose

import (
	"net/url"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// The addresses of the instance's metadata service.
const (
	Metadata  = "http://169.254.169.254/"
	metadata6 = "http://[fd00:ec2::254]/"
)

// Plan is what is to be tried, and so all that may be contacted.
type Plan struct {
	Errands  []Errand
	Contacts []Contact
}

// Errand is one attempt to be made.
type Errand struct {
	Way   facts.Way
	URL   string
	Proxy string        // scheme://host:port
	Auth  *url.Userinfo // for the proxy; nil for none
	// Token asks the metadata service for a token instead of sending a request.
	Token   bool
	Upgrade bool // the target holds WebSockets
	Sign    bool // ask whose the credentials are
	Large   bool // a request of 32 KiB without a signature changes nothing there
}

// Contact is an address that will be contacted, or a target that a proxy will
// be asked for.
type Contact struct {
	Address string // host:port
	Asked   bool   // by us; else the proxy is asked for it
	Because reason.Because
}

// Addresses are the addresses of contacts that we contact ourselves.
func (p Plan) Addresses() []string {
	var all []string
	for _, c := range p.Contacts {
		if c.Asked {
			all = append(all, c.Address)
		}
	}
	return all
}

// Prepare returns what is to be tried for the subject of f, whose Sources are
// there and whose Attempts are not.
func Prepare(f *facts.Sheet) Plan {
	x := newExam(f)
	var p Plan
	if x.wantsMetadata() && f.EC2 != facts.No {
		p.add(Errand{Way: facts.Direct, URL: Metadata, Token: true})
		if d := x.program().Route(x.vars, x.metadata()); d.Route == noproxy.Proxied {
			p.add(x.errand(Metadata, d))
		}
	}
	for _, t := range f.Targets {
		target, err := noproxy.ParseTarget(t)
		if err != nil {
			continue
		}
		for _, program := range x.programs {
			d := program.Route(x.vars, target)
			if d.Route == noproxy.Broken {
				continue
			}
			p.add(x.errand(t, d))
			if below := WithoutBucket(t); below != "" && d.Route == noproxy.Proxied { // is only the bucket's name refused?
				e := x.errand(below, d)
				e.Large = false
				p.add(e)
			}
			if d.Route == noproxy.Direct && d.Entry != "" { // what would it be without the entry?
				p.add(x.errand(t, program.Route(x.unlisted(), target)))
			}
		}
	}
	return p
}

// Sign adds to p that AWS is asked whose the subject's credentials are, on the
// way that its program takes.
func (p *Plan) Sign(f *facts.Sheet) {
	x := newExam(f)
	name, ok := serviceHost("sts", x.region())
	if !ok {
		name = "sts.amazonaws.com"
	}
	target := "https://" + name + "/"
	t, err := noproxy.ParseTarget(target)
	if err != nil {
		return
	}
	d := x.program().Route(x.vars, t)
	if d.Route == noproxy.Broken {
		return
	}
	e := x.errand(target, d)
	p.add(e)
	for i := range p.Errands {
		if o := &p.Errands[i]; o.Way == e.Way && o.URL == e.URL && o.Proxy == e.Proxy {
			o.Sign = true
		}
	}
}

// errand is d carried out.
func (x *exam) errand(target string, d noproxy.Decision) Errand {
	e := Errand{Way: facts.Direct, URL: target, Token: target == Metadata, Upgrade: holdsWebSockets(target), Large: TakesLarge(target)}
	if d.Route == noproxy.Proxied {
		e.Way, e.Proxy = facts.ByProxy, d.Proxy
		if u, err := url.Parse(withScheme(x.vars[d.Variable])); err == nil {
			e.Auth = u.User
		}
	}
	return e
}

// withScheme makes host:port a URL.
func withScheme(proxy string) string {
	if !strings.Contains(proxy, "://") {
		return "http://" + proxy
	}
	return proxy
}

// add adds e, and whom it contacts, once.
func (p *Plan) add(e Errand) {
	same := func(o Errand) bool { return o.Way == e.Way && o.URL == e.URL && o.Proxy == e.Proxy }
	if slices.ContainsFunc(p.Errands, same) {
		return
	}
	p.Errands = append(p.Errands, e)
	target := Address(e.URL)
	if e.Way == facts.ByProxy {
		proxy := Address(e.Proxy)
		p.contact(Contact{proxy, true, reason.New("doctor.contact.proxy")})
		p.contact(Contact{target, false, reason.New("doctor.contact.through", proxy)})
		return
	}
	why := reason.New("doctor.contact.direct")
	if e.Token {
		why = reason.New("doctor.contact.metadata")
	}
	p.contact(Contact{target, true, why})
}

func (p *Plan) contact(c Contact) {
	if !slices.ContainsFunc(p.Contacts, func(o Contact) bool { return o.Address == c.Address && o.Asked == c.Asked }) {
		p.Contacts = append(p.Contacts, c)
	}
}

// Address returns host:port of a URL, with the scheme's port where none is
// written.
func Address(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	if u.Port() != "" {
		return u.Host
	}
	if u.Scheme == "https" {
		return u.Host + ":443"
	}
	return u.Host + ":80"
}

func holdsWebSockets(target string) bool { return classified(target).Service == "ssmmessages" }

// TakesLarge reports whether a large request without a signature may be sent to
// target: an API of AWS's own denies it. Customers' servers might act on it.
func TakesLarge(target string) bool {
	return strings.HasPrefix(target, "https://") && classified(target).Kind == awsname.API
}

// classified is what the host of target is.
func classified(target string) awsname.Name {
	h, err := netset.ParseHost(host(target))
	if err != nil {
		return awsname.Name{}
	}
	return awsdata.Names().Classify(h)
}

// WithoutBucket is the host of S3 below a bucket's, or "".
func WithoutBucket(target string) string {
	n := classified(target)
	rest, ok := strings.CutPrefix(n.Host, n.Parts.Bucket+".")
	if n.Service != "s3" || n.Parts.Bucket == "" || !ok || !strings.HasPrefix(target, "https://") {
		return ""
	}
	return "https://" + rest + "/"
}

// UnknownWantError says that a word is no job, no service and no URL.
type UnknownWantError struct {
	Word    string
	Nearest string // a job that was probably meant, or empty
}

// Error names the word.
func (e *UnknownWantError) Error() string { return e.Word + " is no job, no service and no URL" }

// Targets returns the URLs that word stands for, a job, a service or a URL in
// region, and the hosts of a job that cannot be asked for because a part of
// their names is the customer's.
func Targets(word, region string) (urls, open []string, err error) {
	if strings.Contains(word, "://") {
		if _, err := noproxy.ParseTarget(word); err != nil {
			return nil, nil, &UnknownWantError{Word: word}
		}
		return []string{word}, nil, nil
	}
	if job, ok := awsdata.JobNamed(word); ok {
		for _, t := range job.Hosts {
			host := t.Expand(region, awsdata.PartitionOf(region))
			if strings.ContainsAny(host, "{*") {
				open = append(open, host)
				continue
			}
			urls = append(urls, "https://"+host+"/")
		}
		return urls, open, nil
	}
	if host, ok := serviceHost(word, region); ok {
		return []string{"https://" + host + "/"}, nil, nil
	}
	if h, err := netset.ParseHost(word); err == nil && strings.Contains(word, ".") {
		return []string{"https://" + h.String() + "/"}, nil, nil
	}
	bad := &UnknownWantError{Word: word}
	var names []string
	for _, j := range awsdata.Jobs() {
		names = append(names, j.Name)
	}
	bad.Nearest, _ = yamldoc.Nearest(word, names)
	return nil, nil, bad
}

// serviceHost is the endpoint of a service in region, or its only one.
func serviceHost(service, region string) (string, bool) {
	domain := awsname.Suffix(awsdata.PartitionOf(region), "")
	for _, host := range []string{service + "." + region + "." + domain, service + "." + domain} {
		h, err := netset.ParseHost(host)
		if err != nil {
			continue
		}
		if n := awsdata.Names().Classify(h); n.Kind == awsname.API && n.Service == service {
			return host, true
		}
	}
	return "", false
}
