package draw

import (
	"encoding/xml"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/engine/route"
)

func TestWrap(t *testing.T) {
	tests := map[string]struct {
		text         string
		limit, lines int
		want         []string
	}{
		"nothing":                            {"", 10, 9, nil},
		"fits":                               {"one two", 10, 9, []string{"one two"}},
		"at blanks":                          {"one two three", 8, 9, []string{"one two", "three"}},
		"blank at the end takes no room":     {"one two three", 7, 9, []string{"one two", "three"}},
		"a word that is too long at its dot": {"a.example.com", 10, 9, []string{"a.example.", "com"}},
		"a word without any place to break":  {"abcdefgh", 3, 9, []string{"abc", "def", "gh"}},
		"more than the lines there are":      {"one two three", 5, 2, []string{"one", "two …"}},
		"Japanese counts double":             {"経路がありません", 8, 9, []string{"経路があ", "りません"}},
		"no line begins with a full stop":    {"経路。なし", 4, 9, []string{"経", "路。", "なし"}},
		"katakana stays together":            {"次のプロキシ", 10, 9, []string{"次の", "プロキシ"}},
		"control characters":                 {"a\x00b\tc\nd", 20, 9, []string{"a\uFFFDb c d"}},
		"letters that turn the text around":  {"a\u202Eb", 9, 9, []string{"ab"}},
		"bytes that are no letters":          {"a\xffb", 9, 9, []string{"a\uFFFDb"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, wrap(tt.text, tt.limit, tt.lines, columns)); diff != "" {
				t.Errorf("wrap(%q, %d, %d) (-want +got):\n%s", tt.text, tt.limit, tt.lines, diff)
			}
		})
	}
}

// TestEvenly leaves no short last line, and adds none.
func TestEvenly(t *testing.T) {
	tests := map[string]struct {
		text  string
		limit int
		want  []string
	}{
		"one line stays":    {"a b c", 40, []string{"a b c"}},
		"the last is short": {"aws-ssm-ap-northeast-1-logs and one x", 36, []string{"aws-ssm-ap-northeast-1-logs", "and one x"}},
		"broken in a name":  {"aws-ssm-ap-northeast-1", 21, []string{"aws-ssm-ap-", "northeast-1"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, evenly(tt.text, tt.limit, 3, columns)); diff != "" {
				t.Errorf("evenly(%q, %d) (-want +got):\n%s", tt.text, tt.limit, diff)
			}
		})
	}
}

func TestWidth(t *testing.T) {
	tests := map[string]struct {
		face face
		text string
		want int
	}{
		"narrow letters":       {face{10, false}, "ill", 9},  // 3 × 278
		"wide letters":         {face{10, false}, "WWW", 30}, // 3 × 989
		"bold takes more":      {face{10, true}, "ill", 12},
		"Japanese is the em":   {face{10, false}, "出口", 20},
		"combining takes none": {face{10, false}, "e\u0301", 7},
		"pictographs":          {face{10, false}, "😀", 13},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tt.face.width(tt.text); got != tt.want {
				t.Errorf("%v.width(%q) = %d, want %d", tt.face, tt.text, got, tt.want)
			}
		})
	}
}

func TestPlaced(t *testing.T) {
	tests := map[string]struct {
		names     []string
		distances []atLeast
		want      map[string]int
	}{
		"one":                      {[]string{"a"}, nil, map[string]int{}},
		"the longest way counts":   {[]string{"a", "b", "c"}, []atLeast{{"a", "b", 5}, {"b", "c", 5}, {"a", "c", 7}}, map[string]int{"b": 5, "c": 10}},
		"the order does not count": {[]string{"c", "b", "a"}, []atLeast{{"a", "c", 7}, {"b", "c", 5}, {"a", "b", 5}}, map[string]int{"b": 5, "c": 10}},
		"a circle":                 {[]string{"a", "b"}, []atLeast{{"a", "b", 1}, {"b", "a", 1}}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok := placed(tt.names, tt.distances)
			if ok != (tt.want != nil) {
				t.Fatalf("placed = %v, %v", got, ok)
			}
			if diff := cmp.Diff(tt.want, got); ok && diff != "" {
				t.Errorf("placed (-want +got):\n%s", diff)
			}
		})
	}
}

// nasty are titles and URLs that would break a format that does not escape.
var nasty = []string{
	`</title><script>alert(1)</script>`, `"]; click n0 "javascript:alert(1)"`, "a\nend\nsubgraph x", "%%{init: {}}%%",
	"---\ntitle: x", "`**bold**` #quot; &amp;", "\x1b[31mred", "]]>", "経路\u202e出口", "%s %d",
}

func TestEscaped(t *testing.T) {
	top, traces := tenRoutes(t)
	for _, text := range nasty {
		trace := traces[2]
		trace.Because = reason.New(reason.Code(text))
		trace.Request.URL = &url.URL{Scheme: "https", Host: "a.example", Path: text, Opaque: text}
		trace.Asked.Bucket = text
		one := []route.Trace{trace}
		o := Options{Title: text}
		sound(t, top, one, o)
		svg := string(SVG(top, one, o))
		if strings.Contains(svg, "<script") || strings.ContainsRune(svg, '\x1b') {
			t.Errorf("title %q stands in the picture as it is", text)
		}
		if got := Text(top, trace, reason.English, term.Paint(false)); strings.ContainsRune(got, '\x1b') {
			t.Errorf("text sends the terminal what stands in %q", text)
		}
		for line := range strings.Lines(Mermaid(top, one, o)) {
			if strings.HasPrefix(strings.TrimSpace(line), "click") || strings.Contains(line, "<script") || strings.Contains(line, "%%{") {
				t.Errorf("title %q becomes a line of the chart: %s", text, line)
			}
		}
	}
}

// FuzzTitle holds that any title is shown, and nothing but shown.
func FuzzTitle(f *testing.F) {
	for _, text := range nasty {
		f.Add(text)
	}
	top, traces := tenRoutes(f)
	f.Fuzz(func(t *testing.T, title string) {
		o := Options{Title: title}
		sound(t, top, traces[2:3], o)
		var doc struct {
			Title string `xml:"title"`
		}
		if err := xml.Unmarshal(SVG(top, traces[2:3], o), &doc); err != nil {
			t.Fatal(err)
		}
		want := plain(title)
		if title == "" {
			want = plain(top.Title)
		}
		if doc.Title != want {
			t.Errorf("title %q, want %q", doc.Title, want)
		}
	})
}

// TestColour paints the outcome only, and nothing where colour is off.
func TestColour(t *testing.T) {
	top, traces := tenRoutes(t)
	tests := map[string]struct {
		trace route.Trace
		want  string
	}{
		"reached":             {traces[3], "\x1b[32mreached"},
		"by another endpoint": {traces[2], "\x1b[33mreached by another endpoint"},
		"stopped":             {traces[5], "\x1b[31mno route"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Text(top, tt.trace, reason.English, true); !strings.Contains(got, tt.want) {
				t.Errorf("Text lacks %q:\n%s", tt.want, got)
			}
			if got := Text(top, tt.trace, reason.English, false); strings.ContainsRune(got, '\x1b') {
				t.Errorf("Text colours where colour is off: %q", got)
			}
		})
	}
}
