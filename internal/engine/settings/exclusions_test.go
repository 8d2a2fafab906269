package settings

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
)

// base is the safe form of NO_PROXY without anything added.
const base = "localhost,127.0.0.1,::1,[::1],169.254.169.254,169.254.170.2,169.254.170.23," +
	"fd00:ec2::254,[fd00:ec2::254],fd00:ec2::23,[fd00:ec2::23],.internal"

func excluding(t *testing.T, items ...string) Exclusions {
	t.Helper()
	x, err := ParseExclusions(items, "ap-northeast-1")
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestVariable(t *testing.T) {
	tests := map[string]struct {
		items []string
		want  string
	}{
		"nothing: this machine and its metadata": {nil, base},
		"a name stands with all below it":        {[]string{"s3.ap-northeast-1.amazonaws.com"}, base + ",s3.ap-northeast-1.amazonaws.com,.s3.ap-northeast-1.amazonaws.com"},
		"the Region is filled in":                {[]string{"ssm.{region}.amazonaws.com"}, base + ",ssm.ap-northeast-1.amazonaws.com,.ssm.ap-northeast-1.amazonaws.com"},
		"every way to write a suffix":            {[]string{".corp.example", "*.Corp.example.", "corp.example"}, base + ",corp.example,.corp.example"},
		"addresses: IPv6 with brackets, too":     {[]string{"10.1.2.3", "2001:db8::1"}, strings.Replace(base, ",.internal", ",10.1.2.3,2001:db8::1,[2001:db8::1],.internal", 1)},
		"networks come last":                     {[]string{"10.0.0.0/8", "a.example"}, base + ",a.example,.a.example,10.0.0.0/8"},
		"what is there already":                  {[]string{"169.254.169.254", "[fd00:ec2::254]", "localhost", ".internal"}, base},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := excluding(t, tt.items...).Variable(); got != tt.want {
				t.Errorf("Variable of %q = %s\nwant %s", tt.items, got, tt.want)
			}
		})
	}
}

func TestSpellings(t *testing.T) {
	x := excluding(t, "s3.ap-northeast-1.amazonaws.com", "10.0.0.0/8")
	tests := map[string]struct{ got, want string }{
		"Go: each once, no brackets": {
			x.golang(), "localhost,127.0.0.1,::1,169.254.169.254,169.254.170.2,169.254.170.23,fd00:ec2::254,fd00:ec2::23,.internal,s3.ap-northeast-1.amazonaws.com,10.0.0.0/8",
		},
		"npm: no brackets, no networks": {
			x.npm(), "localhost,127.0.0.1,169.254.169.254,169.254.170.2,169.254.170.23,.internal,s3.ap-northeast-1.amazonaws.com",
		},
		"Java: bars, stars and brackets": {
			x.java(), "localhost|127.*|[::1]|169.254.169.254|169.254.170.2|169.254.170.23|[fd00:ec2::254]|[fd00:ec2::23]|*.internal|s3.ap-northeast-1.amazonaws.com|*.s3.ap-northeast-1.amazonaws.com",
		},
		"WinHTTP: semicolons, and names without a dot": {
			x.winhttp(), "localhost;127.*;[::1];169.254.169.254;169.254.170.2;169.254.170.23;[fd00:ec2::254];[fd00:ec2::23];*.internal;s3.ap-northeast-1.amazonaws.com;*.s3.ap-northeast-1.amazonaws.com;<local>",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if tt.got != tt.want {
				t.Errorf("got %s\nwant %s", tt.got, tt.want)
			}
		})
	}
}

