package facts

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// everything is facts with something in every field.
func everything() *Sheet {
	return &Sheet{
		Tool: "deguchi 1.0", Time: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC), Machine: "web-1", OS: "linux", Release: "Amazon Linux 2023",
		EC2: Yes, Container: No, Subject: Subject{Unit, "app.service"}, Programs: []string{"go", "botocore"}, Region: "ap-northeast-1",
		Proxy: "http://proxy.example:3128", Targets: []string{"https://sts.ap-northeast-1.amazonaws.com/"}, Contacts: []string{"proxy.example:3128"},
		Sources: []Source{
			{Form: Environ, Name: "/proc/812/environ", Lines: []string{"https_proxy=http://proxy.example:3128", "no_proxy="}},
			{Form: UnitFile, Name: "/etc/systemd/system/app.service.d/a b.conf", Err: "permission denied"},
			{Form: Profile, Name: "/etc/profile.d/日本.sh", Lines: []string{"3:export no_proxy='日本'"}},
		},
		Attempts: []Attempt{{
			Way: ByProxy, URL: "https://sts.ap-northeast-1.amazonaws.com/", Proxy: "http://proxy.example:3128", At: time.Unix(1795334400, 0).UTC(),
			Steps: []Step{
				{Phase: Resolve, Outcome: OK, TookMS: 3, Detail: "10.0.0.5 10.0.1.5"},
				{Phase: Connect, Outcome: Answered, TookMS: 12, Detail: "403 Forbidden", Fields: []string{"Server: squid/5.7"}, Body: "<html>\nno\n</html>"},
			},
		}},
	}
}

func TestText(t *testing.T) {
	var b bytes.Buffer
	if err := everything().Write(&b); err != nil {
		t.Fatal(err)
	}
	got, err := Parse(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(everything(), got); diff != "" {
		t.Errorf("written and read again (-want +got):\n%s\n%s", diff, b.String())
	}
}

// TestTextOfPowerShell is what a redirection on Windows makes of it.
func TestTextOfPowerShell(t *testing.T) {
	text := "deguchi-facts 1\r\nmachine WEB-1\r\nsource windows service\r\n  : http_proxy=http://p:3128\r\nend\r\n"
	var wide bytes.Buffer
	wide.WriteString("\xff\xfe")
	for _, r := range text {
		wide.Write([]byte{byte(r), 0})
	}
	for why, in := range map[string]string{"bytes": text, "with a mark": "\xef\xbb\xbf" + text, "UTF-16": wide.String()} {
		f, err := Parse([]byte(in))
		if err != nil || f.Machine != "WEB-1" || len(f.Sources) != 1 || f.Sources[0].Lines[0] != "http_proxy=http://p:3128" {
			t.Errorf("%s: %+v, %v", why, f, err)
		}
	}
}

func TestTextThatIsNone(t *testing.T) {
	for why, in := range map[string]string{
		"nothing":         "",
		"something else":  "#!/bin/sh\n",
		"half an attempt": heading + "\nattempt proxy https://a/\n  step connect\n",
		"no number":       heading + "\nattempt proxy https://a/\n  step connect ok soon\n",
		"too much":        heading + strings.Repeat("\n", MaxText),
	} {
		if f, err := Parse([]byte(in)); err == nil {
			t.Errorf("%s: Parse = %+v, want an error", why, f)
		}
	}
}

// TestTextThatWasCut: half a fact is none, and that something is missing is
// said.
func TestTextThatWasCut(t *testing.T) {
	whole := heading + "\nmachine a\nsource pem AWS_CA_BUNDLE=/ca.pem\n  : certificates 3\nattempt proxy https://a/\n  step connect ok 1 x\nend\n"
	for why, tt := range map[string]struct {
		upTo              string
		sources, attempts int
		cut               bool
	}{
		"not at all":             {"end\n", 1, 1, false},
		"before the last line":   {"step connect ok 1 x\n", 1, 0, true},
		"within a line":          {"step connect ok", 1, 0, true},
		"within a source":        {"ca.pem\n", 0, 0, true},
		"before there was any":   {"machine a\n", 0, 0, true},
		"within a value":         {"pem AWS_CA_", 0, 0, true},
		"within the last line":   {"1 x\nen", 1, 0, true},
		"in the middle of a key": {"  ste", 1, 0, true},
	} {
		before, _, ok := strings.Cut(whole, tt.upTo)
		if !ok {
			t.Fatalf("%s: %q is nowhere", why, tt.upTo)
		}
		f, err := Parse([]byte(before + tt.upTo))
		if err != nil || len(f.Sources) != tt.sources || len(f.Attempts) != tt.attempts || f.Cut != tt.cut {
			t.Errorf("%s: Parse = %+v, %v; want %d sources, %d attempts, cut %v", why, f, err, tt.sources, tt.attempts, tt.cut)
		}
	}
}

func FuzzText(f *testing.F) {
	var b bytes.Buffer
	if err := everything().Write(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(heading + "\ncurl proxy https://a/\n  exit 56\n  times 0 1 0 0 403 0 10.0.0.1\n  < HTTP/1.1 403 Forbidden\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		facts, err := Parse(text)
		if err != nil {
			return
		}
		var once, twice bytes.Buffer
		if err := facts.Write(&once); err != nil {
			t.Fatal(err)
		}
		again, err := Parse(once.Bytes())
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, once.Bytes())
		}
		if err := again.Write(&twice); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(once.Bytes(), twice.Bytes()) {
			t.Errorf("written twice, it differs:\n%s\n%s", once.Bytes(), twice.Bytes())
		}
	})
}
