package labs

import (
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/examples"
	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/edge/lab"
	"github.com/deguchi-project/deguchi/internal/engine/draw"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// story is one of the five: a topology and what of its tests is played.
type story struct {
	letter, file string
	tests        []string // by the beginning of their names
}

// stories are played in this order.
var stories = []story{
	{"a", "story-a-metadata.yaml", []string{"As found", "The metadata address", "A proxy on EC2", "A proxy that refuses"}},
	{"b", "story-b-ten-routes.yaml", []string{"1:", "2:", "3:", "4:", "5:", "6:", "7:", "8:", "9:", "10:"}},
	{"c", "story-c-closed-data-centre.yaml", []string{"By load balancer", "An Application Load Balancer", "Today's alternative"}},
	{"d", "story-d-other-cloud.yaml", []string{"From the other cloud to SNS", "Without the proxy", "Deguchi knows", "Deguchi refuses"}},
	{"e", "story-e-locked-out.yaml", []string{"As copied", "With both variables", "Registered, and still", "Deguchi with the job"}},
}

func letters() (all []string) {
	for _, s := range stories {
		all = append(all, s.letter)
	}
	return all
}

// Demo plays the stories, or the one with the letter only, each with a picture
// of what is predicted and what a network then sees.
func (d *Desk) Demo(ctx context.Context, only string) (wrong bool, err error) {
	return d.inside(ctx, func(dir string) (bool, error) {
		for _, s := range stories {
			if only != "" && only != s.letter {
				continue
			}
			bad, err := d.play(ctx, s, dir)
			if err != nil {
				return wrong, err
			}
			wrong = wrong || bad
		}
		return wrong, nil
	})
}

// Example returns a file of the examples.
func Example(name string) ([]byte, error) { return fs.ReadFile(examples.Files, path.Clean(name)) }

// play plays one story.
func (d *Desk) play(ctx context.Context, s story, dir string) (wrong bool, err error) {
	src, err := Example(s.file)
	if err != nil {
		return false, err
	}
	t, _ := d.Parse(s.file, src) // a test keeps it sound
	d.printf("%s\n\n", d.Paint.In(term.Bold, d.say("lab.story", strings.ToUpper(s.letter), t.Title)))
	t.Tests = slices.DeleteFunc(slices.Clone(t.Tests), func(x *topology.Test) bool {
		return !slices.ContainsFunc(s.tests, func(begin string) bool { return strings.HasPrefix(x.Name, begin) })
	})
	o := d.options(s.file, dir)
	o.Config = Example
	suite := lab.Suite{Options: o, Now: d.Now, Program: own}
	first := true
	err = suite.Run(ctx, t, func(trial *lab.Trial) {
		if first {
			shown := trial.Predicted
			shown.Assumed = nil // a page of it stands between the picture and the proof
			d.printf("%s\n", draw.Text(t, shown, d.Lang, d.Paint))
			first = false
		}
		x := testOf(trial, d.Lang)
		d.test(&x)
		if x.Run != nil && x.Run.Exit != 0 {
			d.lines("      ", d.say("lab.says", lastLine(x.Run.Output)))
		}
		wrong = wrong || x.Beyond == "" && !x.OK
	})
	d.printf("\n")
	return wrong, err
}

// lastLine is the last line of text that says something.
func lastLine(text string) string {
	last := ""
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" && l != "000" {
			last = l
		}
	}
	return last
}
