// Package kit says what has to be built for a fleet of proxies: from a kit.yaml
// it makes the configuration that the proxies run on, the endpoints that must
// stand beside them, what an instance does when it starts, and a topology of the
// whole with tests, so that the routes are proven on what will be deployed.
//
// A Plan is the same for every tool that deploys it. Package
// kit/cloudformation writes it as stacks; kit/invariant looks at templates,
// whoever wrote them. The package deploys nothing and asks AWS nothing.
package kit

import (
	"fmt"
	"slices"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/access"
	"github.com/deguchi-project/deguchi/internal/model/config"
	"github.com/deguchi-project/deguchi/internal/model/kitfile"
)

// Options are what a kit needs from the world around its file.
type Options struct {
	Now  time.Time
	Read func(name string) ([]byte, error) // files beside kit.yaml
}

// Plan is what has to be built. It is immutable.
type Plan struct {
	Kit    *kitfile.Kit
	Config *config.Config
	Source string // the text of Config

	now time.Time

	// Gateways are the services of gateway endpoints on the proxies' own route
	// tables; Own those of interface endpoints that instances need to start, and
	// Others those that rules need or the author asked for. Services that are
	// there already are in none.
	Gateways, Own, Others []string
}

// ConfigFile is the name of the proxies' configuration beside a topology.
const ConfigFile = "deguchi.yaml"

// parameterLimit is what an advanced parameter of Systems Manager holds, in
// bytes; standardLimit what one without a price does (Systems Manager user
// guide, "Managing parameter tiers").
const (
	parameterLimit = 8192
	standardLimit  = 4096
)

// New returns what k needs, and every problem. The Plan is nil if one of them is
// an error.
func New(k *kitfile.Kit, o Options) (*Plan, []diag.Problem) {
	p := &Plan{Kit: k, now: o.Now}
	cfg, source, problems := p.configuration(o)
	if cfg != nil {
		p.Config, p.Source = cfg, source
		problems = append(problems, access.Problems(cfg, o.Now)...)
		problems = append(problems, p.endpoints()...)
		problems = append(problems, p.fits()...)
	}
	diag.Sort(problems)
	if worst, any := diag.Worst(problems); cfg == nil || any && worst == diag.Error {
		return nil, problems
	}
	return p, problems
}

// fits finds a configuration that is too large for its place.
func (p *Plan) fits() []diag.Problem {
	if len(p.Source) <= parameterLimit {
		return nil
	}
	at := p.Kit.VPC.CIDR
	return []diag.Problem{{
		Pos: at.Pos, Len: at.Len, Code: "DG6113", Hint: reason.New("DG6113.hint"),
		Summary: reason.New("DG6113", fmt.Sprint(len(p.Source)), fmt.Sprint(parameterLimit)),
	}}
}

// Tier returns the tier of the parameter that holds the configuration.
func (p *Plan) Tier() string {
	if len(p.Source) > standardLimit {
		return "Advanced"
	}
	return "Standard"
}

// Ports returns the ports that the rules let through, sorted: those that the
// proxies must be able to send to. Instances need 443 for themselves.
func (p *Plan) Ports() []config.PortRange {
	ports := []config.PortRange{{First: 443, Last: 443}}
	for _, r := range p.Config.Rules {
		if r.Deny {
			continue
		}
		for _, port := range r.Match.Ports {
			if !slices.Contains(ports, port) {
				ports = append(ports, port)
			}
		}
	}
	slices.SortFunc(ports, func(a, b config.PortRange) int { return int(a.First) - int(b.First) })
	return ports
}
