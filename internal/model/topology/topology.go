// Package topology is a topology file as its author wrote it, checked: clients,
// sites, VPCs, endpoints, links, load balancers, proxies, buckets and tests as
// typed, positioned values whose names are resolved, with every problem at once.
//
// It keeps what is written, what is not, and what is written as unknown apart
// (see Setting). It decides nothing: which way a request goes is the business of
// package route, what a policy says that of package iampolicy.
//
// A Topology is immutable once Parse or Apply has returned it, and does not
// depend on the order of the maps in the file: its lists are sorted by name.
package topology

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/model/policy"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// Topology is one file, or one file with a change applied.
type Topology struct {
	File     string // as given by the user
	Title    string
	Accounts []*Account // with Main and AWS, which always exist
	Sites    []*Site
	VPCs     []*VPC
	Links    []*Link
	NLBs     []*NLB
	Services []*Service
	Proxies  []*Proxy
	Clients  []*Client
	Buckets  []*Bucket
	Tests    []*Test // in the order of the file

	root    *yamldoc.Node
	options Options
}

// Options is what a file needs of the world.
type Options struct {
	// Read returns the content of a proxy's config, which name is relative to
	// the topology's file. If it is nil, no config can be read.
	Read func(name string) ([]byte, error)
	// Now is for the rules of configs that are past their until.
	Now time.Time
}

// State says how a value came about.
type State uint8

// The states.
const (
	NotWritten State = iota
	Written
	Unknown // written as "unknown"
)

// Setting is a value that a file may leave out. V is the default if it is not
// written, and means nothing if it is unknown.
type Setting[V any] struct {
	V     V
	State State
	Pos   diag.Pos // where it is written; zero if it is not
}

// Is reports whether s is written and known.
func (s Setting[V]) Is() bool { return s.State == Written }

// Account is an AWS account.
type Account struct {
	Name string
	ID   Setting[string]
	Org  Setting[string]
	Pos  diag.Pos // zero for the accounts that exist by themselves
}

// The accounts that always exist.
const (
	Main = "main"
	AWS  = "aws" // owner of AWS-owned buckets
)

// Site is an on-premises network or another cloud.
type Site struct {
	Name     string
	CIDR     netip.Prefix
	Internet Setting[bool]
	PublicIP Setting[netip.Addr]
	DNS      SiteDNS
	Pos      diag.Pos
}

// SiteDNS is what the servers of a site resolve.
type SiteDNS struct {
	Public     Setting[bool]
	ProxyNames Setting[bool]
	Forward    []SiteForward
}

// SiteForward is a zone that is sent to a VPC: to an inbound endpoint of its
// resolver, or to its +2 address, which never answers from outside.
type SiteForward struct {
	Zone    string // without dots at the ends; "" is every name
	VPC     *VPC
	Inbound bool
	Pos     diag.Pos
}

// Bucket is an S3 bucket.
type Bucket struct {
	Name    string
	Region  string
	Account Setting[*Account]
	Policy  Setting[policy.Policy]
	Pos     diag.Pos
}

// Account returns the account called name, or nil.
func (t *Topology) Account(name string) *Account {
	return find(t.Accounts, name, func(a *Account) string { return a.Name })
}

// Site returns the site called name, or nil.
func (t *Topology) Site(name string) *Site {
	return find(t.Sites, name, func(s *Site) string { return s.Name })
}

// VPC returns the VPC called name, or nil.
func (t *Topology) VPC(name string) *VPC {
	return find(t.VPCs, name, func(v *VPC) string { return v.Name })
}

// Link returns the link called name, or nil.
func (t *Topology) Link(name string) *Link {
	return find(t.Links, name, func(l *Link) string { return l.Name })
}

// NLB returns the load balancer called name, or nil.
func (t *Topology) NLB(name string) *NLB {
	return find(t.NLBs, name, func(n *NLB) string { return n.Name })
}

// Service returns the endpoint service called name, or nil.
func (t *Topology) Service(name string) *Service {
	return find(t.Services, name, func(s *Service) string { return s.Name })
}

// Proxy returns the proxy called name, or nil.
func (t *Topology) Proxy(name string) *Proxy {
	return find(t.Proxies, name, func(p *Proxy) string { return p.Name })
}

// Client returns the client called name, or nil.
func (t *Topology) Client(name string) *Client {
	return find(t.Clients, name, func(c *Client) string { return c.Name })
}

// Bucket returns the bucket called name, or nil if it is not listed.
func (t *Topology) Bucket(name string) *Bucket {
	return find(t.Buckets, name, func(b *Bucket) string { return b.Name })
}

// find looks name up in values, which are sorted by name.
func find[V any](values []*V, name string, of func(*V) string) *V {
	i, ok := slices.BinarySearchFunc(values, name, func(v *V, name string) int { return cmp.Compare(of(v), name) })
	if !ok {
		return nil
	}
	return values[i]
}
