package cli

import (
	"encoding/json"
	"strings"
	"testing"
)

// FuzzHostLines: whatever the input of "deguchi host --json -", each of its lines
// has an answer, in order, that repeats the line and says whether it is a host.
func FuzzHostLines(f *testing.F) {
	for _, seed := range []string{
		"", "\n", "ssm.ap-northeast-1.amazonaws.com\n", "a\n\nb", "0x7f.1\n[::1]\r\n", " x \n", "b\xff\n\x00", "例え.example\n", "corp.s3.cn-north-1.amazonaws.com.cn.",
		strings.Repeat("a.", 200), "vpce-0a1b-c.s3.us-east-1.vpce.amazonaws.com\nhttp://x\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, input string) {
		env, stdout, stderr := testEnv(nil)
		env.Stdin = strings.NewReader(input)
		if code := Main(t.Context(), env, []string{"host", "--json", "-"}); code != ExitOK {
			t.Fatalf("host --json - of %q exits with %d: %s", input, code, stderr)
		}
		var wanted []string
		if input != "" {
			wanted = strings.Split(strings.TrimSuffix(input, "\n"), "\n")
		}
		var answers []string
		if stdout.Len() > 0 {
			answers = strings.Split(strings.TrimSuffix(stdout.String(), "\n"), "\n")
		}
		if len(answers) != len(wanted) {
			t.Fatalf("%d answers to %d lines of %q:\n%s", len(answers), len(wanted), input, stdout)
		}
		for i, line := range answers {
			var a struct {
				Host   string
				Valid  bool
				Kind   string
				Reason string
			}
			if err := json.Unmarshal([]byte(line), &a); err != nil {
				t.Fatalf("%q is answered by %s: %v", wanted[i], line, err)
			}
			if a.Host != strings.ToValidUTF8(wanted[i], "\ufffd") && a.Host != string([]rune(wanted[i])) || a.Valid != (a.Reason == "") || a.Valid != (a.Kind != "") {
				t.Errorf("%q is answered by %s", wanted[i], line)
			}
		}
	})
}
