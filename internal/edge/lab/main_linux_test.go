package lab_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/deguchi-project/deguchi/internal/cli"
	"github.com/deguchi-project/deguchi/internal/edge/lab"
	"github.com/deguchi-project/deguchi/internal/edge/lab/fabric"
	"github.com/deguchi-project/deguchi/internal/model/topology"
	"github.com/deguchi-project/deguchi/internal/requiretest"
)

var (
	unable error  // why there are no namespaces here
	folder string // that the labs may fill
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-") { // a command: this binary is the program
		os.Exit(cli.Main(context.Background(), cli.Process(), os.Args[1:]))
	}
	if !fabric.Inside() {
		stop := motoOutside()
		code, err := fabric.Again(context.Background(), os.Args[1:], fabric.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
		stop()
		if err == nil {
			os.Exit(code)
		}
		unable = err
	} else if folder, unable = fabric.Settle(); unable != nil {
		fmt.Fprintln(os.Stderr, unable)
	}
	os.Exit(m.Run())
}

// needs skips where there are no namespaces.
func needs(t *testing.T) {
	t.Helper()
	requiretest.That(t, unable == nil, fmt.Sprintf("network namespaces (%v)", unable))
}

var now = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

func parsed(t *testing.T, file string) *topology.Topology {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	top, problems := topology.Parse(file, src, topology.Options{Now: now, Read: beside(file)})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return top
}

// beside reads files by names that are relative to file.
func beside(file string) func(string) ([]byte, error) {
	return func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(filepath.Dir(file), name)) }
}

// opened is a lab of top that ends with the test.
func opened(t *testing.T, top *topology.Topology, o lab.Options) *lab.Lab {
	t.Helper()
	o.Self, o.Dir = []string{"/proc/self/exe"}, folder
	began := time.Now()
	l, err := lab.Open(t.Context(), top, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d nodes stand after %v", len(l.Plan().Nodes), time.Since(began))
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}
