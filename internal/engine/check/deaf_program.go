package check

import "github.com/deguchi-project/deguchi/internal/model/topology"

// deafProgram finds clients whose program asks no variable for a proxy.
//
// Symptom js-v3-noproxy: aws/aws-sdk-js-v3#2228; measured with Node 20 and 24,
// java.net.http of OpenJDK 17 and others: package noproxy.
func deafProgram(f *finder) {
	for _, c := range f.t.Clients {
		a, ok := programOf(c)
		a.env = topology.ProxyEnv{HTTP: true, HTTPS: true}
		if !ok || a.proxies(anyService) {
			continue
		}
		f.warn(ofClient(c).to("program"), say("DG3104", c.Name, c.Program.V)).Hint = say("DG3104.hint")
	}
}
