package labs

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/edge/lab/fabric"
)

func (d *Desk) printf(format string, args ...any) { fmt.Fprintf(d.Out, format, args...) }

// test writes t for a person: a line for each hop, from the counters of its
// node.
func (d *Desk) test(t *Test) {
	switch {
	case t.Beyond != "":
		d.printf("%s  %s\n", d.Paint.In(term.Yellow, d.say("lab.beyond")), t.Name)
		d.lines("      ", t.Beyond)
		return
	case t.OK:
		d.printf("%s  %s\n", d.Paint.In(term.Green, d.say("lab.pass")), t.Name)
	default:
		d.printf("%s  %s\n", d.Paint.In(term.Red, d.say("lab.fail")), t.Name)
	}
	d.printf("      %s$ %s\n", t.Client, quoted(t.Run.Command))
	d.printf("      %s\n", d.say("lab.exit", strconv.Itoa(t.Run.Exit), seconds(t.Run.TookMS)))
	d.hops(t)
	d.printf("      → %s\n", d.Paint.In(style(t.Seen.Verdict), t.Seen.Verdict))
	for _, x := range t.Differs {
		d.lines("      ", d.say("lab.differs", x.Field, orDash(x.Seen), orDash(x.Predicted)))
	}
	if (!t.OK || d.Verbose) && t.ToldBy != "" {
		d.lines("      ", d.say("lab.because", t.ToldBy))
	}
	if !t.OK || d.Verbose {
		d.lines("      | ", strings.TrimSpace(t.Run.Output))
	}
}

func style(verdict string) term.Style {
	if verdict == "reached" {
		return term.Green
	}
	return term.Red
}

func seconds(ms float64) string {
	return time.Duration(ms * float64(time.Millisecond)).Round(10 * time.Millisecond).String()
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// hops writes the nodes on the way, each with what it has counted.
func (d *Desk) hops(t *Test) {
	width := 0
	for _, h := range t.Hops {
		width = max(width, term.Width(h.Hop))
		if h.Hop == "" {
			width = max(width, term.Width(h.Node))
		}
	}
	for _, h := range t.Hops {
		name, mark := h.Hop, " "
		if name == "" {
			name, mark = h.Node, "x"
		}
		text := d.counted(h.Counters)
		if strings.HasPrefix(h.Hop, "aws:") {
			if keys := origin(t.Seen.Context); keys != "" {
				text = d.say("lab.saw", keys)
			}
		}
		d.printf("%s\n", strings.TrimRight("    "+mark+" "+term.Pad(name, width)+"  "+text, " "))
	}
}

// counted puts counters into words.
func (d *Desk) counted(all []Counter) string {
	at := func(name string) uint64 {
		i := slices.IndexFunc(all, func(c Counter) bool { return c.Name == name })
		if i < 0 {
			return 0
		}
		return all[i].Packets
	}
	var parts []string
	if n := at(fabric.Passed); n > 0 {
		parts = append(parts, d.say("lab.through", strconv.FormatUint(n, 10)))
	}
	if in, out := at(fabric.Arrived), at(fabric.Sent); in+out > 0 && at(fabric.Passed) == 0 {
		parts = append(parts, d.say("lab.out-in", strconv.FormatUint(out, 10), strconv.FormatUint(in, 10)))
	}
	for _, c := range all {
		if c.Name != fabric.Passed && c.Name != fabric.Arrived && c.Name != fabric.Sent {
			parts = append(parts, d.say("lab.dropped", strconv.FormatUint(c.Packets, 10), c.Name))
		}
	}
	return strings.Join(parts, ", ")
}

// originKeys are the condition keys that tell where a request came from.
var originKeys = []string{"aws:SourceIp", "aws:SourceVpce", "aws:VpcSourceIp"}

func origin(context map[string]string) string {
	var parts []string
	for _, k := range originKeys {
		if v := context[k]; v != "" && v != "absent" {
			parts = append(parts, k+" = "+v)
		}
	}
	return strings.Join(parts, ", ")
}

// columns is how wide an answer may be.
const columns = 80

// lines writes text below each other, each line after indent.
func (d *Desk) lines(indent, text string) {
	for part := range strings.Lines(text) {
		for _, l := range term.Wrap(printable(strings.TrimSpace(part)), columns-len(indent)) {
			d.printf("%s%s\n", indent, l)
		}
	}
}

// printable is text without what a terminal would obey.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return -1
		}
		return r
	}, text)
}

// quoted is a command as a shell reads it.
func quoted(command []string) string {
	all := make([]string, len(command))
	for i, arg := range command {
		all[i] = arg
		if arg == "" || strings.ContainsAny(arg, " \t\n\"'$*?;&|<>(){}\\") {
			all[i] = "'" + strings.NewReplacer("'", `'\''`, "\n", `\n`).Replace(arg) + "'"
		}
	}
	return strings.Join(all, " ")
}
