package iampolicy

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// Because puts the ground of r into a reason.
func (r Result) Because() reason.Because {
	switch r.Basis {
	case WholePolicy:
		return reason.New(reason.Code("policy.whole." + r.Verdict.String()))
	case OwnAccount:
		return reason.New("policy.own-account")
	case Stranger:
		return reason.New(reason.Code("policy.stranger." + r.Verdict.String()))
	case NoAllow:
		if r.Ground.Number == 0 {
			return reason.New("policy.no-allow")
		}
		return r.Ground.because("policy.nearest")
	case ByStatement:
	}
	if r.Verdict == Unknown {
		return r.Ground.because("policy.unknown")
	}
	return r.Ground.because("policy." + r.Verdict.String())
}

// because words g under a code that has a variant for conditions, and for
// statements without one.
func (g *Ground) because(code string) reason.Because {
	switch g.Part {
	case Whole:
		return reason.New(reason.Code(code+".whole"), g.label(), g.position())
	case ConditionPart:
		t := &g.Test
		wanted := make([]string, len(t.Wanted))
		for i, w := range t.Wanted {
			wanted[i] = w.V
		}
		return reason.New(reason.Code(code+".condition"), g.label(), g.position(), t.Operator, t.Key, list(wanted)).With(t.Got.because())
	case ActionPart, ResourcePart, PrincipalPart:
	}
	element := g.Part.element()
	if g.Not {
		element = "Not" + element
	}
	got := Value{}
	if g.Got != "" {
		got = Is(g.Got)
	}
	return reason.New(reason.Code(code+".element"), g.label(), g.position(), element, list(g.Wanted)).With(got.because())
}

// label tells the statement from others of its policy: its number and its Sid.
func (g *Ground) label() string {
	if g.Sid == "" {
		return strconv.Itoa(g.Number)
	}
	return fmt.Sprintf("%d %q", g.Number, g.Sid)
}

// position is where the statement stands, "-" if it stands in no file.
func (g *Ground) position() string {
	if p := g.Pos.String(); p != "" {
		return p
	}
	return "-"
}

// mostListed bounds the values that a reason repeats.
const mostListed = 4

func list(values []string) string {
	var b strings.Builder
	for i, v := range values {
		if i == mostListed {
			b.WriteString(", …")
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Quote(v))
	}
	return b.String()
}

// because returns v as reasons show it: quotes stand around what is a text.
func (v Value) because() reason.Because {
	switch v.state {
	case unknown:
		return reason.New("policy.unknown")
	case absent:
		return reason.New("policy.absent")
	case single:
		return reason.New("policy.value", strconv.Quote(v.text))
	case several, ranging:
	}
	return reason.New("policy.value", v.String())
}
