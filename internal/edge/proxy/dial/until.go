package dial

import (
	"context"
	"sync"
	"time"
)

// Until is a context that ends at a time, or with a call of End. Package net keeps to
// its deadline by the runtime's poller; for a context of package context it would
// start a timer beside every dial.
type Until struct {
	context.Context
	time  time.Time
	mu    sync.Mutex
	ended bool
	after map[*func()]struct{} // what is called at the end
}

// NewUntil returns a context that ends at t at the latest.
func NewUntil(t time.Time) *Until { return &Until{Context: context.Background(), time: t} }

// End ends u now, and all that is done for it.
func (u *Until) End() {
	u.mu.Lock()
	after := u.after
	u.ended, u.after = true, nil
	u.mu.Unlock()
	for f := range after {
		(*f)()
	}
}

// Ended reports whether u was ended by End.
func (u *Until) Ended() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.ended
}

// Deadline returns the time at which u ends.
func (u *Until) Deadline() (time.Time, bool) { return u.time, true }

// Err says whether u has ended, and by what.
func (u *Until) Err() error {
	switch {
	case u.Ended():
		return context.Canceled
	case !time.Now().Before(u.time):
		return context.DeadlineExceeded
	}
	return nil
}

// never is a channel that nobody closes.
var never = sync.OnceValue(func() <-chan struct{} { return make(chan struct{}) })

// Done is not nil, or package net would take no notice of the deadline; but only
// AfterFunc tells of an End.
func (u *Until) Done() <-chan struct{} { return never() }

// AfterFunc has f called by End (see context.AfterFunc). f must not wait.
func (u *Until) AfterFunc(f func()) (stop func() bool) {
	if !u.put(&f) {
		f()
		return func() bool { return false }
	}
	return func() bool {
		u.mu.Lock()
		defer u.mu.Unlock()
		_, waiting := u.after[&f]
		delete(u.after, &f)
		return waiting
	}
}

// put notes f, unless u has ended.
func (u *Until) put(f *func()) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.ended {
		return false
	}
	if u.after == nil {
		u.after = map[*func()]struct{}{}
	}
	u.after[f] = struct{}{}
	return true
}
