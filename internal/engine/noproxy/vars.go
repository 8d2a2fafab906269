package noproxy

import (
	"maps"
	"slices"
	"strings"
)

// Vars are the settings that a program finds: environment variables by name.
// Java's properties stand under "system_properties" as on its command line.
type Vars map[string]string

// setting is what a program took from its variables for one request.
type setting struct {
	from, value    string   // the proxy's variable and its value; from "" is none
	listFrom, list string   // the same of the list of exceptions
	hidden         bool     // the first variable of the list is set to nothing
	asked          []string // the variables that were asked for a proxy
	cgi            bool     // the program refuses the value under CGI
}

// reading says which variables a family asks for, the first one first.
type reading struct {
	http, https, all, no []string
	hides                bool // a proxy variable set to nothing hides the next
	hidesAll             bool // and those of http and all
	hidesNo              bool // so does a list
	fallback             bool // https without a variable of its own uses http's
	anyCase              bool // names are read in every spelling, those that are listed first
	cgi                  cgiRule
	cgiNamed             string // the variable that tells of CGI; empty is REQUEST_METHOD
	cgiSet               bool   // it tells so where it is set to nothing, too
}

// cgiRule is what a program does where a variable, mostly REQUEST_METHOD, says
// that it answers a web request, so that HTTP_PROXY may come from a header
// "Proxy:".
type cgiRule int

const (
	cgiUnseen   cgiRule = iota
	cgiNotUpper         // HTTP_PROXY is not read
	cgiNoHTTP           // no variable for http is read
	cgiRefuses          // a proxy for http is an error
	cgiNothing          // no variable is read
)

// settings returns what is found for t.
func (r reading) settings(vars Vars, t Target) setting {
	var s setting
	no := r.spellings(vars, r.no)
	s.listFrom, s.list = pick(vars, no, r.hidesNo)
	if name, list := pick(vars, no, true); name != "" && list == "" {
		s.hidden = true
	}
	underCGI := r.underCGI(vars)
	for i, g := range r.groups(t.Scheme, underCGI) {
		s.asked = append(s.asked, g...)
		if s.from, s.value = pick(vars, r.spellings(vars, g), r.hides); s.value != "" {
			s.cgi = underCGI && r.cgi == cgiRefuses && (t.Scheme == "http" || i == 1)
			return s
		}
		if s.from != "" && r.hidesAll {
			break
		}
	}
	s.from, s.value = "", ""
	return s
}

// groups are the variables that r asks for a URL of scheme: its own, those of http
// for https, those for all.
func (r reading) groups(scheme string, underCGI bool) [3][]string {
	own, https := r.http, scheme == "https"
	if https {
		own = r.https
	}
	groups := [3][]string{own, nil, r.all}
	if https && r.fallback {
		groups[1] = r.http
	}
	if !underCGI {
		return groups
	}
	switch r.cgi {
	case cgiNotUpper: // Ruby asks for it for https, too
		groups[0] = slices.DeleteFunc(slices.Clone(own), func(n string) bool { return n == "HTTP_PROXY" })
	case cgiNoHTTP:
		if !https {
			groups[0] = nil
		}
	case cgiNothing:
		return [3][]string{}
	case cgiRefuses, cgiUnseen:
	}
	return groups
}

// passingOver is r with a value that is as good as none in v: the next is sought.
func passingOver(v values, r reading) func(Vars, Target) setting {
	return func(vars Vars, t Target) setting {
		found := r.settings(vars, t)
		if _, use := v.read(found.value, t); found.from == "" || use != ignored {
			return found
		}
		rest := maps.Clone(vars)
		rest[found.from] = ""
		if next := r.settings(rest, t); next.from != "" {
			return next
		}
		return found
	}
}

// underCGI reports whether vars say that the program answers a web request.
func (r reading) underCGI(vars Vars) bool {
	name := r.cgiNamed
	if name == "" {
		name = "REQUEST_METHOD"
	}
	value, set := vars[name]
	return value != "" || set && r.cgiSet
}

// spellings are names and, where r reads any case, what else in vars differs
// from them in case alone.
func (r reading) spellings(vars Vars, names []string) []string {
	if !r.anyCase || len(names) == 0 {
		return names
	}
	all := slices.Clone(names)
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		if strings.EqualFold(name, names[0]) && strings.ToLower(name) != name && strings.ToUpper(name) != name {
			all = append(all, name)
		}
	}
	return all
}

// pick returns the first of names that is set to something. Where hides holds,
// one that is set to nothing ends the search.
func pick(vars Vars, names []string, hides bool) (name, value string) {
	for _, n := range names {
		v, ok := vars[n]
		if v != "" || ok && hides {
			return n, v
		}
	}
	return "", ""
}
