package exceptions

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// FuzzLines: whatever the input, each of its lines has an answer, in order, that
// names a route; no line is an error of the command.
func FuzzLines(f *testing.F) {
	for _, seed := range []string{
		"", "\n", "{}\n\n", `{"program":"curl","vars":{"https_proxy":"http://p:3128","no_proxy":"a.example"},"target":"https://a.example/"}` + "\n",
		`{"program":"go","target":"https://b.example","addresses":["10.0.0.1"]}` + "\n" + `{"program":"java","vars":{"system_properties":{"http.nonProxyHosts":"*"}},"target":"http://x/"}`,
		`{"program":"curl","vars":{"all_proxy":"socks5://[::1"},"target":"ftp://x"}`, `{"program":1}`, "null", "[]", `{"program":"curl"} {"program":"curl"}`, "\xff\x00\r\n",
		`{"program":"aws-cli-v2","vars":{"HTTPS_PROXY":"%","NO_PROXY":"*"},"target":"https://s3.ap-northeast-1.amazonaws.com"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		var out bytes.Buffer
		p := &Printer{Out: &out}
		if err := p.Lines(bytes.NewReader(input)); err != nil {
			t.Fatalf("Lines of %q: %v", input, err)
		}
		wanted := bytes.Count(input, []byte("\n"))
		if len(input) > 0 && !bytes.HasSuffix(input, []byte("\n")) {
			wanted++
		}
		answers := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		if out.Len() == 0 {
			answers = nil
		}
		if len(answers) != wanted {
			t.Fatalf("%d answers to %d lines of %q:\n%s", len(answers), wanted, input, out.String())
		}
		for _, line := range answers {
			var a struct{ Route, Because string }
			if err := json.Unmarshal([]byte(line), &a); err != nil {
				t.Fatalf("%q is answered by %s: %v", input, line, err)
			}
			if a.Route != "proxy" && a.Route != "direct" && a.Route != "error" || a.Because == "" {
				t.Errorf("%q is answered by %s", input, line)
			}
		}
	})
}
