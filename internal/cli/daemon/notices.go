package daemon

import (
	"net/netip"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/observe"
	"github.com/deguchi-project/deguchi/internal/engine/access"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// notices are what an operator must know of a configuration that is sound: one
// line each, at start and after a reload.
func notices(cfg *config.Config, now time.Time) []reason.Because {
	var list []reason.Because
	if len(cfg.Unsafe) > 0 {
		list = append(list, reason.New("cli.serve.unsafe"))
	}
	if cfg.Mode == config.Observe {
		list = append(list, reason.New("cli.serve.observe"))
	}
	if reachesStrangersBucket(cfg, now) {
		list = append(list, reason.New("cli.serve.any-bucket"))
	}
	return list
}

// strangersBucket is a name that no rule can mean.
const strangersBucket = "deguchi-asks-for-a-strangers-bucket"

// reachesStrangersBucket asks the rules themselves: does one client, in one
// region, reach a bucket that nobody named?
func reachesStrangersBucket(cfg *config.Config, now time.Time) bool {
	rules := access.Compile(cfg)
	for _, c := range cfg.Clients {
		q := access.Request{Port: 443, Now: now}
		if len(c.From) > 0 {
			q.Client = c.From[0].Addr()
		}
		if len(c.Endpoints) > 0 {
			q.Endpoint = c.Endpoints[0]
		}
		if !q.Client.IsValid() {
			q.Client = netip.IPv4Unspecified()
		}
		for _, region := range awsdata.Regions() {
			host, err := netset.ParseHost(strangersBucket + ".s3." + region.Name + ".amazonaws.com")
			if err != nil {
				continue
			}
			q.Host, q.Name = host, awsdata.Names().Classify(host)
			if rules.Decide(&q).Verdict == access.Allowed {
				return true
			}
		}
	}
	return false
}

// labelsOf are the values that labels of metrics may take under cfg.
func labelsOf(cfg *config.Config) observe.Labels {
	var l observe.Labels
	for _, c := range cfg.Clients {
		l.Clients = append(l.Clients, c.Name)
	}
	for _, r := range cfg.Rules {
		l.Rules = append(l.Rules, r.Name)
	}
	l.Services = awsdata.Services()
	return l
}
