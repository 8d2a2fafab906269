package fabric_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/deguchi-project/deguchi/internal/edge/lab/fabric"
	"github.com/deguchi-project/deguchi/internal/engine/blueprint"
	"github.com/deguchi-project/deguchi/internal/model/topology"
	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// unable is why there are no namespaces here.
var unable error

func TestMain(m *testing.M) {
	if !fabric.Inside() {
		code, err := fabric.Again(context.Background(), os.Args[1:], fabric.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
		if err == nil {
			os.Exit(code)
		}
		unable = err
	} else if _, err := fabric.Settle(); err != nil {
		unable = err
	}
	os.Exit(m.Run())
}

// storyB is a topology with a bit of everything that B needs.
func topologyOf(t *testing.T, file string) *topology.Topology {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	top, problems := topology.Parse(file, src, topology.Options{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return top
}

func TestBuild(t *testing.T) {
	requiretest.That(t, unable == nil, fmt.Sprintf("network namespaces (%v)", unable))
	top := topologyOf(t, "../../../../examples/story-b-ten-routes.yaml")
	plan := blueprint.New(top, blueprint.Options{})
	began := time.Now()
	f, err := fabric.Build(plan)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	t.Logf("%d nodes in %v", len(plan.Nodes), time.Since(began))
	ln, err := f.Listen(plan.Node("vpce:osaka/s3-client-side"), "tcp", ":443")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			fmt.Fprintf(c, "you are %s, this is %s", c.RemoteAddr(), c.LocalAddr())
			c.Close()
		}
	}()
	to, _ := plan.Public("osaka-bucket.s3.ap-northeast-3.amazonaws.com", false)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	c, err := f.Dial(ctx, plan.Node("client:ec2-osaka-excluded"), net.JoinHostPort(to.String(), "443"), nil)
	counters, err2 := f.Counters()
	for _, n := range counters {
		t.Log(n)
	}
	for _, s := range f.Sightings() {
		t.Log(s.Time.Format("05.000000"), s.Node, s.Port, s.Out, s.From, s.To)
	}
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	if again, err := f.CountersAfter(unix.EBUSY); err != nil || len(again) < len(counters) {
		t.Errorf("on new sockets: %d counters of %d, %v", len(again), len(counters), err)
	}
	b, err := io.ReadAll(c)
	t.Logf("%s %v", b, err)
}
