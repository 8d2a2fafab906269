package check

import "github.com/deguchi-project/deguchi/internal/model/topology"

// unreadVariable finds clients whose program takes the proxy for https from a
// variable that is not set, so that it goes direct.
//
// Symptom ssm-user-data-typo: user data that sets http_proxy twice and
// https_proxy never. Measured with Go 1.26.8: http_proxy no longer carries https.
func unreadVariable(f *finder) {
	for _, c := range f.t.Clients {
		a, ok := programOf(c)
		if !ok || a.env == (topology.ProxyEnv{}) || a.proxies(anyService) {
			continue
		}
		set := "HTTP_PROXY"
		if a.env.HTTPS {
			set = "HTTPS_PROXY"
		}
		a.env = topology.ProxyEnv{HTTP: true, HTTPS: true}
		if a.proxies(anyService) {
			f.warn(ofClient(c).to("proxy_env"), say("DG3103", c.Name, c.Program.V, set)).Hint = say("DG3103.hint")
		}
	}
}
