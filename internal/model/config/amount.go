package config

import (
	"regexp"
	"strconv"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// duration is a number with units, or 0 where least is 0.
func duration(least time.Duration) yamldoc.Type[time.Duration] {
	schema := yamldoc.Schema{"type": []string{"string", "integer"}, "pattern": `^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`}
	return yamldoc.Type[time.Duration]{Schema: schema, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (time.Duration, bool) {
		if n.Kind != yamldoc.Int && n.Kind != yamldoc.Text {
			_, ok := yamldoc.String().Read(d, n)
			return 0, ok
		}
		v, err := time.ParseDuration(n.Text)
		var h reason.Because
		switch {
		case err == nil && v >= least && v >= 0:
			return v, true
		case err == nil:
			h = hint("DG1205.hint.least", least.String())
		case n.Kind == yamldoc.Int:
			h = hint("hint.write", n.Text+"s")
		default:
			h = hint("DG1205.hint")
		}
		bad(d, n, "DG1205", h)
		return 0, false
	}}
}

// sizes of a request's header, in bytes.
const leastHeader, mostHeader = 1 << 10, 1 << 20

var sizeForm = regexp.MustCompile(`^([0-9]{1,9})(|KiB|MiB)$`)

var sizeType = yamldoc.Type[int]{
	Schema: yamldoc.Schema{"type": []string{"string", "integer"}, "pattern": sizeForm.String()},
	Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (int, bool) {
		if n.Kind != yamldoc.Int && n.Kind != yamldoc.Text {
			_, ok := yamldoc.String().Read(d, n)
			return 0, ok
		}
		m := sizeForm.FindStringSubmatch(n.Text)
		if m == nil {
			bad(d, n, "DG1206", hint("DG1206.hint"))
			return 0, false
		}
		v, _ := strconv.Atoi(m[1]) // nine digits at most
		v <<= map[string]int{"": 0, "KiB": 10, "MiB": 20}[m[2]]
		if v < leastHeader || v > mostHeader {
			d.Add(n, "DG1207", hint("DG1207", d.Key, n.Text, "1KiB", "1MiB"))
			return 0, false
		}
		return v, true
	},
}
