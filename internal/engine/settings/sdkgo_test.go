package settings

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// goAsker prints what the generated package's client takes for the proxy of each
// URL.
const goAsker = `package main

import (
	"fmt"
	"net/http"
	"os"

	"github.com/deguchi-project/deguchi/internal/engine/settings/sdkgo/deguchiproxy"
)

func main() {
	transport := deguchiproxy.Client().GetTransport()
	for _, url := range os.Args[1:] {
		r, err := http.NewRequest(http.MethodGet, url, nil)
		if err != nil {
			panic(err)
		}
		proxy, err := transport.Proxy(r)
		if err != nil {
			panic(err)
		}
		if proxy == nil {
			fmt.Println("direct")
			continue
		}
		password, _ := proxy.User.Password()
		fmt.Printf("%s %q %q\n", proxy.Host, proxy.User.Username(), password)
	}
}
`

// TestGoAsks builds what is written for the AWS SDK for Go with that SDK, and
// asks it for the way of requests.
func TestGoAsks(t *testing.T) {
	notShort(t)
	q := full(t)
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	code := filepath.Join(here, "sdkgo")
	overlay := encodedJSON(t, map[string]map[string]string{"Replace": {
		filepath.Join(code, "main.go"):                         written(t, "main.go", goAsker),
		filepath.Join(code, "deguchiproxy", "deguchiproxy.go"): written(t, "deguchiproxy.go", ask(t, "sdk-go", AL2023).Files[0].Content),
	}})
	program := filepath.Join(t.TempDir(), "ask")
	build := exec.CommandContext(t.Context(), requiretest.Program(t, "go"), "build", "-overlay", written(t, "overlay.json", overlay), "-o", program, "./sdkgo")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	out := run(t, []string{"HTTPS_PROXY=http://other.example:1"}, program, append(append([]string{}, goDirect...), goByProxy...)...)
	want := strings.Repeat("direct\n", len(goDirect)) +
		strings.Repeat(`proxy.example:3128 `+strconv.Quote(q.Proxy.User)+" "+strconv.Quote(q.Proxy.Password)+"\n", len(goByProxy))
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(out, "\n")); diff != "" {
		t.Errorf("ways of %q and %q (-want +got):\n%s", goDirect, goByProxy, diff)
	}
}
