package kitfile

import (
	"errors"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// architecture is amd64 if it is not zero.
type architecture uint8

// The forms of ids and names. Ids have eight hex digits, or seventeen since
// 2016.
var (
	nameForm     = regexp.MustCompile(`^[a-z][a-z0-9-]{0,18}[a-z0-9]$`)
	vpcForm      = regexp.MustCompile(`^vpc-[0-9a-f]{8,17}$`)
	subnetForm   = regexp.MustCompile(`^subnet-[0-9a-f]{8,17}$`)
	tableForm    = regexp.MustCompile(`^rtb-[0-9a-f]{8,17}$`)
	gatewayForm  = regexp.MustCompile(`^[tv]gw-[0-9a-f]{8,17}$`)
	endpointForm = regexp.MustCompile(`^vpce-[0-9a-f]{8,17}$`)
	topicForm    = regexp.MustCompile(`^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$`)
	accountForm  = regexp.MustCompile(`^[0-9]{12}$`)
	domainForm   = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]*[a-z][a-z0-9-]*$`)
	instanceForm = regexp.MustCompile(`^[a-z][a-z0-9-]*\.[a-z0-9-]+$`)
	bucketForm   = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	keyForm      = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9/!_.()-]{0,500}$`)
	rpmForm      = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9/!_.()-]{0,496}\.rpm$`)
	digestForm   = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// form is text of a form. Its problems are of code, which is DG6101 and a word
// for forms that only kits have.
func form(form *regexp.Regexp, code string) yamldoc.Type[string] {
	schema := yamldoc.Schema{"type": "string", "pattern": form.String()}
	return yamldoc.Type[string]{Schema: schema, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (string, bool) {
		read := yamldoc.String()
		if code == "DG1214" {
			read = yamldoc.Free()
		}
		s, ok := read.Read(d, n)
		if !ok || form.MatchString(s) {
			return s, ok
		}
		bare, _, own := strings.Cut(code, ".")
		summary := reason.New(reason.Code(bare), yamldoc.Quote(s), d.Key)
		hint := reason.New(reason.Code(bare + ".hint"))
		if own {
			hint.Code += reason.Code(strings.TrimPrefix(code, bare))
		}
		d.Add(n, bare, summary).Hint = hint
		return "", false
	}}
}

var textType = yamldoc.Placed(yamldoc.String())

var portType = yamldoc.Type[uint16]{
	Schema: yamldoc.Integer(1, 65535).Schema,
	Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (uint16, bool) {
		v, ok := yamldoc.Integer(1, 65535).Read(d, n)
		return uint16(v), ok
	},
}

var prefixType = yamldoc.Placed(yamldoc.Type[netip.Prefix]{
	Schema: yamldoc.String().Schema,
	Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (netip.Prefix, bool) {
		s, ok := yamldoc.String().Read(d, n)
		if !ok {
			return netip.Prefix{}, false
		}
		p, err := netset.ParsePrefix(s)
		if err == nil && p.Addr().Is4() && strings.Contains(s, "/") {
			return p, true
		}
		if e, ok := errors.AsType[*netset.PrefixError](err); ok && e.Meant.IsValid() {
			d.Add(n, "DG1203", reason.New("DG1203.bits", yamldoc.Quote(s))).Hint = reason.New("hint.write", e.Meant.String())
			return netip.Prefix{}, false
		}
		d.Add(n, "DG1203", reason.New("DG1203", yamldoc.Quote(s), d.Key)).Hint = reason.New("DG1203.hint")
		return netip.Prefix{}, false
	},
})

var regionType = yamldoc.Type[string]{
	Schema: yamldoc.String().Schema,
	Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (string, bool) {
		s, ok := yamldoc.String().Read(d, n)
		if !ok || awsdata.RegionShape(s) {
			return s, ok
		}
		d.Add(n, "DG1212", reason.New("DG1212", yamldoc.Quote(s), d.Key)).Hint = reason.New("DG1212.hint")
		return "", false
	},
}

// serviceType is a service that an interface endpoint leads to.
var serviceType = yamldoc.Placed(yamldoc.Type[string]{
	Schema: yamldoc.String().Schema,
	Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (string, bool) {
		s, ok := yamldoc.String().Read(d, n)
		if !ok {
			return "", false
		}
		if service, known := awsdata.PrivateLink(s); known && slices.Contains(service.Types, "interface") {
			return s, true
		}
		d.Add(n, "DG6102", reason.New("DG6102", yamldoc.Quote(s))).Hint = meant(s)
		return "", false
	},
})

func meant(service string) reason.Because {
	var names []string
	for _, s := range awsdata.PrivateLinkServices() {
		names = append(names, s.Service)
	}
	if near, ok := yamldoc.Nearest(service, names); ok {
		return reason.New("hint.meant", yamldoc.Quote(near))
	}
	return reason.New("DG6102.hint")
}

// retention are the days that CloudWatch Logs can keep logs for (CloudFormation
// user guide, AWS::Logs::LogGroup).
var retention = []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}

var daysType = yamldoc.Type[int]{
	Schema: yamldoc.Schema{"enum": retention},
	Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (int, bool) {
		v, ok := yamldoc.Integer(1, 3653).Read(d, n)
		if !ok || slices.Contains(retention, v) {
			return v, ok
		}
		more := retention[slices.IndexFunc(retention, func(r int) bool { return r > v })]
		d.Add(n, "DG6101", reason.New("DG6101", n.Text, d.Key)).Hint = reason.New("hint.write", strconv.Itoa(more))
		return 0, false
	},
}

// withPlace tells a value where it was read.
func withPlace[V any](t yamldoc.Type[V], at func(*V, *yamldoc.Node)) yamldoc.Type[V] {
	read := t.Read
	t.Read = func(d *yamldoc.Decoder, n *yamldoc.Node) (V, bool) {
		v, ok := read(d, n)
		at(&v, n)
		return v, ok
	}
	return t
}
