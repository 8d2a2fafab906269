package lab_test

import (
	"testing"

	"github.com/deguchi-project/deguchi/internal/edge/lab"
	"github.com/deguchi-project/deguchi/internal/edge/lab/program"
	"github.com/deguchi-project/deguchi/internal/engine/route"
)

func TestStoryB(t *testing.T) {
	needs(t)
	top := parsed(t, "../../../examples/story-b-ten-routes.yaml")
	l := opened(t, top, lab.Options{})
	for _, test := range top.Tests[:10] {
		v, err := l.Ask(t.Context(), top.Client(test.Client), test.Request, program.Curl)
		if err != nil {
			t.Fatal(err)
		}
		diff := route.Compare(l.Plan().Trace(&v.Answer), &test.Expect)
		t.Logf("%s: %v %v\n%v %v %s", test.Name, v.Took, v.Answer, v.Exit, v.Output, v.Command)
		for _, d := range diff {
			t.Errorf("%s: %s: got %s, want %s", test.Name, d.Field, d.Got, d.Want)
		}
		if len(diff) > 0 {
			for _, n := range v.Counters {
				t.Log(n)
			}
			for _, s := range v.Evidence.Seen {
				t.Log(s)
			}
			t.Log(v.Evidence.Calls, v.Evidence.Asked, v.Evidence.Refused)
		}
	}
}