func TestParseExclusionsRefuses(t *testing.T) {
	tests := map[string]struct{ item, code string }{
		"a port, which half of the programs never match": {"a.example:443", "settings.exclude"},
		"a scheme":                       {"http://a.example", "settings.exclude"},
		"a star in the middle":           {"s3.*.amazonaws.com", "settings.exclude"},
		"everything":                     {"*", "settings.exclude"},
		"nothing":                        {"", "settings.exclude"},
		"host bits in a network":         {"10.0.0.1/8", "settings.exclude.bits"},
		"an address that only some read": {"0x7f.1", "settings.exclude"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := ParseExclusions([]string{tt.item}, "")
			r, ok := errors.AsType[*Refusal](err)
			if !ok || string(r.Why.Code) != tt.code {
				t.Errorf("ParseExclusions(%q): %v, want %s", tt.item, err, tt.code)
			}
		})
	}
	if _, err := ParseExclusions([]string{"s3.{region}.amazonaws.com"}, ""); err == nil {
		t.Error("a Region that nobody told is accepted")
	}
}

// FuzzParseExclusions: what was understood stands in the list, is understood
// again, and needs no quotes in any file.
func FuzzParseExclusions(f *testing.F) {
	for _, s := range []string{"s3.{region}.amazonaws.com", "*.corp.example", "10.0.0.0/8", "[2001:db8::1]", "2001:db8::/32", "[::1]", "[::0:1]", "FD00:EC2:0::254", "Localhost.", "*.internal."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, item string) {
		x, err := ParseExclusions([]string{item}, "ap-northeast-1")
		if err != nil {
			return
		}
		list := x.Variable()
		again, err := ParseExclusions(strings.Split(list, ","), "")
		if err != nil || again.Variable() != list {
			t.Fatalf("%q → %s → %s, %v", item, list, again.Variable(), err)
		}
		for _, text := range []string{list, x.golang(), x.npm(), x.java(), x.winhttp()} {
			if strings.Contains(text, ",,") || strings.ContainsFunc(text, func(r rune) bool {
				return r <= ' ' || r > '~' || strings.ContainsRune(`"'$%&\#`+"`", r)
			}) {
				t.Fatalf("%q becomes %q", item, text)
			}
		}
	})
}

// agentOnMacOS is the NO_PROXY that the Systems Manager agent makes of list: each
// line of scutil without its first two characters, whatever the line's number.
func agentOnMacOS(list []string) string {
	var b strings.Builder
	for i, entry := range list {
		b.WriteString((strconv.Itoa(i) + ":" + entry)[2:] + ",")
	}
	return b.String()
}

// TestAppleList: the Systems Manager agent takes its NO_PROXY from this list and
// reads it as Go does, in which an address of IPv6 in brackets is none.
func TestAppleList(t *testing.T) {
	entries, _ := excluding(t, "corp.example", "10.0.0.0/8", "fd00::1", "a.example", "b.example", "c.example", "d.example").apple()
	list := agentOnMacOS(entries)
	vars := noproxy.Everywhere("http://proxy.example:3128", "http://proxy.example:3128", list)
	for _, url := range []string{
		"http://169.254.169.254/", "http://[fd00:ec2::254]/", "http://[fd00::1]/", "http://10.1.2.3/",
		"http://corp.example/", "http://a.corp.example/", "http://d.example/", "http://x.d.example/", "http://ip-10-0-0-1.ec2.internal/",
	} {
		d, err := noproxy.Route("go", vars, url)
		if err != nil {
			t.Fatal(err)
		}
		if d.Route != noproxy.Direct {
			t.Errorf("Go with NO_PROXY=%s sends %s %s, want %s", list, url, d.Route, noproxy.Direct)
		}
	}
}

// TestAppleTellsWhatIsBeyond: an exclusion that the agent does not read is named.
func TestAppleTellsWhatIsBeyond(t *testing.T) {
	for names, want := range map[string]string{
		"a.example,b.example,c.example,d.example,e.example,f.example,g.example":                       "",
		"a.example,b.example,c.example,d.example,e.example,f.example,g.example,h.example,10.9.0.0/16": "h.example, 10.9.0.0/16",
	} {
		q := full(t)
		q.OS, q.Exclude = MacOS, excluding(t, strings.Split(names, ",")...)
		got := ""
		for _, n := range asked(t, "ssm-agent", q).Notes {
			if n.Code == "settings.note.ssm-macos-ten" {
				got = n.Args[0]
			}
		}
		if got != want {
			t.Errorf("with %s beyond the agent's ten: %q, want %q", names, got, want)
		}
	}
}
