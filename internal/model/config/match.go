package config

import "github.com/deguchi-project/deguchi/internal/model/yamldoc"

// textsType is a list of texts with their places.
var textsType = yamldoc.ListOf(yamldoc.Placed(yamldoc.String()))

func texts(t yamldoc.Type[string]) yamldoc.Type[[]text] { return yamldoc.ListOf(yamldoc.Placed(t)) }

var allowType, denyType = matcher("allow"), matcher("deny")

// matcher is the table of allow and deny. It refuses one that says nothing.
func matcher(what string) yamldoc.Type[*match] {
	t := matchers(what)
	return yamldoc.Type[*match]{Schema: t.Schema, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (*match, bool) {
		before := len(d.Problems())
		m, ok := t.Read(d, n)
		m.at, m.broken = n, len(d.Problems()) > before
		if ok && len(n.Entries) == 0 {
			nothingAsked(d, n)
			return nil, false
		}
		return &m, ok
	}}
}

func matchers(what string) yamldoc.Type[match] {
	return yamldoc.Object(what, match{},
		yamldoc.Optional("job", "All that one task needs: see deguchi job.", yamldoc.Placed(jobType), func(m *match) *text { return &m.job }),
		yamldoc.Optional("services", "Services as in endpoint names: s3, ssm, api.ecr.", texts(serviceType), func(m *match) *[]text { return &m.services }),
		yamldoc.Optional("regions", "Regions: ap-northeast-1.", texts(regionType), func(m *match) *[]text { return &m.regions }),
		yamldoc.Optional("partitions", "Partitions: aws, aws-cn.", texts(partitionType), func(m *match) *[]text { return &m.partitions }),
		yamldoc.Optional("kinds", "Sorts of names.", texts(kindType), func(m *match) *[]text { return &m.kinds }),
		yamldoc.Optional("owner", "Who can own what a name points to: aws or anyone.", yamldoc.Placed(yamldoc.OneOf("aws", "anyone")), func(m *match) *text { return &m.owner }),
		yamldoc.Optional("buckets", "S3 buckets.", texts(bucketType), func(m *match) *[]text { return &m.buckets }),
		yamldoc.Optional("accounts", "Account ids that names tell.", texts(accountType), func(m *match) *[]text { return &m.accounts }),
		yamldoc.Optional("variants", "Flavours of endpoints.", texts(variantType), func(m *match) *[]text { return &m.variants }),
		yamldoc.Optional("hosts", "Names; .suffix is the name and all below it; prefixes for IP literals.", yamldoc.ListOf(hostType), func(m *match) *[]host { return &m.hosts }),
		yamldoc.Optional("ports", `Numbers, ranges, or "*". Default: 443.`, yamldoc.ListOf(yamldoc.Placed(portType)), func(m *match) *[]yamldoc.At[PortRange] { return &m.ports }),
		yamldoc.Optional("schemes", "http for absolute-form requests, https for CONNECT. Default: both.", texts(yamldoc.OneOf("http", "https")), func(m *match) *[]text { return &m.schemes }),
	)
}

// keyed is the values of one key.
type keyed struct {
	key    string
	values []text
}

// lists returns the texts of m under their keys.
func (m *match) lists() []keyed {
	return []keyed{
		{"job", one(m.job)},
		{"services", m.services},
		{"regions", m.regions},
		{"partitions", m.partitions},
		{"kinds", m.kinds},
		{"owner", one(m.owner)},
		{"buckets", m.buckets},
		{"accounts", m.accounts},
		{"variants", m.variants},
		{"schemes", m.schemes},
	}
}

func one(t text) []text {
	if t.V == "" {
		return nil
	}
	return []text{t}
}

// compile returns m in the form that the floors above use.
func (m *match) compile() Match {
	out := Match{
		Job: m.job.V, Owner: m.owner.V,
		Services: plain(m.services), Regions: plain(m.regions), Partitions: plain(m.partitions),
		Kinds: plain(m.kinds), Buckets: plain(m.buckets), Accounts: plain(m.accounts),
		Variants: plain(m.variants), Schemes: plain(m.schemes),
	}
	for _, l := range m.lists() {
		for _, v := range l.values {
			out.Values = append(out.Values, Value{l.key, v.V, v.Pos, v.Len})
		}
	}
	for _, h := range m.hosts {
		out.Values = append(out.Values, Value{"hosts", h.name.V, h.name.Pos, h.name.Len})
	}
	out.Hosts, out.Networks = split(m.hosts)
	for _, p := range m.ports {
		out.Ports = append(out.Ports, p.V)
		out.Values = append(out.Values, Value{"ports", p.V.String(), p.Pos, p.Len})
	}
	if len(m.ports) == 0 {
		out.Ports = []PortRange{{443, 443}}
	}
	return out
}
