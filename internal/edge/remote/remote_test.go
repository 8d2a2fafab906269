package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestParse(t *testing.T) {
	good := []string{
		"s3://corp-config/deguchi.yaml", "s3://corp-config/a/b/c", "s3://b//k",
		"ssm:///deguchi/exit/configuration", "ssm://deguchi",
		"ssm://arn:aws:ssm:ap-northeast-1:123456789012:parameter/deguchi/exit",
	}
	for _, name := range good {
		if p, err := Parse(name); err != nil || p.String() != name || !Is(name) {
			t.Errorf("Parse(%q) = %q, %v; Is = %v", name, p, err, Is(name))
		}
	}
	for _, name := range []string{"s3://", "s3://bucket", "s3://bucket/", "s3:///key", "ssm://", "ssm:///", "S3://bucket/key", "deguchi.yaml", ""} {
		if p, err := Parse(name); err == nil {
			t.Errorf("Parse(%q) = %q, want an error", name, p)
		}
	}
	for _, name := range []string{"s3", "./s3://x", "deguchi.yaml", "C:\\deguchi.yaml", "-", ""} {
		if Is(name) {
			t.Errorf("Is(%q)", name)
		}
	}
}

// asAWS runs h where the SDK looks for AWS, with nothing else of this machine's
// environment, and proxy variables that lead nowhere.
func asAWS(t *testing.T, h http.HandlerFunc) {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": srv.URL, "AWS_REGION": "ap-northeast-1", "AWS_PROFILE": "", "AWS_CONFIG_FILE": "/nonexistent",
		"AWS_SHARED_CREDENTIALS_FILE": "/nonexistent", "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "very-secret",
		"AWS_SESSION_TOKEN": "very-secret-too", "AWS_EC2_METADATA_DISABLED": "true",
		"HTTP_PROXY": "http://127.0.0.1:1", "http_proxy": "http://127.0.0.1:1", "HTTPS_PROXY": "http://127.0.0.1:1", "NO_PROXY": "", "no_proxy": "",
	} {
		t.Setenv(name, value)
	}
}

func source(t *testing.T, name string) *Source {
	t.Helper()
	p, err := Parse(name)
	if err != nil {
		t.Fatal(err)
	}
	return NewSource(p)
}

// TestObject: an object that has not changed is not sent again.
func TestObject(t *testing.T) {
	text, etag := "version: 1\n", `"e1"`
	var sent, saved int
	asAWS(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.URL.Path != "/corp-config/fleet/deguchi.yaml" || !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/") {
			t.Errorf("%s %s, authorization %q", r.Method, r.URL.Path, r.Header.Get("Authorization"))
		}
		if r.Header.Get("If-None-Match") == etag {
			saved++
			w.WriteHeader(http.StatusNotModified)
			return
		}
		sent++
		w.Header().Set("ETag", etag)
		_, _ = io.WriteString(w, text)
	})
	s := source(t, "s3://corp-config/fleet/deguchi.yaml")
	read := func() Document {
		t.Helper()
		d, err := s.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if d.Name != "s3://corp-config/fleet/deguchi.yaml" || string(d.Text) != text || `"`+d.Version+`"` != etag || time.Since(d.Taken) > time.Minute {
			t.Errorf("Read = %+v", d)
		}
		return d
	}
	first := read()
	if again := read(); !again.Same(first) || again.Taken != first.Taken {
		t.Errorf("unchanged: %+v, want %+v", again, first)
	}
	text, etag = "version: 1 # new\n", `"e2"`
	if changed := read(); changed.Same(first) {
		t.Error("changed: the same")
	}
	if sent != 2 || saved != 1 {
		t.Errorf("sent %d times, saved %d times, want 2 and 1", sent, saved)
	}
}

func TestParameter(t *testing.T) {
	asAWS(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Header.Get("X-Amz-Target") != "AmazonSSM.GetParameter" || !strings.Contains(string(body), `"/deguchi/exit"`) || !strings.Contains(string(body), `"WithDecryption":true`) {
			t.Errorf("%s %s", r.Header.Get("X-Amz-Target"), body)
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		_, _ = io.WriteString(w, `{"Parameter": {"Name": "/deguchi/exit", "Type": "SecureString", "Value": "version: 1\n", "Version": 7}}`)
	})
	d, err := source(t, "ssm:///deguchi/exit").Read(t.Context())
	if err != nil || d.Name != "ssm:///deguchi/exit" || d.Version != "7" || string(d.Text) != "version: 1\n" {
		t.Errorf("Read = %+v, %v", d, err)
	}
}

