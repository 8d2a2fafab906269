package lab

import (
	"context"
	"errors"
	"os/exec"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/lab/program"
	"github.com/deguchi-project/deguchi/internal/engine/blueprint"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Suite makes the requests of a topology's tests.
type Suite struct {
	Options Options // an empty Engine is our own, or Squid for what our own never does
	Now     time.Time
	// Program makes the request of a test.
	Program func(*topology.Client, topology.Request) program.Program
}

// Trial is one test, as a network saw it.
type Trial struct {
	Test      *topology.Test
	Predicted route.Trace
	// Cannot is why the lab cannot show it; then nothing below is set.
	Cannot  reason.Because
	Engine  Engine
	Nodes   int           // of the network
	Opened  time.Duration // until it stood
	Visit   *Visit
	Differs []route.Difference // from what was predicted
}

// Run tries every test of t, and tells each. A test without changes of its own
// shares its network with the others.
func (s *Suite) Run(ctx context.Context, t *topology.Topology, tell func(*Trial)) (err error) {
	shared := map[Engine]*Lab{}
	defer func() {
		for _, l := range shared {
			err = errors.Join(err, l.Close())
		}
	}()
	for _, test := range t.Tests {
		changed := t
		if !test.Change.IsZero() {
			if changed, _ = t.Apply(test.Change); changed == nil {
				return errors.New("a change of a test that was applied before cannot be applied")
			}
		}
		trial := s.trial(changed, test)
		if trial.Cannot.IsZero() {
			if err := s.try(ctx, changed, trial, shared); err != nil {
				return err
			}
		}
		tell(trial)
	}
	return nil
}

// trial is what is known of test before it is tried.
func (s *Suite) trial(t *topology.Topology, test *topology.Test) *Trial {
	client := t.Client(test.Client)
	trial := &Trial{Test: test, Engine: s.Options.Engine}
	trial.Predicted = route.New(t, route.Options{Now: s.Now}).Trace(client, test.Request)
	trial.Cannot = blueprint.Inexpressible(t, test.Request, &trial.Predicted)
	if trial.Engine == "" {
		trial.Engine = Deguchi
	}
	if trial.Engine == Deguchi && trial.Predicted.Verdict == route.IMDSMisrouted && trial.Cannot.IsZero() {
		switch _, err := exec.LookPath("squid"); {
		case s.Options.Engine == Deguchi:
			trial.Cannot = reason.New("lab.cannot.link-local")
		case err != nil:
			trial.Cannot = reason.New("lab.cannot.squid")
		}
		trial.Engine = Squid
	}
	return trial
}

// try makes the request of trial in a network for t, which is one of shared
// where the test changes nothing.
func (s *Suite) try(ctx context.Context, t *topology.Topology, trial *Trial, shared map[Engine]*Lab) (err error) {
	o := s.Options
	o.Engine = trial.Engine
	o.Requests = append(o.Requests[:len(o.Requests):len(o.Requests)], trial.Test.Request)
	l := shared[trial.Engine]
	if l == nil || !trial.Test.Change.IsZero() {
		began := time.Now()
		if l, err = Open(ctx, t, o); err != nil {
			return err
		}
		trial.Opened = time.Since(began)
		if trial.Test.Change.IsZero() {
			shared[trial.Engine] = l
		} else {
			defer func() { err = errors.Join(err, l.Close()) }()
		}
	}
	trial.Nodes = len(l.plan.Nodes)
	client := t.Client(trial.Test.Client)
	if trial.Visit, err = l.Ask(ctx, client, trial.Test.Request, s.Program(client, trial.Test.Request)); err != nil {
		return err
	}
	if trial.Cannot = blueprint.Unjudged(&trial.Visit.Answer, &trial.Predicted); !trial.Cannot.IsZero() {
		return nil
	}
	trial.Differs = l.plan.Differ(&trial.Visit.Answer, &trial.Predicted)
	return nil
}
