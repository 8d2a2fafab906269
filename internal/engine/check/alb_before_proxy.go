package check

// albBeforeProxy finds Application Load Balancers in front of proxies: they
// take a proxy's request for one of a web site, and no CONNECT gets through.
//
// Story C; symptom lb-not-nlb.
func albBeforeProxy(f *finder) {
	for _, l := range f.t.NLBs {
		if l.ALB.V && len(l.Targets) > 0 {
			f.fail(ofNLB(l).to("type"), say("DG3301", l.Name)).Hint = say("DG3301.hint")
		}
	}
}
