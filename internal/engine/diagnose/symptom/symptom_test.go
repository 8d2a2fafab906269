package symptom

import (
	"compress/gzip"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	if n := len(All().Rows); n < 57 || All().Taken == "" || All().Source == "" {
		t.Fatalf("%d symptoms, taken %q from %q", n, All().Taken, All().Source)
	}
	japanese := regexp.MustCompile(`[\p{Hiragana}\p{Katakana}\p{Han}]`)
	seen := map[string]bool{}
	for _, s := range All().Rows {
		if seen[s.ID] {
			t.Errorf("%s is there twice", s.ID)
		}
		seen[s.ID] = true
		if s.Cause == "" || s.Tell == "" || s.Fix == "" || len(s.Sources) == 0 || s.Evidence == "" || s.Layer == "" {
			t.Errorf("%s lacks a field: %+v", s.ID, s)
		}
		for _, text := range []string{s.CauseJA, s.TellJA, s.FixJA} {
			if !japanese.MatchString(text) {
				t.Errorf("%s: %q is not Japanese", s.ID, text)
			}
		}
	}
}

// TestEveryTextFindsItsSymptom is the promise of "doctor explain": what stands
// in the table is recognised, also as a terminal wraps it.
func TestEveryTextFindsItsSymptom(t *testing.T) {
	for _, s := range All().Rows {
		for _, text := range s.Errors {
			for why, pasted := range map[string]string{
				"as printed":       "$ aws sts get-caller-identity\n\n" + text + "\n",
				"wrapped":          wrap(text, 20),
				"pretty":           strings.NewReplacer(`"`, "“", "'", "’").Replace(text),
				"quoted in a mail": "> " + strings.ReplaceAll(wrap(text, 60), "\n", "\r\n> "),
				"as Terraform":     "╷\n│ Error: " + strings.ReplaceAll(wrap(text, 40), "\n", "\n│ ") + "\n╵\n",
				"in colour":        "\x1b[1;31m" + text[:len(text)/2] + "\x1b[0m\x1b[1m" + text[len(text)/2:] + "\x1b[0m",
				"in a log":         "2026-11-22T10:11:12+0900 host amazon-ssm-agent[1234]: " + text + "\r\n",
				"in JSON":          `{"level":"error","msg":` + strconv.Quote(text) + "}",
			} {
				e := Explain(pasted)
				if !slices.ContainsFunc(e.Matches, func(m Match) bool { return m.ID == s.ID }) {
					t.Errorf("%s, %s: %q is not found", s.ID, why, text)
				}
			}
		}
	}
}

// TestTextsTellOrAreAlike: a text that one symptom prints is taken for that one,
// and a text that several print is said to be no one's alone.
func TestTextsTellOrAreAlike(t *testing.T) {
	owners := map[string][]string{}
	for _, s := range All().Rows {
		for _, text := range s.Errors {
			owners[text] = append(owners[text], s.ID)
		}
	}
	for text, want := range owners {
		e := Explain(text)
		best := e.Alike
		if len(best) == 0 {
			best = ids(e)[:1]
		}
		for _, id := range want {
			if !slices.Contains(best, id) {
				t.Errorf("Explain(%q): %v fits best, want %s in it", text, best, id)
			}
		}
	}
}

