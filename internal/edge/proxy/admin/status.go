package admin

import (
	"net/http"
	"runtime"
	"time"

	"github.com/deguchi-project/deguchi/internal/edge/proxy"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/refused"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// StatusV1 is the answer of GET /status, which `deguchi status` prints.
type StatusV1 struct {
	Schema      string            `json:"schema"`
	Version     string            `json:"version"`
	Ready       bool              `json:"ready"`
	UptimeS     int64             `json:"uptime_s"`
	Config      ConfigV1          `json:"config"`
	Listen      []string          `json:"listen"`
	Tunnels     int               `json:"tunnels"`
	Connections int64             `json:"connections"`
	Refusals    []refused.Request `json:"refusals"` // the latest first
	Goroutines  int               `json:"goroutines"`
}

// ConfigV1 says which configuration is in force.
type ConfigV1 struct {
	File    string `json:"file"`
	Digest  string `json:"digest"`
	Rules   int    `json:"rules"`
	Clients int    `json:"clients"`
	Mode    string `json:"mode"`
}

func (o Options) status(w http.ResponseWriter, _ *http.Request) {
	cfg := o.Server.Policy().Config
	show(w, http.StatusOK, StatusV1{
		Schema: "deguchi/status/v1", Version: o.Version, Ready: !o.Server.Draining(),
		UptimeS: int64(time.Since(o.Started).Seconds()),
		Config:  ConfigV1{cfg.File, cfg.Digest, len(cfg.Rules), len(cfg.Clients), modeText(cfg.Mode)},
		Listen:  o.Server.Addrs(), Tunnels: o.Server.Tunnels(), Connections: o.Server.Connections(),
		Refusals: o.Server.Refusals(), Goroutines: runtime.NumGoroutine(),
	})
}

// TunnelsV1 is the answer of GET /tunnels.
type TunnelsV1 struct {
	Schema  string         `json:"schema"`
	Tunnels []proxy.Tunnel `json:"tunnels"`
}

func (o Options) tunnels(w http.ResponseWriter, _ *http.Request) {
	show(w, http.StatusOK, TunnelsV1{"deguchi/tunnels/v1", o.Server.List(time.Now())})
}

func modeText(m config.Mode) string {
	if m == config.Observe {
		return "observe"
	}
	return "enforce"
}
