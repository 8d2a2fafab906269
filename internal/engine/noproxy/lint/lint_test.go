package lint

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
)

// brief is a finding as the tables below write it: "DG4108@1 warning: curl wget".
func brief(f Finding) string {
	return fmt.Sprintf("%s@%d %s: %s", f.Code, f.Pos.Col, f.Severity, strings.Join(f.Programs, " "))
}

func TestValue(t *testing.T) {
	tests := []struct {
		why, value, programs string
		want                 []string
		portable             string
		missed               int
	}{
		{"what all read is right", "169.254.169.254,.internal", "aws-cli-v2 go curl wget", nil, "169.254.169.254,.internal", 0},
		{
			"a bar parts nothing", "a.example.com|b.example.com", "aws-cli-v2 go",
			[]string{"DG4101@14 error: aws-cli-v2 go"}, "a.example.com,b.example.com", 0,
		},
		{
			"a blank parts entries for some", "a.example.com b.example.com", "curl go",
			[]string{"DG4101@14 warning: go"}, "a.example.com,b.example.com", 0,
		},
		{
			"Java's properties need the bar", "a.example.com,b.example.com", "java-httpclient-d",
			[]string{"DG4101@14 error: java-httpclient-d"}, "a.example.com|b.example.com", 0,
		},
		{
			"no separator is right for both", "a.example.com,b.example.com", "go java-httpclient-d",
			[]string{"DG4101@14 warning: java-httpclient-d"}, "a.example.com,b.example.com", 4,
		},
		{
			"a blank behind a comma", "a.example.com, b.example.com", "aws-cli-v2 apt wget2",
			[]string{
				"DG4117@1 note: apt", "DG4114@1 warning: wget2",
				"DG4102@16 warning: apt wget2", "DG4117@16 note: apt", "DG4114@16 warning: wget2",
			},
			"a.example.com,.a.example.com,b.example.com,.b.example.com", 0,
		},
		{
			"quotes of a file that is no shell's are one cause", `"a.example.com,b.example.com"`, "aws-cli-v2 go",
			[]string{"DG4103@1 error: aws-cli-v2 go"}, "a.example.com,b.example.com", 0,
		},
		{"a URL", "https://a.example.com/", "curl go", []string{"DG4104@1 error: curl go"}, "a.example.com", 0},
		{"a trailing dot, which curl cuts off", "a.example.com.", "curl go", []string{"DG4105@1 warning: go"}, "a.example.com", 0},
		{"capital letters", "A.example.com", "curl npm", []string{"DG4106@1 warning: npm"}, "a.example.com", 0},
		{"a port", "a.example.com:443", "curl go", []string{"DG4107@1 warning: curl"}, "a.example.com", 0},
		{
			"entries that mean the same do not excuse each other", "a.example.com:80,a.example.com:443", "curl go",
			[]string{"DG4107@1 warning: curl", "DG4107@18 warning: curl"}, "a.example.com", 0,
		},
		{"one that is read as it stands excuses the other", "a.example.com:443,a.example.com", "curl go", nil, "a.example.com", 0},
		{"each defect is told by those it hurts", "A.example.com.:443", "curl go", []string{"DG4107@1 warning: curl", "DG4105@1 warning: go"}, "a.example.com", 0},
		{"a star before a dot", "*.example.com", "aws-cli-v2 go", []string{"DG4108@1 warning: aws-cli-v2"}, ".example.com", 0},
		{"a star inside", "s3.*.amazonaws.com", "aws-cli-v2 go", []string{"DG4109@1 error: aws-cli-v2 go"}, "", 2},
		{"a star alone is for some", "*", "aws-cli-v2 wget", []string{"DG4110@1 warning: wget"}, "*", 2},
		{"a star in a list is for fewer", "*,a.example.com", "aws-cli-v2 go", []string{"DG4110@1 warning: aws-cli-v2"}, "*", 0},
		{
			"a link-local prefix is no substitute for the addresses", "169.254.0.0/16", "aws-cli-v2 go",
			[]string{"DG4111@1 warning: aws-cli-v2"}, "169.254.169.254,169.254.170.2,169.254.170.23", 0,
		},
		{"of a wider network it is not known who asks for what", "127.0.0.0/4", "go", nil, "112.0.0.0/4", 0},
		{"beside the addresses it harms nobody", "169.254.0.0/16,169.254.169.254", "aws-cli-v2 go", nil, "169.254.169.254,169.254.170.2,169.254.170.23", 0},
		{
			"this machine's prefix means 127.0.0.1", "127.0.0.0/8", "aws-cli-v2 go",
			[]string{"DG4111@1 warning: aws-cli-v2"}, "127.0.0.1", 0,
		},
		{"a prefix that no addresses stand for", "10.0.0.0/8", "aws-cli-v2 go", []string{"DG4111@1 warning: aws-cli-v2"}, "10.0.0.0/8", 1},
		{
			"a mask", "192.168.0.0/255.255.0.0", "aws-cli-v2 go ruby",
			[]string{"DG4123@1 warning: go", "DG4111@1 warning: aws-cli-v2"}, "192.168.0.0/16", 1,
		},
		{"IPv6 bare", "fd00:ec2::254", "aws-cli-v2 go", []string{"DG4112@1 warning: aws-cli-v2"}, "fd00:ec2::254,[fd00:ec2::254]", 0},
		{"IPv6 in brackets", "[fd00:ec2::254]", "aws-cli-v2 go", []string{"DG4112@1 warning: go"}, "fd00:ec2::254,[fd00:ec2::254]", 0},
		{"IPv6 in both is right", "[fd00:ec2::254],fd00:ec2::254", "aws-cli-v2 go", nil, "fd00:ec2::254,[fd00:ec2::254]", 0},
		{"IPv6 that no spelling helps", "fd00:ec2::254", "go ruby", []string{"DG4118@1 warning: ruby"}, "fd00:ec2::254", 1},
		{
			"and is told of once, however it is spelt", "::1,[fd00:ec2::254],fd00:ec2::254", "go node-request",
			[]string{"DG4118@1 warning: node-request", "DG4118@5 warning: node-request"}, "fd00:ec2::254", 2,
		},
		{".x without x", ".example.com", "aws-cli-v2 go", []string{"DG4113@1 warning: go"}, "example.com", 0},
		{".x beside x", ".example.com,example.com", "aws-cli-v2 go", nil, "example.com", 0},
		{"x of a single label cannot be asked for", ".internal", "aws-cli-v2 go", nil, ".internal", 0},
		{"x of a zone without a host cannot be asked for", ".cluster.local,.ec2.internal", "aws-cli-v2 go", nil, ".cluster.local,.ec2.internal", 0},
		{"nor that of a Region's instances", ".ap-northeast-1.compute.internal", "aws-cli-v2 go", nil, ".ap-northeast-1.compute.internal", 0},
		{"x without .x", "example.com", "aws-cli-v2 dotnet", []string{"DG4114@1 warning: dotnet"}, ".example.com", 0},
		{"below an API's name there is nothing", "ssm.ap-northeast-1.amazonaws.com", "aws-cli-v2 dotnet", nil, "ssm.ap-northeast-1.amazonaws.com", 0},
		{"below S3's there are buckets", "s3.ap-northeast-1.amazonaws.com", "aws-cli-v2 dotnet", []string{"DG4114@1 warning: dotnet"}, ".s3.ap-northeast-1.amazonaws.com", 0},
		{"every service", ".amazonaws.com", "aws-cli-v2", []string{"DG4115@1 warning: "}, ".amazonaws.com", 0},
		{"every service of a Region", "ap-northeast-1.amazonaws.com", "aws-cli-v2", []string{"DG4115@1 warning: "}, "ap-northeast-1.amazonaws.com", 0},
		{"not every endpoint", ".vpce.amazonaws.com", "aws-cli-v2", nil, ".vpce.amazonaws.com", 0},
		{".x for Java", ".internal", "java-httpclient-d", []string{"DG4116@1 error: java-httpclient-d"}, "*.internal", 0},
		{"the end of a name", "example.com", "apt", []string{"DG4117@1 note: apt"}, "example.com", 0},
		{"no entry at all", "a.example.com,10.1", "go", []string{"DG4119@15 error: "}, "a.example.com", 0},
		{
			"a comma as Japanese keyboards write it", "a.example.com\uff0cb.example.com\u3001c.example.com", "aws-cli-v2 go",
			[]string{"DG4101@14 error: aws-cli-v2 go", "DG4101@28 error: aws-cli-v2 go"}, "a.example.com,b.example.com,c.example.com", 0,
		},
		{"the socket that AWS lists for the ECS agent", "169.254.170.2,/var/run/docker.sock", "ecs-agent", []string{"DG4122@15 note: "}, "169.254.170.2", 0},
		{
			"numbers and a star are a prefix", "169.254.*,10.*.*.*", "aws-cli-v2 go",
			[]string{"DG4109@1 error: aws-cli-v2 go", "DG4109@11 error: go", "DG4109@11 error: aws-cli-v2"},
			"169.254.169.254,169.254.170.2,169.254.170.23,10.0.0.0/8", 1,
		},
		{"which Java reads", "10.*", "java-httpclient-d", nil, "10.*", 0},
		{"numbers that no address has", "10.1.2.3.*", "go", []string{"DG4119@1 error: "}, "", 0},
		{"a star amid numbers", "10.*.2.3", "go", []string{"DG4119@1 error: "}, "", 0},
		{"quotes around each entry are told of each", "'a.example.com','b.example.com'", "go", []string{"DG4103@1 error: go", "DG4103@17 error: go"}, "a.example.com,b.example.com", 0},
		{"columns count runes", "日本,*.example.com", "curl", []string{"DG4119@1 error: ", "DG4108@4 error: curl"}, ".example.com", 0},
		{"an empty list hides the other case", "", "aws-cli-v2 curl", []string{"DG4120@1 warning: aws-cli-v2"}, "", 0},
		{"who reads no list", "a.example.com", "node curl", []string{"DG4121@1 note: node"}, "a.example.com", 0},
	}
	for _, tt := range tests {
		r, err := Value(tt.value, strings.Fields(tt.programs))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range r.Findings {
			got = append(got, brief(f))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: Value(%q, %s) (-want +got):\n%s", tt.why, tt.value, tt.programs, diff)
		}
		if r.Portable != tt.portable || len(r.Missed) != tt.missed {
			t.Errorf("%s: Value(%q, %s) = %q, missed %v; want %q, %d missed", tt.why, tt.value, tt.programs, r.Portable, r.Missed, tt.portable, tt.missed)
		}
	}
}