// TestRealOutput: what programs printed when a proxy failed on purpose
// (testdata/outputs.ndjson.gz, November 2026) is read as that fault, or as one
// of several that print the same. A row without a cause tells too little: npm's
// "403 Forbidden" may be the registry's.
func TestRealOutput(t *testing.T) {
	f, err := os.Open("testdata/outputs.ndjson.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	told, all := 0, 0
	for rows := json.NewDecoder(z); rows.More(); all++ {
		var row struct{ Fault, Program, Cause, Text string }
		if err := rows.Decode(&row); err != nil {
			t.Fatal(err)
		}
		if row.Cause == "" {
			continue
		}
		told++
		e := Explain(row.Text)
		best := e.Alike
		if len(best) == 0 {
			best = ids(e)[:min(1, len(e.Matches))]
		}
		if !slices.Contains(best, row.Cause) {
			t.Errorf("%s, %s: %v fits best, want %s in it:\n%s", row.Program, row.Fault, best, row.Cause, row.Text)
		}
	}
	if told < 190 || all < 199 {
		t.Errorf("%d outputs of %d tell their cause", told, all)
	}
}

func wrap(text string, width int) string {
	var b strings.Builder
	for i, r := range []rune(text) {
		if i > 0 && i%width == 0 {
			b.WriteByte('\n')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func TestExplain(t *testing.T) {
	tests := map[string]struct {
		text  string
		first string   // the symptom that fits best
		alike []string // some of those that fit as well
	}{
		"one text for many causes": {
			text:  `Failed to connect to proxy URL: "http://proxy.corp.example:3128"`,
			first: "", alike: []string{"proxy-refused", "proxy-dns", "imds-via-dead-proxy"},
		},
		"with --debug it is one": {
			text: "Failed to connect to proxy URL: \"http://p:3128\"\nOSError: Tunnel connection failed: 407 Proxy Authentication Required", first: "proxy-407",
		},
		"curl says the status":          {text: "curl: (56) CONNECT tunnel failed, response 403", first: "proxy-403"},
		"old curl said it otherwise":    {text: "curl: (56) Received HTTP code 407 from proxy after CONNECT", first: "proxy-407"},
		"a handshake that Go gave up":   {text: `Post "https://sts.ap-northeast-1.amazonaws.com/": net/http: TLS handshake timeout`, first: "go-pq-clienthello"},
		"the clock":                     {text: "An error occurred (RequestTimeTooSkewed) when calling the ListObjectsV2 operation: The difference between the request time and the current time is too large.", first: "clock-skew"},
		"an endpoint policy, from IAM":  {text: "User: arn:aws:iam::1:user/a is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::b\" because no VPC endpoint policy allows the s3:GetObject action", first: "vpce-policy-deny"},
		"metadata, from the debug log":  {text: `ReadTimeoutError: Read timeout on endpoint URL: "http://169.254.169.254/latest/api/token"`, first: "imds-read-timeout"},
		"no credentials, from two ways": {text: "Unable to locate credentials. You can configure credentials by running \"aws configure\".", first: "creds-imds-via-proxy"},
		"our own refusal":               {text: `Get "https://sts.amazonaws.com/": Blocked by Deguchi (no-rule; no rule lets here reach it; trace 0123456789abcdef)`, first: "proxy-403"},
		"the clock, as a signature shows it": {
			text: "An error occurred (SignatureDoesNotMatch) when calling the GetCallerIdentity operation: Signature expired: 20261122T000000Z is now earlier than 20261122T010000Z", first: "clock-skew",
		},
		"an end in TLS, from an older Python": {text: "SSL validation failed for https://sts.amazonaws.com/ EOF occurred in violation of protocol (_ssl.c:1006)", first: "tls-eof"},
		"Go repeats the proxy's phrase":       {text: `Error: Get "https://sts.amazonaws.com/": Forbidden`, first: "proxy-403"},
		"and the SDK for Go around it":        {text: `operation error STS: GetCallerIdentity, https response error StatusCode: 0, request send failed, Post "https://sts.ap-northeast-1.amazonaws.com/": Service Unavailable`, first: "proxy-5xx"},
		"the target's name, without a proxy":  {text: "dial tcp: lookup sts.amazonaws.com on 10.0.0.2:53: no such host", first: "direct-no-route"},
		"the proxy's name":                    {text: "proxyconnect tcp: dial tcp: lookup proxy.corp on 10.0.0.2:53: no such host", first: "proxy-dns"},
		"an agent that is not there":          {text: "An error occurred (TargetNotConnected) when calling the StartSession operation: i-0 is not connected.", alike: []string{"ssm-user-data-typo", "ssm-proxy-env-not-in-unit"}},
		"something else":                      {text: "segmentation fault", first: ""},
	}
	for why, tt := range tests {
		t.Run(why, func(t *testing.T) {
			e := Explain(tt.text)
			if tt.first != "" && (len(e.Matches) == 0 || e.Matches[0].ID != tt.first) {
				t.Fatalf("Explain(%q) = %v, want %s first", tt.text, ids(e), tt.first)
			}
			for _, id := range tt.alike {
				if !slices.Contains(e.Alike, id) {
					t.Errorf("Explain(%q).Alike = %v, want %s in it", tt.text, e.Alike, id)
				}
			}
			if tt.first == "" && tt.alike == nil && len(e.Matches) > 0 {
				t.Errorf("Explain(%q) = %v, want nothing", tt.text, ids(e))
			}
		})
	}
}

func ids(e Explanation) (all []string) {
	for _, m := range e.Matches {
		all = append(all, m.ID)
	}
	return all
}

func TestNamed(t *testing.T) {
	e := Explain("Failed to connect to proxy URL: \"http://p.example:3128\"\nwhile calling https://sts.ap-northeast-1.amazonaws.com/")
	if e.Proxy != "http://p.example:3128" || e.Target != "https://sts.ap-northeast-1.amazonaws.com/" {
		t.Errorf("proxy %q, target %q", e.Proxy, e.Target)
	}
}

func FuzzExplain(f *testing.F) {
	f.Add("Failed to connect to proxy URL: \"http://p:3128\"")
	f.Fuzz(func(t *testing.T, text string) {
		e := Explain(text)
		if len(e.Alike) == 1 {
			t.Errorf("Explain(%q): one symptom is alike to itself", text)
		}
	})
}
