package kit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/kit/tree"
	"github.com/deguchi-project/deguchi/internal/model/config"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// logFile is where the proxies write their access log. The unit makes the folder.
const logFile = "/var/log/deguchi/access.log"

// configuration returns what the proxies run on, as read and as text: the file
// that the kit names, or one made of its jobs and rules.
func (p *Plan) configuration(o Options) (*config.Config, string, []diag.Problem) {
	if name := p.Kit.Configuration; name.V != "" {
		src, err := o.Read(name.V)
		if err != nil {
			return nil, "", []diag.Problem{{
				Pos: name.Pos, Len: name.Len, Code: "DG1001", Summary: reason.New("DG1001", err.Error()),
			}}
		}
		cfg, problems := config.Parse(name.V, src, o.Now)
		if cfg != nil {
			problems = append(problems, p.mismatches(cfg, name)...)
		}
		return cfg, string(src), problems
	}
	root := p.root()
	source := "# Written by deguchi kit from " + p.Kit.File + ": change that file, and write it again.\n" + yamldoc.Write(root)
	cfg, problems := config.Read(ConfigFile, root, []byte(source), o.Now)
	return cfg, source, problems
}

// root is the configuration that the kit's sites, consumers, rules and jobs come
// to. Rules stand in it as they stand in the kit, place by place.
func (p *Plan) root() *yamldoc.Node {
	k := p.Kit
	clients := tree.Map()
	for _, s := range k.Sites {
		set(clients, s.Name, tree.Map("from", tree.List(s.CIDR.V)))
	}
	for _, c := range k.Consumers {
		if c.Endpoint.V != "" {
			set(clients, c.Name, tree.Map("endpoints", tree.List(c.Endpoint.V)))
		}
	}
	rules := tree.List()
	if k.Rules != nil {
		rules.Items = append(rules.Items, k.Rules.Items...)
	}
	for _, job := range k.Jobs {
		name, title := tree.Value(job.V), tree.Value("job "+job.V)
		name.Pos, name.Len, title.Pos, title.Len = job.Pos, job.Len, job.Pos, job.Len
		rules.Items = append(rules.Items, tree.Map("name", title, "allow", tree.Map("job", name, "regions", tree.List(k.Region))))
	}
	root := tree.Map(
		"version", 1,
		"listen", tree.List(tree.Map("address", ":"+strconv.Itoa(int(k.Port)), "proxy_protocol", "required", "trust", p.subnets())),
		"admin", ":"+strconv.Itoa(int(k.AdminPort)),
	)
	if len(clients.Entries) > 0 {
		tree.Set(root, "clients", clients)
	}
	tree.Set(root, "rules", rules)
	tree.Set(root, "limits", tree.Map("idle", fmt.Sprintf("%ds", k.Idle), "drain", fmt.Sprintf("%ds", k.Drain)))
	tree.Set(root, "log", tree.Map("file", logFile))
	return root
}

// set adds what the kit calls name to the map n, at the place where it does.
func set(n *yamldoc.Node, name yamldoc.At[string], value *yamldoc.Node) {
	tree.Set(n, name.V, value)
	key := n.Entries[len(n.Entries)-1].Key
	key.Pos, key.Len = name.Pos, name.Len
}

// subnets are those of the load balancer's nodes: who may say with a PROXY
// header whom a connection is from.
func (p *Plan) subnets() *yamldoc.Node {
	all := tree.List()
	for _, z := range p.Kit.Zones {
		all.Items = append(all.Items, tree.Value(z.CIDR.V))
	}
	return all
}

// mismatches finds where a configuration of the author's own does not fit the
// load balancer that the kit puts in front of it.
func (p *Plan) mismatches(cfg *config.Config, at yamldoc.At[string]) (problems []diag.Problem) {
	add := func(what reason.Because) {
		problems = append(problems, diag.Problem{
			Pos: at.Pos, Len: at.Len, Code: "DG6111", Summary: reason.New("DG6111").With(what),
			Hint: reason.New("DG6111.hint.listen", strconv.Itoa(int(p.Kit.Port))),
		})
	}
	port := strconv.Itoa(int(p.Kit.Port))
	i := slices.IndexFunc(cfg.Listen, func(l config.Listener) bool { return everywhere(l.Address, port) })
	if i < 0 {
		add(reason.New("DG6111.listen", port))
		return problems
	}
	l := cfg.Listen[i]
	if l.Proxy == config.ProxyOff {
		add(reason.New("DG6111.proxy"))
	} else {
		for _, z := range p.Kit.Zones {
			if !slices.ContainsFunc(l.Trust, func(t prefix) bool { return t.Bits() <= z.CIDR.V.Bits() && t.Overlaps(z.CIDR.V) }) {
				add(reason.New("DG6111.trust", z.CIDR.V.String()))
				break
			}
		}
	}
	if admin := strconv.Itoa(int(p.Kit.AdminPort)); !everywhere(cfg.Admin, admin) {
		add(reason.New("DG6111.admin", admin))
	}
	return problems
}

// everywhere reports whether address is port of every IPv4 address.
func everywhere(address, port string) bool {
	host, ok := strings.CutSuffix(address, ":"+port)
	return ok && (host == "" || host == "0.0.0.0" || host == "[::]")
}
