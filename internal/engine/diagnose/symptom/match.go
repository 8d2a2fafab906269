package symptom

import (
	"cmp"
	"slices"
	"strings"
)

// Match is a symptom that fits a pasted text.
type Match struct {
	*Symptom
	Texts []string // those of its texts that were found
}

// Message is one thing that a pasted text says.
type Message struct {
	Text   string   // as it stands there, on one line
	Causes []string // ids of the symptoms that it fits best, all equally well

	weight int    // of the text that fits best
	at     int    // where it stands
	others []*row // of symptoms that it fits, the best among them
}

// Explanation is what a pasted text can mean.
type Explanation struct {
	Messages []Message // what tells most first; what only wraps another, last
	Matches  []Match   // the causes of Messages, in their order, and then what fits less well
	Alike    []string  // the causes of the first message, where it has several
	Proxy    string    // the proxy that the text names, host:port
	Target   string    // the URL that it names
}

// MaxText bounds a pasted text.
const MaxText = 4 << 20

// Explain says which symptoms fit text. Spaces, line ends, quotation marks,
// hyphens, colours and the bars that some programs and mails put before each
// line do not count, so that a terminal may have wrapped it and a mail may quote
// it. A text may hold several messages.
func Explain(text string) Explanation {
	text = text[max(0, len(text)-MaxText):] // the end of a log is what happened last
	f := flatten(escapes.ReplaceAllString(text, ""))
	finds, texts := f.finds()
	e := Explanation{Messages: sorted(explained(merged(messages(finds))))}
	for i := range e.Messages {
		m := &e.Messages[i]
		m.Text = f.excerpt(m.at)
		e.add(texts, m.Causes...)
	}
	slices.SortStableFunc(finds, func(a, b find) int { return b.weight - a.weight })
	for _, x := range finds {
		e.add(texts, x.row.symptom.ID)
	}
	if len(e.Messages) > 0 && len(e.Messages[0].Causes) > 1 {
		e.Alike = e.Messages[0].Causes
	}
	e.Proxy, e.Target = named(f.raw)
	return e
}

// add adds symptoms to e, each once.
func (e *Explanation) add(texts map[string][]string, ids ...string) {
	for _, id := range ids {
		if s, ok := Named(id); ok && !slices.ContainsFunc(e.Matches, func(m Match) bool { return m.ID == id }) {
			e.Matches = append(e.Matches, Match{s, texts[id]})
		}
	}
}

// find is a text of a symptom's, found between two places.
type find struct {
	row      *row
	weight   int
	from, to int
}

// finds are all of f, by place, and the texts found by symptom.
func (f *flat) finds() (all []find, texts map[string][]string) {
	texts = map[string][]string{}
	for _, r := range compiled() {
		var here []find
		var said []string
		for _, p := range r.patterns {
			spans := p.spans(f)
			for _, s := range spans {
				here = append(here, find{r, p.weight, s[0], s[1]})
			}
			if len(spans) > 0 {
				said = append(said, p.text)
			}
		}
		if len(here) > 0 && !r.excluded(f) {
			all = append(all, here...)
			texts[r.symptom.ID] = said
		}
	}
	slices.SortStableFunc(all, func(a, b find) int { return a.from - b.from })
	return all, texts
}

// messages puts together what overlaps: those are readings of one message. What
// fits it best is what needs most of its letters to be there.
func messages(finds []find) []Message {
	var all []Message
	end := 0
	for i, x := range finds {
		if i == 0 || x.from >= end {
			all = append(all, Message{at: x.from})
			end = x.to
		}
		end = max(end, x.to)
		m := &all[len(all)-1]
		if x.weight > m.weight {
			m.weight, m.Causes = x.weight, nil
		}
		if x.weight == m.weight && !slices.Contains(m.Causes, x.row.symptom.ID) {
			m.Causes = append(m.Causes, x.row.symptom.ID)
		}
		m.others = append(m.others, x.row)
	}
	for i := range all {
		slices.Sort(all[i].Causes)
	}
	return all
}

// merged leaves one of messages with the same causes.
func merged(all []Message) []Message {
	var kept []Message
	for _, m := range all {
		i := slices.IndexFunc(kept, func(k Message) bool { return slices.Equal(k.Causes, m.Causes) })
		if i < 0 {
			kept = append(kept, m)
			continue
		}
		k := &kept[i]
		if m.weight > k.weight {
			k.weight, k.at = m.weight, m.at
		}
		k.others = append(k.others, m.others...)
	}
	return kept
}

// explained takes out a message with several causes where another message tells
// which of them it is, or leaves fewer: the debug log says what the message
// itself does not.
func explained(all []Message) []Message {
	return slices.DeleteFunc(slices.Clone(all), func(m Message) bool {
		return len(m.Causes) > 1 && slices.ContainsFunc(all, func(o Message) bool {
			return len(o.Causes) < len(m.Causes) && slices.ContainsFunc(m.others, func(r *row) bool { return slices.Contains(o.Causes, r.symptom.ID) })
		})
	})
}

// sorted puts what tells most first: messages that have one cause, and those
// that say much; what only wraps another, last.
func sorted(all []Message) []Message {
	order := func(m Message) int {
		switch {
		case m.weight == vagueWeight:
			return 2
		case len(m.Causes) > 1:
			return 1
		}
		return 0
	}
	slices.SortStableFunc(all, func(a, b Message) int { return cmp.Or(order(a)-order(b), b.weight-a.weight) })
	return all
}

// named finds the proxy and the target that text names.
func named(text string) (proxy, target string) {
	if m := proxyURL.FindStringSubmatch(text); m != nil {
		proxy = m[1]
	}
	for _, u := range targetURL.FindAllString(text, -1) {
		if u != proxy && !strings.HasPrefix(u, proxy+"/") && strings.Contains(u, "amazonaws.com") {
			return proxy, u
		}
	}
	if m := targetHost.FindStringSubmatch(text); m != nil && strings.Contains(m[1], "amazonaws.com") {
		return proxy, "https://" + m[1] + "/"
	}
	return proxy, ""
}