// TestLeftOut: what means no host is named, because the portable value does not
// do what it was meant to.
func TestLeftOut(t *testing.T) {
	for value, want := range map[string][]string{
		"localhost,NO_PROXY=a.example.com": {"NO_PROXY=a.example.com"},
		"<local>;10.1":                     {"<local>", "10.1"},
		"a.example.com,/var/run/x.sock,,":  nil,
	} {
		r, err := Value(value, []string{"curl"})
		if err != nil || !slices.Equal(r.LeftOut, want) {
			t.Errorf("Value(%q).LeftOut = %q, %v; want %q", value, r.LeftOut, err, want)
		}
	}
}

// TestInstead: what to write instead is the fewest that the programs need.
func TestInstead(t *testing.T) {
	for programs, want := range map[string]string{"boto3": "[fd00:ec2::254]", "boto3 curl": "fd00:ec2::254 [fd00:ec2::254]"} {
		r, err := Value("fd00:ec2::254", strings.Fields(programs))
		if err != nil || strings.Join(r.Findings[0].Instead, " ") != want {
			t.Errorf("Value(%s): instead %q, %v; want %q", programs, r.Findings[0].Instead, err, want)
		}
	}
}

// TestOwnValue: where no separator suits all, the hint does not tell to write what
// is written.
func TestOwnValue(t *testing.T) {
	tests := []struct{ value, programs, want string }{
		{"a.example.com,b.example.com", "go java-httpclient-d", `give java-httpclient-d a value of its own, with "|" between entries`},
		{"a.example.com;b.example.com", "go java-httpclient-d", `write "," between entries, without blanks`},
		{"a.example.com,b.example.com", "java-httpclient-d", `write "|" between entries, without blanks`},
	}
	for _, tt := range tests {
		r, err := Value(tt.value, strings.Fields(tt.programs))
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Findings[0]; got.Code != "DG4101" || got.Hint.In(reason.English) != tt.want {
			t.Errorf("Value(%q, %s): %s, hint %q; want %q", tt.value, tt.programs, got.Code, got.Hint.In(reason.English), tt.want)
		}
	}
}

