// Package diagnose says what is wrong between a client and AWS: from facts that
// were collected on a machine it runs sixteen checks in the order in which one
// thing causes the next, and each that fails names its cause, the evidence, the
// exact fix for this subject and one command that verifies it.
//
// It collects nothing. The facts come from package probe, which measures on the
// machine it runs on, or from the text that a collector script wrote on another
// one; both are the same Facts. It knows symptoms by their ids in package
// symptom, and what programs make of variables from package noproxy.
package diagnose

import (
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// Status is what a check came to.
type Status string

// The statuses. They are part of the interface: JSON shows them as they stand.
const (
	Good     Status = "ok"
	Warn     Status = "warn" // works here, and fails elsewhere or later
	Fail     Status = "fail"
	Skip     Status = "skip"    // there is nothing to check
	Untested Status = "unknown" // it could not be seen
)

// Finding is what a check has to say: that all is well, or one thing that is
// not.
type Finding struct {
	Status   Status
	Cause    string // the id of a symptom; empty unless something is wrong
	Because  reason.Because
	Evidence []string // what was seen, without secrets
	Fix      reason.Because
	Commands []string // that carry the fix out
	Verify   string   // one command that shows whether it helped
}

// Check is one of the sixteen.
type Check struct {
	ID      string
	Finding           // the first, which caused the others if anything did
	More    []Finding // what else is wrong
}

// Report is the diagnosis of one set of facts.
type Report struct {
	Facts  *facts.Sheet
	Checks []Check
	Causes []string // ids of symptoms, the most causal one first
}

// check is a question. It reports what is wrong, and returns what to say where
// nothing is.
type check struct {
	id  string
	run func(*exam) Finding
}

// checks are the questions, what causes the others first.
var checks = []check{
	{"settings", checkSettings},
	{"values", checkValues},
	{"no-proxy", checkNoProxy},
	{"clock", checkClock},
	{"metadata", checkMetadata},
	{"proxy", checkProxy},
	{"connect", checkConnect},
	{"tls", checkTLS},
	{"answer", checkAnswer},
	{"path", checkPath},
	{"websocket", checkWebSocket},
	{"body", checkBody},
	{"identity", checkIdentity},
	{"ssm-agent", checkAgent},
	{"cloud-init", checkCloudInit},
	{"proxy-side", checkProxySide},
}

// Examine runs the checks on f.
func Examine(f *facts.Sheet) *Report {
	x := newExam(f)
	r := &Report{Facts: f}
	for _, c := range checks {
		x.findings = nil
		rest := c.run(x)
		done := Check{ID: c.id, Finding: rest}
		if len(x.findings) > 0 {
			slices.SortStableFunc(x.findings, func(a, b Finding) int { return rank(a.Status) - rank(b.Status) })
			done.Finding, done.More = x.findings[0], x.findings[1:]
		}
		r.Checks = append(r.Checks, done)
	}
	for _, status := range []Status{Fail, Warn} {
		for _, f := range r.wrong(status) {
			if !slices.Contains(r.Causes, f.Cause) {
				r.Causes = append(r.Causes, f.Cause)
			}
		}
	}
	return r
}

func rank(s Status) int { return slices.Index([]Status{Fail, Warn, Untested, Skip, Good}, s) }

// wrong yields the findings of status in the order of the checks.
func (r *Report) wrong(status Status) []Finding {
	var all []Finding
	for _, c := range r.Checks {
		for _, f := range append([]Finding{c.Finding}, c.More...) {
			if f.Status == status && f.Cause != "" {
				all = append(all, f)
			}
		}
	}
	return all
}

func good(code string, args ...string) Finding {
	return Finding{Status: Good, Because: because(code, args...)}
}

func skip(code string, args ...string) Finding {
	return Finding{Status: Skip, Because: because(code, args...)}
}

func untested(code string, args ...string) Finding {
	return Finding{Status: Untested, Because: because(code, args...)}
}
