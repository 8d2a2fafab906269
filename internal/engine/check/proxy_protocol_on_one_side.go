package check

// proxyProtocolOnOneSide finds a PROXY header that is sent to a proxy that does
// not expect it, or expected from who does not send it.
//
// Symptom ppv2-mismatch: the proxy meets a binary header where it expects a
// request, or waits for a header that never comes.
func proxyProtocolOnOneSide(f *finder) {
	for _, l := range f.t.NLBs {
		for _, p := range l.Targets {
			switch {
			case l.ALB.V || p.Config.Is() && !p.ProxyProtocol.Is():
			case l.ProxyProtocol.V && !p.ProxyProtocol.V:
				f.fail(ofNLB(l).to("proxy_protocol"), say("DG3302", l.Name, p.Name)).Hint = say("DG3302.hint", p.Name)
			case !l.ProxyProtocol.V && p.ProxyProtocol.V:
				f.fail(ofProxy(p).to("proxy_protocol"), say("DG3302.expected", p.Name, l.Name)).Hint = say("DG3302.hint.expected", l.Name)
			}
		}
	}
	for _, c := range f.t.Clients {
		if p := c.Proxy.V.Proxy; p != nil && p.ProxyProtocol.V {
			f.fail(ofClient(c).to("proxy"), say("DG3302.client", c.Name, p.Name)).Hint = say("DG3302.hint.client")
		}
	}
}
