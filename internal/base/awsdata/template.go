package awsdata

import (
	"strings"
	"sync"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
)

// HostTemplate is a host of a job with its blanks: {region}, {region_nodash},
// {account} (twelve digits), {patch_suffix} (a text that AWS chose for the region), * (one or
// more labels, or a part of one), and others that stand for a name of the
// customer's. It is written with the commercial partition's suffix and holds in
// every partition.
type HostTemplate struct {
	text     string
	under    string // the class of suffix; "" also where it is no endpoint's
	endpoint bool   // the suffix is one of endpoints and differs by partition
	parts    []part // of what stands before the suffix, or of the whole
	suffixes map[string]string
}

// part is a literal, or a blank of some kind.
type part struct {
	blank   blank
	literal string
}

type blank uint8

const (
	none    blank = iota // a literal
	region               // the same everywhere in the name
	account              // twelve digits
	compact              // the region without its hyphens
	patch                // the region's suffix
	labels               // one or more labels
	inside               // a part of one label
)

// parseTemplate reads text. suffixes are the job's patch suffixes.
func parseTemplate(text string, suffixes map[string]string) HostTemplate {
	t := HostTemplate{text: text, suffixes: suffixes}
	rest := text
	if before, under, ok := awsname.Place(text); ok {
		rest, t.under, t.endpoint = before, under, true
	}
	whole := rest
	for rest != "" {
		i := strings.IndexAny(rest, "{*")
		if i < 0 {
			i = len(rest)
		}
		if i > 0 {
			t.parts = append(t.parts, part{literal: rest[:i]})
			rest = rest[i:]
			continue
		}
		end := 1
		if rest[0] == '{' {
			end = strings.IndexByte(rest, '}') + 1
		}
		t.parts = append(t.parts, part{blank: blankOf(rest[:end], whole[:len(whole)-len(rest)], rest[end:])})
		rest = rest[end:]
	}
	return t
}

// blankOf returns what word stands for between before and after.
func blankOf(word, before, after string) blank {
	switch word {
	case "{region}":
		return region
	case "{account}":
		return account
	case "{region_nodash}":
		return compact
	case "{patch_suffix}":
		return patch
	}
	if (before == "" || strings.HasSuffix(before, ".")) && (after == "" || after[0] == '.') {
		return labels
	}
	return inside
}

// String returns the template as it is written.
func (t HostTemplate) String() string { return t.text }

// Open reports whether the template leaves a part of the name to others than
// AWS, so that strangers' names match it too.
func (t HostTemplate) Open() bool {
	for _, p := range t.parts {
		if p.blank == account || p.blank == labels || p.blank == inside {
			return true
		}
	}
	return false
}

// Match reports whether name, in lower case and without a trailing dot, is one
// of the template's, and in which region; "" if the template has none.
func (t HostTemplate) Match(name string) (region string, ok bool) {
	rest := name
	if t.endpoint {
		before, under, is := awsname.Place(name)
		if !is || under != t.under {
			return "", false
		}
		rest = before
	}
	if region, ok = t.match(t.parts, rest, ""); !ok {
		return "", false
	}
	if t.endpoint && region != "" && !awsname.Stands(name, region) {
		return "", false
	}
	return region, true
}

// match reads s as parts; in is the region if it has been read.
func (t HostTemplate) match(parts []part, s, in string) (string, bool) {
	if len(parts) == 0 {
		return in, s == ""
	}
	p, next := parts[0], parts[1:]
	switch p.blank {
	case none:
		after, ok := strings.CutPrefix(s, p.literal)
		if !ok {
			return "", false
		}
		return t.match(next, after, in)
	case compact:
		word, _, _ := strings.Cut(s, ".")
		known := compactRegions()[word]
		if known == "" || in != "" && in != known {
			return "", false
		}
		return t.match(next, s[len(word):], known)
	case patch:
		after, ok := strings.CutPrefix(s, t.suffixes[in])
		if !ok || t.suffixes[in] == "" {
			return "", false
		}
		return t.match(next, after, in)
	case region:
		if in != "" {
			after, ok := strings.CutPrefix(s, in)
			if !ok {
				return "", false
			}
			return t.match(next, after, in)
		}
	default: // a blank that anything of its form fills
	}
	for end := 1; end <= len(s); end++ {
		if p.blank == inside && s[end-1] == '.' {
			break
		}
		if !fits(p.blank, s, end) {
			continue
		}
		read := in
		if p.blank == region {
			read = s[:end]
		}
		if found, ok := t.match(next, s[end:], read); ok {
			return found, true
		}
	}
	return "", false
}

// compactRegions returns the known regions by their names without hyphens.
var compactRegions = sync.OnceValue(func() map[string]string {
	byName := make(map[string]string)
	for _, r := range Regions() {
		byName[strings.ReplaceAll(r.Name, "-", "")] = r.Name
	}
	return byName
})

// fits reports whether the first end bytes of s can fill b.
func fits(b blank, s string, end int) bool {
	switch b {
	case region:
		_, ok := awsname.PartitionOf(s[:end])
		return ok
	case account:
		return end == 12 && strings.Trim(s[:end], "0123456789") == ""
	case labels:
		return s[0] != '.' && (end == len(s) || s[end] == '.')
	default:
		return true
	}
}

// Expand fills in region, its patch suffix and the partition's suffix. Blanks
// that a customer fills stay.
func (t HostTemplate) Expand(region, partition string) string {
	text := strings.NewReplacer(
		"{region}", region,
		"{region_nodash}", strings.ReplaceAll(region, "-", ""),
	).Replace(t.text)
	if s := t.suffixes[region]; s != "" {
		text = strings.ReplaceAll(text, "{patch_suffix}", s)
	}
	if rest, under, ok := awsname.Place(text); ok && t.endpoint {
		if suffix := awsname.Suffix(partition, under); suffix != "" {
			return rest + "." + suffix
		}
	}
	return text
}
