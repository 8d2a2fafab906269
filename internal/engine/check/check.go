// Package check finds what is wrong, or will surprise, in a topology that is
// sound as a file: a gateway endpoint that bends the proxy's requests, an
// exception that leads nowhere, a list that limits nothing. One file holds one
// check, named as what it finds, and says where that is known from.
//
// A check speaks only of what the file tells. What is not written is taken as
// the format says; what is written as unknown is passed over.
//
// It does not say which way one request goes (package route), and it proposes
// no change (package fix).
package check

import (
	"cmp"
	"slices"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/config"
	"github.com/deguchi-project/deguchi/internal/model/topology"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// checks are all that Topology makes, by what they are about: clients, proxies,
// load balancers, endpoints and names, networks, policies.
var checks = []func(*finder){
	metadataByProxy, ignoredEntry, unreadVariable, deafProgram, exclusionWithoutRoute, proxyOutOfReach,
	awsSuffixList, sourceListBehindNLB, halfSessionManager, retiredService, roleGivenAway,
	albBeforeProxy, proxyProtocolOnOneSide, oneZone, keepaliveAboveIdle, hairpin, zoneWithoutTarget,
	gatewayBesideProxy, gatewayBeyondProxy, twoGateways, gatewayOverruled,
	endpointGroup, endpointNotConnected, endpointInsteadOfProxy,
	privateDNSOff, unseenPrivateDNS, inboundOnly, zoneForwardedWhole, plusTwo, hiddenNames,
	aclWithoutAnswers, overlappingRanges, addressOutside, wrongFamily, noPublicAddress, deadEnd,
	gatewayPrincipal, agentBuckets, perimeter, pinWithoutRoute, danglingName, sparedWithoutAccount, patternOfID,
}

// Topology returns what is wrong with t as of now, in the order of the file.
func Topology(t *topology.Topology, now time.Time) []diag.Problem {
	f := &finder{t: t, asked: newShadow(t, now)}
	for _, check := range checks {
		check(f)
	}
	return sorted(f.problems)
}

// sorted brings problems into the order of the file, the worst of those that
// one check found at one place alone.
func sorted(problems []diag.Problem) []diag.Problem {
	slices.SortStableFunc(problems, func(a, b diag.Problem) int { return cmp.Compare(a.Severity, b.Severity) })
	diag.Sort(problems)
	return slices.CompactFunc(problems, func(a, b diag.Problem) bool { return a.Pos == b.Pos && a.Code == b.Code })
}

// Config returns what is wrong with cfg that is no matter of one rule or value:
// what its rules come to together.
func Config(cfg *config.Config) []diag.Problem { return listsAsAlternatives(cfg) }

// finder collects what is found in one topology.
type finder struct {
	t        *topology.Topology
	asked    *shadow
	problems []diag.Problem
}

// fail reports what will not work, warn what works and surprises, note what is
// worth knowing.
func (f *finder) fail(at path, summary reason.Because) *diag.Problem {
	return f.add(diag.Error, at, summary)
}

func (f *finder) warn(at path, summary reason.Because) *diag.Problem {
	return f.add(diag.Warning, at, summary)
}

func (f *finder) note(at path, summary reason.Because) *diag.Problem {
	return f.add(diag.Note, at, summary)
}

// add reports a problem at what at leads to. The first six letters of its words
// are its code.
func (f *finder) add(severity diag.Severity, at path, summary reason.Because) *diag.Problem {
	p := diag.Problem{Code: string(summary.Code)[:len("DG3101")], Severity: severity, Summary: summary}
	if n := f.t.At(at...); n != nil {
		p.Pos, p.Len = n.Pos, n.Len
	}
	f.problems = append(f.problems, p)
	return &f.problems[len(f.problems)-1]
}

// addAt reports a problem at a text of the file.
func (f *finder) addAt(severity diag.Severity, at yamldoc.At[string], summary reason.Because) *diag.Problem {
	p := f.add(severity, nil, summary)
	p.Pos, p.Len = at.Pos, at.Len
	return p
}

// say is words of the catalogue.
var say = reason.New

// quote quotes what a user wrote.
var quote = yamldoc.Quote
