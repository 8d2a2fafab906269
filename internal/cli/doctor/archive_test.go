package doctor

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// unpack returns all that an archive holds.
func unpack(t *testing.T, name string) string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	files := tar.NewReader(z)
	for {
		head, err := files.Next()
		if errors.Is(err, io.EOF) {
			return all.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString("== " + head.Name + "\n")
		if _, err := io.Copy(&all, files); err != nil {
			t.Fatal(err)
		}
	}
}

// TestArchive reads the facts of an archive as "doctor read" does.
func TestArchive(t *testing.T) {
	w := newWorld(t)
	name := t.TempDir() + "/support.tar.gz"
	causes(t, w, w.healthy("http://"+serve(t, says(squid403)(w))), Question{Archive: name})
	all := unpack(t, name)
	_, text, ok := strings.Cut(all, "== deguchi-doctor/facts.txt\n")
	text, rest, found := strings.Cut(text, "== deguchi-doctor/report.json\n")
	if !ok || !found || !strings.Contains(rest, "== deguchi-doctor/report.txt\n") {
		t.Fatalf("the archive holds:\n%s", all)
	}
	f, err := facts.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if r := diagnose.Examine(f); len(r.Causes) == 0 || r.Causes[0] != "proxy-403" {
		t.Errorf("read again, the causes are %q", r.Causes)
	}
	if stat, err := os.Stat(name); err != nil || stat.Mode().Perm() != 0o600 {
		t.Errorf("mode of the archive: %v, %v", stat.Mode(), err)
	}
}

// wantsPassword is a proxy that opens the way with any password, and tells it.
func (w *world) wantsPassword(sent chan<- string) func(net.Conn) {
	return func(c net.Conn) {
		br := bufio.NewReader(c)
		req, err := http.ReadRequest(br)
		if err != nil {
			return
		}
		password := req.Header.Get("Proxy-Authorization")
		sent <- password
		if password == "" {
			_, _ = io.WriteString(c, "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"corp\"\r\nContent-Length: 0\r\n\r\n")
			return
		}
		_, _ = io.WriteString(c, established)
		toward(w.aws)(c, br, req)
	}
}

func TestExplain(t *testing.T) {
	var out bytes.Buffer
	c := &Clinic{In: strings.NewReader("Failed to connect to proxy URL: \"http://user:hunter2@proxy.corp.example:3128\"\n"), Out: &out}
	wrong, err := c.Explain()
	if err != nil || !wrong {
		t.Fatalf("Explain = %v, %v", wrong, err)
	}
	if strings.Contains(out.String(), "hunter2") {
		t.Errorf("the explanation shows the password that was pasted:\n%s", out.String())
	}
	for _, want := range []string{"proxy-refused", "proxy-407", "cannot be told apart without", "deguchi doctor --proxy http://user:***@proxy.corp.example:3128"} {
		if !strings.Contains(strings.Join(strings.Fields(out.String()), " "), want) {
			t.Errorf("the explanation lacks %q:\n%s", want, out.String())
		}
	}
}

// TestCureWithoutPassword: commands in which the password is hidden must not be
// run as they stand, and say so.
func TestCureWithoutPassword(t *testing.T) {
	f := diagnose.Finding{Commands: []string{"export http_proxy='http://user:***@proxy:3128'"}}
	for lang, want := range map[reason.Lang]string{reason.English: "password in place of ***", reason.Japanese: "パスワード"} {
		if got := (&Clinic{Lang: lang}).cure(f); !strings.Contains(got, want) {
			t.Errorf("cure in language %v = %q, want %q in it", lang, got, want)
		}
	}
	f.Commands[0] = "export http_proxy='http://proxy:3128'"
	if got := (&Clinic{}).cure(f); got != "" {
		t.Errorf("cure without a password = %q", got)
	}
}

// TestOnlyGETs: a server of a customer's is asked for what was named, and sent
// nothing on which it could act.
func TestOnlyGETs(t *testing.T) {
	for _, target := range []string{"https://intranet.example/report", "https://abc123.execute-api.ap-northeast-1.amazonaws.com/prod", bucket} {
		w := newWorld(t)
		methods := make(chan string, 100)
		proxy := serve(t, tunnels(inside(w.ca, func(r *http.Request) string {
			methods <- r.Method + " " + r.URL.Path
			return fromAWS(r)
		})))
		causes(t, w, w.healthy("http://"+proxy), Question{Wants: []string{target}})
		close(methods)
		asked := 0
		for m := range methods {
			asked++
			if !strings.HasPrefix(m, http.MethodGet+" ") {
				t.Errorf("%s was sent %s", target, m)
			}
		}
		if asked == 0 {
			t.Errorf("%s was not asked at all", target)
		}
	}
}