// A parameter that is deleted and written anew begins with version 1 again.
func TestSame(t *testing.T) {
	a := Document{Name: "ssm://a", Version: "1", Text: []byte("a"), Taken: time.Unix(1, 0)}
	b := a
	b.Text = []byte("b")
	later := a
	later.Taken = time.Unix(2, 0)
	if a.Same(b) || !a.Same(later) || a.Same(Document{}) {
		t.Errorf("Same: other text %v, read later %v, nothing %v", a.Same(b), a.Same(later), a.Same(Document{}))
	}
}

// TestWhy: what AWS says becomes a reason that a person can act on, without
// anything that is secret.
func TestWhy(t *testing.T) {
	const object, parameter = "s3://corp-config/deguchi.yaml", "ssm:///deguchi"
	s3Error := func(status int, code string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code><Message>said AWS</Message></Error>", code)
		}
	}
	ssmError := func(code string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/x-amz-json-1.1")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprintf(w, `{"__type": "%s", "message": "said AWS"}`, code)
		}
	}
	cases := map[string]struct {
		place string
		h     http.HandlerFunc
		want  reason.Code
	}{
		"no such key":        {object, s3Error(404, "NoSuchKey"), "remote.missing"},
		"no such bucket":     {object, s3Error(404, "NoSuchBucket"), "remote.missing"},
		"not for this role":  {object, s3Error(403, "AccessDenied"), "remote.denied"},
		"another region":     {object, s3Error(301, "PermanentRedirect"), "remote.elsewhere"},
		"no such parameter":  {parameter, ssmError("ParameterNotFound"), "remote.missing"},
		"not for this role ": {parameter, ssmError("AccessDeniedException"), "remote.denied"},
		"something else":     {parameter, ssmError("InternalServerError"), "remote.failed"},
		"larger than a file may be": {object, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(make([]byte, yamldoc.MaxBytes+1))
		}, "remote.too-large"},
		"cut short": {object, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "version: 1\n")
		}, "remote.failed"},
		"without end": {parameter, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/x-amz-json-1.1")
			_, _ = io.WriteString(w, `{"Parameter": {"Value": "`)
			for range maxAnswer>>20 + 1 {
				_, _ = w.Write([]byte(strings.Repeat("x", 1<<20)))
			}
			_, _ = io.WriteString(w, `"}}`)
		}, "remote.too-large"},
		"no parameter in it": {parameter, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/x-amz-json-1.1")
			_, _ = io.WriteString(w, `{}`)
		}, "remote.failed"},
	}
	for why, c := range cases {
		t.Run(why, func(t *testing.T) {
			asAWS(t, c.h)
			t.Setenv("AWS_MAX_ATTEMPTS", "1") // what is set in the code counts: see TestAttempts
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			d, err := source(t, c.place).Read(ctx)
			e, ok := errors.AsType[*Error](err)
			if !ok || e.Why.Code != c.want || !strings.Contains(e.Error(), c.place) || strings.Contains(e.Error(), "very-secret") {
				t.Errorf("Read = %.40q, %v, want %s", d.Text, err, c.want)
			}
		})
	}
}

func TestWhyNobodyAnswers(t *testing.T) {
	asAWS(t, nil)
	t.Setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
	_, err := source(t, "s3://corp-config/deguchi.yaml").Read(t.Context())
	if e, ok := errors.AsType[*Error](err); !ok || e.Why.Code != "remote.unreachable" || !strings.Contains(e.Error(), "refused") {
		t.Errorf("Read = %v, want remote.unreachable", err)
	}
	t.Setenv("AWS_REGION", "")
	t.Setenv("AWS_DEFAULT_REGION", "")
	_, err = source(t, "s3://corp-config/deguchi.yaml").Read(t.Context())
	if e, ok := errors.AsType[*Error](err); !ok || e.Why.Code != "remote.no-region" {
		t.Errorf("without a region: Read = %v, want remote.no-region", err)
	}
}

// TestWaitsNoLonger: who stops asking is not kept.
func TestWaitsNoLonger(t *testing.T) {
	asked, over := make(chan struct{}, 10), make(chan struct{})
	asAWS(t, func(http.ResponseWriter, *http.Request) { asked <- struct{}{}; <-over })
	defer close(over)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-asked; cancel() }()
	_, err := source(t, "s3://corp-config/deguchi.yaml").Read(ctx)
	if e, ok := errors.AsType[*Error](err); !ok || e.Why.Code != "remote.late" {
		t.Errorf("Read = %v, want remote.late", err)
	}
}

// TestAttempts: an answer that may be better the next time is asked for again,
// and not for ever.
func TestAttempts(t *testing.T) {
	var n atomic.Int32
	asAWS(t, func(w http.ResponseWriter, _ *http.Request) { n.Add(1); w.WriteHeader(http.StatusServiceUnavailable) })
	if _, err := source(t, "s3://corp-config/deguchi.yaml").Read(t.Context()); err == nil || n.Load() != attempts {
		t.Errorf("%d attempts, want %d; %v", n.Load(), attempts, err)
	}
}
