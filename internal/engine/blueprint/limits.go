package blueprint

import (
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Beyond what a network can show.
const (
	cannotUnknown = reason.Code("lab.cannot.unknown")
	cannotPolicy  = reason.Code("lab.cannot.policy")
	cannotIdle    = reason.Code("lab.cannot.idle")
	cannotMirror  = reason.Code("lab.cannot.mirror")
)

// Inexpressible returns why a network cannot show what is predicted of a request
// through t; zero if it can.
func Inexpressible(t *topology.Topology, q topology.Request, predicted *route.Trace) reason.Because {
	switch {
	case predicted.Verdict == route.Unknown:
		return reason.New(cannotUnknown).With(predicted.Because)
	case unknownPolicy(t, predicted):
		return reason.New(cannotPolicy)
	case q.Idle.Is():
		return reason.New(cannotIdle)
	}
	return reason.Because{}
}

// Unjudged returns why what a network saw says nothing about the prediction;
// zero if it does.
func Unjudged(seen *Answer, predicted *route.Trace) reason.Because {
	switch {
	case seen.Verdict == route.Unknown: // AWS itself has nothing to judge by
		return reason.New(cannotPolicy)
	case seen.Verdict == route.Reached && saidBy(predicted.Because, "route.back.other"):
		return reason.New(cannotMirror)
	}
	return reason.Because{}
}

// unknownPolicy reports whether the request meets a policy that is written as
// unknown.
func unknownPolicy(t *topology.Topology, predicted *route.Trace) bool {
	if e := predicted.Endpoint; e != nil && e.Policy.State == topology.Unknown {
		return true
	}
	b := t.Bucket(predicted.Asked.Bucket)
	return b != nil && b.Policy.State == topology.Unknown
}

// saidBy reports whether code is because's or one of its parts'.
func saidBy(because reason.Because, code reason.Code) bool {
	if because.Code == code {
		return true
	}
	for _, part := range because.Parts {
		if saidBy(part, code) {
			return true
		}
	}
	return false
}

// Differ returns in which fields what a network saw is not what was predicted.
// What the prediction leaves open, any value fills.
func (p *Plan) Differ(seen *Answer, predicted *route.Trace) []route.Difference {
	want := topology.Expect{
		Verdict: string(predicted.Verdict), Path: predicted.Path(), Endpoint: predicted.Crossed(), DNS: predicted.DNS,
		Credentials: topology.Setting[string]{V: predicted.Credentials, State: topology.Written}, Redirect: predicted.Redirect,
	}
	for _, k := range predicted.Context {
		if k.Value != "unknown" && len(seen.Context) > 0 {
			want.Context = append(want.Context, topology.Condition{Key: k.Name, Value: k.Value})
		}
	}
	return route.Compare(p.Trace(seen), &want)
}
