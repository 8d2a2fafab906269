package resolve

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHealth(t *testing.T) {
	servers := []string{"a", "b", "c"}
	silent := func(s string, times int) func(*health, *clock) {
		return func(h *health, _ *clock) {
			for range times {
				h.silent(s)
			}
		}
	}
	tests := map[string]struct {
		steps []func(*health, *clock)
		want  []string
	}{
		"nothing known":               {nil, []string{"a", "b", "c"}},
		"two slow names":              {[]func(*health, *clock){silent("a", 2)}, []string{"a", "b", "c"}},
		"three silences in a row":     {[]func(*health, *clock){silent("a", 3)}, []string{"b", "c", "a"}},
		"not in a row":                {[]func(*health, *clock){silent("a", 2), func(h *health, _ *clock) { h.answered("a") }, silent("a", 2)}, []string{"a", "b", "c"}},
		"it answered again":           {[]func(*health, *clock){silent("a", 9), func(h *health, _ *clock) { h.answered("a") }}, []string{"a", "b", "c"}},
		"long ago":                    {[]func(*health, *clock){silent("a", 3), func(_ *health, c *clock) { c.advance(dead) }}, []string{"a", "b", "c"}},
		"one more silence is enough":  {[]func(*health, *clock){silent("a", 3), func(_ *health, c *clock) { c.advance(dead) }, silent("a", 1)}, []string{"b", "c", "a"}},
		"all silent: the order stays": {[]func(*health, *clock){silent("a", 3), silent("b", 3), silent("c", 3)}, []string{"a", "b", "c"}},
		"one after the other":         {[]func(*health, *clock){silent("b", 3), silent("a", 3)}, []string{"c", "a", "b"}},
	}
	for why, tt := range tests {
		t.Run(why, func(t *testing.T) {
			var c clock
			h := health{now: c.now}
			for _, step := range tt.steps {
				step(&h, &c)
			}
			if diff := cmp.Diff(tt.want, h.order(servers)); diff != "" {
				t.Errorf("order (-want +got):\n%s", diff)
			}
		})
	}
}