func TestUnknownProgram(t *testing.T) {
	_, err := Value("a.example.com", []string{"curl", "aws-cli"})
	if e, ok := errors.AsType[*noproxy.UnknownProgramError](err); !ok || e.ID != "aws-cli" {
		t.Errorf("Value with an unknown program: %v", err)
	}
}

// FuzzValue: every position is in the value, and the portable value, where it
// does all, is found to be read by everybody.
func FuzzValue(f *testing.F) {
	for _, seed := range []string{
		"169.254.0.0/16, *.Example.com:443;fd00:ec2::254|[::1]", `"a b",..,*,10.1.*,http://x.example/y`, ".amazonaws.com,\u65e5\u672c,::1/128",
	} {
		f.Add(seed)
	}
	// Those with habits of their own beside the usual ones.
	ids := append([]string{"apt", "wget2", "npm", "ruby", "java-v2", "dotnet", "axios"}, Usual...)
	may := []string{"DG4113", "DG4114", "DG4115", "DG4117"} // judgements on what is meant, not on its spelling
	f.Fuzz(func(t *testing.T, value string) {
		if len(value) > 500 {
			t.Skip("longer than any environment has it: the time grows with the square")
		}
		r, err := Value(value, ids)
		if err != nil {
			t.Fatal(err)
		}
		runes := utf8.RuneCountInString(value)
		for _, found := range r.Findings {
			if found.Pos.Col < 1 || found.Pos.Col > max(runes, 1) || found.Code == "" || found.Summary.IsZero() {
				t.Errorf("Value(%q): %+v", value, found)
			}
		}
		if len(r.Missed) > 0 || r.Portable == "" {
			return
		}
		again, err := Value(r.Portable, ids)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range again.Findings {
			if !slices.Contains(may, found.Code) {
				t.Errorf("Value(%q).Portable = %q, of which it says %s", value, r.Portable, brief(found))
			}
		}
	})
}

func BenchmarkValue(b *testing.B) {
	value := "localhost,127.0.0.1,::1,[::1],169.254.169.254,169.254.0.0/16,*.example.com,.s3.ap-northeast-1.amazonaws.com,10.0.0.0/8"
	for b.Loop() {
		if _, err := Value(value, Usual); err != nil {
			b.Fatal(err)
		}
	}
}
