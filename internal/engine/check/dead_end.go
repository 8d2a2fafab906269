package check

import "github.com/deguchi-project/deguchi/internal/model/topology"

// deadEnd finds routes to the network interface of an endpoint, a load balancer
// or a machine of this file: none of them forwards packets that are meant for
// others.
//
// Story D: a default route to the load balancer's interface, and calls time out.
// The way to a proxy is the program's proxy setting, not a route.
func deadEnd(f *finder) {
	for _, v := range f.t.VPCs {
		for _, s := range v.Subnets {
			for _, r := range s.Routes {
				if r.Target.Kind == topology.Interface {
					f.warn(ofSubnet(s).to("routes", r.Text), say("DG3506", quote(r.Text), s.Path(), quote(r.Target.Text))).Hint = say("DG3506.hint")
				}
			}
		}
	}
}
