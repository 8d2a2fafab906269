package yamldoc

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// house and room are what the tests decode into.
type house struct {
	Name  string
	Size  int
	Owned bool
	Paint paint
	Rooms []Named[room]
	Tags  []string
}

type room struct {
	Door string
	Beds int
}

type paint uint8

var roomType = Object("room", room{Beds: 1},
	Required("door", "Where it leads.", String(), func(r *room) *string { return &r.Door }),
	Optional("beds", "", Integer(0, 9), func(r *room) *int { return &r.Beds }),
)

var houseType = Object("", house{Size: 7},
	Required("name", "", String(), func(h *house) *string { return &h.Name }),
	Optional("size", "", Integer(1, 100), func(h *house) *int { return &h.Size }),
	Optional("owned", "", Boolean(), func(h *house) *bool { return &h.Owned }),
	Optional("paint", "", Word[paint]("white", "green"), func(h *house) *paint { return &h.Paint }),
	Optional("rooms", "", MapOf(roomType), func(h *house) *[]Named[room] { return &h.Rooms }),
	Optional("tags", "", ListOf(Free()), func(h *house) *[]string { return &h.Tags }),
)

func TestDecode(t *testing.T) {
	n, problems := Parse("f", []byte("name: 出口\nowned: true\npaint: green\nrooms: {b: {door: south}, a: {door: north, beds: 2}}\ntags: [x, 007]\n"))
	got, more := Decode(houseType, n)
	if problems = append(problems, more...); len(problems) > 0 {
		t.Fatalf("found %v", heads(problems))
	}
	want := house{
		Name: "出口", Size: 7, Owned: true, Paint: 1, Tags: []string{"x", "007"},
		Rooms: []Named[room]{{got.Rooms[0].Name, room{"south", 1}}, {got.Rooms[1].Name, room{"north", 2}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Decode (-want +got):\n%s", diff)
	}
	if got := got.Rooms[1].Name; got.V != "a" || got.Pos.Col != 27 || got.Len != 1 {
		t.Errorf("the second room is %+v, want a at column 27", got)
	}
}

func TestDecodeProblems(t *testing.T) {
	tests := map[string]struct {
		src  string
		want []string
	}{
		"nothing":                             {"", []string{`1:1: key "name" is missing [DG1102]`}},
		"no map at all":                       {"[name]", []string{"1:1: the file must be a map of keys to values [DG1104]"}},
		"text where the map should be":        {"name", []string{"1:1: the file must be a map of keys to values [DG1104]"}},
		"unknown key":                         {"name: x\nfloor: 1\n", []string{`2:1: unknown key "floor" [DG1103]`}},
		"a misspelt key is not missed too":    {"nmae: x\n", []string{`1:1: unknown key "nmae" [DG1103]`}},
		"unknown key in something named":      {"name: x\nrooms: {hall: {door: a, bath: 1}}\n", []string{`2:25: unknown key "bath" in room "hall" [DG1103]`}},
		"missing key in something named":      {"name: x\nrooms: {hall: {}}\n", []string{`2:15: key "door" is missing in room "hall" [DG1102]`}},
		"every problem, and each once":        {"name: 1\nsize: big\nowned: yes\npaint: grean\ntags: x\n", []string{"1:7: name must be text, not 1 [DG1104]", `2:7: size must be a whole number, not "big" [DG1104]`, `3:8: owned must be true or false, not "yes" [DG1104]`, `4:8: paint cannot be "grean" [DG1201]`, `5:7: tags must be a list, not "x" [DG1104]`}},
		"a key without value":                 {"name:\n", []string{"1:1: name is empty [DG1105]"}},
		"empty text":                          {`name: ""`, []string{"1:7: name is empty [DG1105]"}},
		"empty list":                          {"name: x\ntags: []\n", []string{"2:7: tags is empty [DG1105]"}},
		"empty item":                          {"name: x\ntags: [a, ~]\n", []string{"2:11: tags is empty [DG1105]"}},
		"too large, and larger than a number": {"name: x\nsize: 101\nrooms: {a: {door: x, beds: 99999999999999999999}}\n", []string{"2:7: size is 101, not from 1 to 100 [DG1207]", "3:28: beds is 99999999999999999999, not from 0 to 9 [DG1207]"}},
		"what YAML has found is not repeated": {"name: &x y\n", []string{"1:7: anchors and aliases are not used in this format [DG1005]"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			n, problems := Parse("f", []byte(tt.src))
			_, more := Decode(houseType, n)
			if diff := cmp.Diff(tt.want, heads(append(problems, more...))); diff != "" {
				t.Errorf("problems of %q (-want +got):\n%s", tt.src, diff)
			}
		})
	}
}

func TestNearest(t *testing.T) {
	known := []string{"address", "proxy_protocol", "trust", "オフィス"}
	tests := map[string]struct{ word, want string }{
		"a letter left out":       {"adress", "address"},
		"two letters swapped":     {"turst", "trust"},
		"a letter too many":       {"truust", "trust"},
		"hyphen for underscore":   {"proxy-protocol", "proxy_protocol"},
		"Japanese":                {"オフィ", "オフィス"},
		"something else entirely": {"deny", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got, _ := Nearest(tt.word, known); got != tt.want {
				t.Errorf("Nearest(%q) = %q, want %q", tt.word, got, tt.want)
			}
		})
	}
}

func TestSchema(t *testing.T) {
	text, err := roomType.Schema.JSON("room")
	if err != nil {
		t.Fatal(err)
	}
	var got any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "room",
		"type": "object", "additionalProperties": false, "required": []any{"door"},
		"properties": map[string]any{
			"door": map[string]any{"type": "string", "minLength": 1.0, "description": "Where it leads."},
			"beds": map[string]any{"type": "integer", "minimum": 0.0, "maximum": 9.0},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Schema (-want +got):\n%s", diff)
	}
}
