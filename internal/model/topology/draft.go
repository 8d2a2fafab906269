package topology

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// draft is a file as written, before its names are resolved. Drafts of objects
// hold the object with what needs no name, and the names beside it.
type draft struct {
	version  int
	title    string
	accounts []yamldoc.Named[Account]
	sites    []yamldoc.Named[siteDraft]
	vpcs     []yamldoc.Named[vpcDraft]
	links    []yamldoc.Named[linkDraft]
	nlbs     []yamldoc.Named[nlbDraft]
	services []yamldoc.Named[serviceDraft]
	proxies  []yamldoc.Named[proxyDraft]
	clients  []yamldoc.Named[clientDraft]
	buckets  []yamldoc.Named[bucketDraft]
	tests    []testDraft
}

type siteDraft struct {
	Site
	dns siteDNSDraft
}

type siteDNSDraft struct {
	SiteDNS
	forward []yamldoc.Named[text]
}

type vpcDraft struct {
	VPC
	account   Setting[text]
	dns       vpcDNSDraft
	subnets   []yamldoc.Named[subnetDraft]
	endpoints []yamldoc.Named[endpointDraft]
}

type vpcDNSDraft struct {
	VPCDNS
	resolver Setting[text]
	forward  []yamldoc.Named[text]
	zones    []yamldoc.Named[[]recordDraft]
}

// recordDraft is a record of a zone; label is "@" where the zone has one only.
type recordDraft struct {
	label    text
	endpoint text
}

type subnetDraft struct {
	Subnet
	cidr   yamldoc.At[netip.Prefix]
	routes []yamldoc.Named[text]
	acl    aclDraft
}

type aclDraft struct{ out, in Setting[[]text] }

type endpointDraft struct {
	Endpoint
	gateway, privatelink text
	subnets              []text
	sgFrom               Setting[[]text]
}

func (e *endpointDraft) kind() EndpointKind {
	switch {
	case e.gateway.V != "":
		return Gateway
	case e.privatelink.V != "":
		return PrivateLink
	}
	return InterfaceEndpoint
}

type linkDraft struct {
	Link
	kind    LinkKind
	members yamldoc.At[[]text] // of a peering or a transit gateway
	vif     string
	site    text
	vpc     text
	routes  []yamldoc.Named[text]
}

type nlbDraft struct {
	NLB
	at      []text
	targets []text
	sgFrom  Setting[[]text]
}

type serviceDraft struct {
	Service
	nlb   text
	allow Setting[[]text]
}

type proxyDraft struct {
	Proxy
	at           text
	allowSources Setting[[]text]
	sgFrom, sgTo Setting[[]text]
	config       Setting[text]
	parent       Setting[text]
}

type clientDraft struct {
	Client
	at    text
	proxy Setting[text]
	sgTo  Setting[[]text]
}

type bucketDraft struct {
	Bucket
	account Setting[text]
}

type testDraft struct {
	Test
	at     *yamldoc.Node
	label  string // how problems call it
	name   text
	client text
}

// exactlyOne refuses an object that has none or several of keys.
func exactlyOne[V any](t yamldoc.Type[V], keys ...string) yamldoc.Type[V] {
	read := t.Read
	t.Read = func(d *yamldoc.Decoder, n *yamldoc.Node) (V, bool) {
		v, ok := read(d, n)
		if !ok {
			return v, false
		}
		if len(given(n, keys)) != 1 {
			d.Add(nameOf(d, n), "DG2103", say("DG2103", strings.Join(keys, ", ")).With(here(d)))
			return v, false
		}
		return v, ok
	}
	return t
}

// given returns which of keys n has.
func given(n *yamldoc.Node, keys []string) (have []string) {
	for _, k := range keys {
		if n.Find(k) != nil {
			have = append(have, k)
		}
	}
	return have
}

// fitting refuses the keys of an object that do not go with the one that says
// what sort of thing it is. goes names the keys that do, for each sort.
func fitting[V any](t yamldoc.Type[V], code reason.Code, goes map[string][]string) yamldoc.Type[V] {
	read := t.Read
	var about []string // the keys that go with some sorts only
	for _, keys := range goes {
		about = append(about, keys...)
	}
	t.Read = func(d *yamldoc.Decoder, n *yamldoc.Node) (V, bool) {
		v, ok := read(d, n)
		for sort, keys := range goes {
			if n.Find(sort) == nil {
				continue
			}
			words := string(code)
			if sort == "interface" { // "an" interface endpoint
				words += ".interface"
			}
			for _, e := range n.Entries {
				if e.Key.Len > 0 && slices.Contains(about, e.Key.Text) && !slices.Contains(keys, e.Key.Text) {
					d.Add(e.Key, page(code), say(words, quote(e.Key.Text), sort).With(here(d)))
				}
			}
		}
		return v, ok
	}
	return t
}
