package diagnose

import (
	"fmt"
	"maps"
	"net/url"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
)

// listed is the list of exceptions as evidence.
func (x *exam) listed() string {
	if s := x.env.First("no_proxy", "NO_PROXY"); s != nil {
		return s.Name + "=" + s.Value
	}
	return "no_proxy="
}

// bothLists are the variables with the list of exceptions under both its names.
func (x *exam) bothLists() noproxy.Vars {
	v := maps.Clone(x.vars)
	v["no_proxy"], v["NO_PROXY"] = x.list(), x.list()
	return v
}

// tested is the command that shows which way p goes to target with list.
func (x *exam) tested(p *noproxy.Program, list, target string) string {
	return fmt.Sprintf("deguchi noproxy test --program %s --value %s %s", p.ID, x.quote(list), x.word(target))
}

// unreadList finds a list of exceptions under a name that a program does not
// read.
func (x *exam) unreadList() {
	s := x.env.First("no_proxy", "NO_PROXY")
	if s == nil {
		return
	}
	for _, p := range x.programs {
		for _, t := range append([]string{Metadata}, x.Targets...) {
			target, err := noproxy.ParseTarget(t)
			if err != nil || t == Metadata && (!x.wantsMetadata() || x.ec2() == facts.No) {
				continue
			}
			if p.Route(x.vars, target).Route != noproxy.Proxied || p.Route(x.bothLists(), target).Route != noproxy.Direct {
				continue
			}
			x.report(Finding{
				Status: Fail, Cause: "noproxy-ignored", Because: because("no-proxy.unread", p.ID, s.Name, target.Host),
				Evidence: []string{s.Quoted(), fmt.Sprintf("%s %s: proxy", p.ID, target.Host)},
				Fix:      because("no-proxy.unread.fix"), Commands: x.assign(both("no_proxy", s.Value)...),
				Verify: x.environmentCommand(),
			})
			break
		}
	}
}

// Where ECS and EKS give containers their credentials.
const containerHost = "http://169.254.170.2"

// containerCredentials is where a container's credentials come from, or "".
func (x *exam) containerCredentials() string {
	if path, _ := x.env.Value("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"); path != "" {
		return containerHost + path
	}
	full, _ := x.env.Value("AWS_CONTAINER_CREDENTIALS_FULL_URI")
	return full
}

// containerProxied finds programs that ask the proxy for a container's
// credentials.
func (x *exam) containerProxied() {
	from := x.containerCredentials()
	target, err := noproxy.ParseTarget(from)
	if from == "" || err != nil {
		return
	}
	where := host(from)
	if u, err := url.Parse(from); err == nil {
		where = u.Scheme + "://" + u.Host + "/"
	}
	for _, p := range x.programs {
		d := p.Route(x.vars, target)
		if d.Route != noproxy.Proxied || !p.Credentials.Container {
			continue
		}
		list := x.listWith(append([]string{host(from)}, bypass...)...)
		x.report(Finding{
			Status: Fail, Cause: "creds-imds-via-proxy", Because: because("no-proxy.container", p.ID, target.Host),
			Evidence: []string{x.listed(), fmt.Sprintf("%s %s: proxy %s", p.ID, target.Host, d.Proxy)},
			Fix:      because("no-proxy.metadata.fix"), Commands: x.assign(both("no_proxy", list)...),
			Verify: x.tested(p, list, where),
		})
		return
	}
}
