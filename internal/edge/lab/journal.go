package lab

import (
	"slices"
	"sync"

	"github.com/deguchi-project/deguchi/internal/edge/lab/service"
	"github.com/deguchi-project/deguchi/internal/engine/blueprint"
)

// journal gathers what servers tell.
type journal struct {
	mu       sync.Mutex
	calls    []blueprint.Call
	asked    []blueprint.Question
	refused  []blueprint.Refusal
	metadata []blueprint.Metadatum
}

func (j *journal) call(r service.Record) {
	j.mu.Lock()
	defer j.mu.Unlock()
	name := ""
	if r.Asked.AWS {
		name = r.Asked.Service + "." + r.Asked.Region
	}
	j.calls = append(j.calls, blueprint.Call{
		Time: r.Time, Host: r.Host, Service: name, Endpoint: r.Entry.Endpoint, Verdict: r.Verdict, Context: r.Context, Redirect: r.Redirect,
	})
}

func (j *journal) question(node string, q service.Query) {
	if q.Type != "A" && q.Type != "AAAA" {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if q.Type == "AAAA" && len(q.Addrs) == 0 {
		return // most names have none, and the other question tells
	}
	j.asked = append(j.asked, blueprint.Question{Node: node, Host: q.Name, Addrs: q.Addrs})
}

func (j *journal) refusal(r blueprint.Refusal) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.refused = append(j.refused, r)
}

func (j *journal) metadatum(m blueprint.Metadatum) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.metadata = append(j.metadata, m)
}

// fill moves what was gathered into e.
func (j *journal) fill(e *blueprint.Evidence) {
	j.mu.Lock()
	defer j.mu.Unlock()
	e.Calls, e.Asked, e.Refused, e.Metadata = j.calls, j.asked, j.refused, j.metadata
	j.calls, j.asked, j.refused, j.metadata = nil, nil, nil, nil
}

// answered reports whether somebody has told the end of a request.
func (j *journal) answered() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.refused) > 0 || len(j.calls) > 0 && j.calls[len(j.calls)-1].Redirect == ""
}

// redirect is where S3 sent the client that asked host; empty if nowhere.
func (j *journal) redirect(host string) string {
	j.mu.Lock()
	defer j.mu.Unlock()
	if n := len(j.calls); n > 0 && j.calls[n-1].Host == host {
		return j.calls[n-1].Redirect
	}
	return ""
}

// metadataSoFar are the calls that metadata services got.
func (j *journal) metadataSoFar() []blueprint.Metadatum {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.metadata)
}
