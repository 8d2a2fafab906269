// Package probe collects facts on the machine it runs on: what the subject's
// settings are and where they come from, and, phase by phase, how far one gets
// on each way to AWS. What the facts mean, package diagnose decides.
//
// It contacts what the plan announced and nothing else: its one dialer refuses
// every other address. It signs nothing unless the plan says so, changes nothing, and
// every wait has a limit. Values with secrets are redacted as they are read.
package probe

import (
	"context"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// World is what a probe may touch. Here is the real one.
type World struct {
	OS      string
	Root    fs.FS // of the files: "/"
	Environ []string
	Home    string
	Now     func() time.Time
	Lookup  func(ctx context.Context, name string) ([]netip.Addr, error)
	Dial    func(ctx context.Context, address string) (net.Conn, error) // address:port
}

// Here is the world of this process.
func Here(goos string) World {
	home, _ := os.UserHomeDir() // without one there are no files of the user's to read
	root := os.DirFS("/")
	if goos == "windows" {
		root = drives{}
	}
	return World{
		OS: goos, Root: root, Environ: os.Environ(), Home: home, Now: time.Now,
		Lookup: func(ctx context.Context, name string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", name)
		},
		Dial: func(ctx context.Context, address string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "tcp", address)
		},
	}
}

// drives is the file system of Windows: its paths begin with a drive.
type drives struct{}

// Open opens a file.
func (drives) Open(name string) (fs.File, error) { return os.Open(filepath.FromSlash(name)) }

// Limits are the longest that each phase may take.
type Limits struct {
	Resolve, Dial, Connect, TLS, Request, Metadata time.Duration
	Idle                                           time.Duration // how long a WebSocket is left alone; 0: not tried
}

// Usual are limits under which a healthy way never fails, and which are shorter
// than those of the programs whose place is taken here. Connect is longer than
// the connect_timeout of a Deguchi, which answers within it.
var Usual = Limits{
	Resolve: 3 * time.Second, Dial: 3 * time.Second, Connect: 10 * time.Second,
	TLS: 5 * time.Second, Request: 10 * time.Second, Metadata: time.Second,
}

// atOnce is how many attempts are under way at a time.
const atOnce = 8

// Run carries plan out and adds what came of it to f. waiting is called every
// two seconds with what is still under way.
func Run(ctx context.Context, w World, l Limits, f *facts.Sheet, plan diagnose.Plan, waiting func([]diagnose.Errand)) {
	p := &prober{World: w, limits: l, allowed: map[string]bool{}, pools: pools(w, f)}
	for _, address := range plan.Addresses() {
		p.allowed[address] = true
	}
	attempts := make([]facts.Attempt, len(plan.Errands))
	under := newUnderWay(waiting)
	defer under.end()
	slots := make(chan struct{}, atOnce)
	var wg sync.WaitGroup
	for i, e := range plan.Errands {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			defer under.begin(e)()
			attempts[i] = p.attempt(ctx, e)
		})
	}
	wg.Wait()
	f.Attempts = append(f.Attempts, attempts...)
}

// underWay tells, every two seconds, what one is waiting for.
type underWay struct {
	mu      sync.Mutex
	errands map[int]diagnose.Errand
	next    int
	done    chan struct{}
	ended   sync.WaitGroup
}

// patience is how long nothing need be said.
const patience = 2 * time.Second

func newUnderWay(waiting func([]diagnose.Errand)) *underWay {
	u := &underWay{errands: map[int]diagnose.Errand{}, done: make(chan struct{})}
	if waiting == nil {
		return u
	}
	u.ended.Go(func() {
		tick := time.NewTicker(patience)
		defer tick.Stop()
		for {
			select {
			case <-u.done:
				return
			case <-tick.C:
				waiting(u.now())
			}
		}
	})
	return u
}

func (u *underWay) now() []diagnose.Errand {
	u.mu.Lock()
	defer u.mu.Unlock()
	var all []diagnose.Errand
	for i := range u.next {
		if e, ok := u.errands[i]; ok {
			all = append(all, e)
		}
	}
	return all
}

// begin notes an errand; what it returns ends it.
func (u *underWay) begin(e diagnose.Errand) func() {
	u.mu.Lock()
	defer u.mu.Unlock()
	n := u.next
	u.next++
	u.errands[n] = e
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		delete(u.errands, n)
	}
}

func (u *underWay) end() {
	close(u.done)
	u.ended.Wait()
}
