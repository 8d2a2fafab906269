package cli

import (
	"bytes"
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/model/config"
)

// TestConfigDefault: what the command prints is what serve reads without -c.
func TestConfigDefault(t *testing.T) {
	name, used, err := (&session{}).configSource("")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	env := Env{Stdout: &out, Stderr: &out, Getenv: func(string) string { return "" }}
	if exit := Main(context.Background(), env, []string{"config", "default"}); exit != ExitOK {
		t.Fatalf("config default exits with %d:\n%s", exit, out.String())
	}
	if name != config.DefaultFile || !bytes.Equal(used, out.Bytes()) {
		t.Errorf("serve without -c reads %s:\n%s", name, cmp.Diff(out.String(), string(used)))
	}
}
