package draw

import (
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// captionOf returns what hop is called. A gateway of a VPC has no name of its
// own: the box around it tells.
func captionOf(t *topology.Topology, trace route.Trace, hop route.Hop, say speaker) caption {
	c := caption{kind: say.word("hop." + string(hop.Kind)), name: hop.Name}
	switch hop.Kind {
	case route.ClientHop:
		if trace.Client != nil && trace.Client.At.Proxy != nil {
			c.detail = say.word("on", trace.Client.At.Proxy.Name)
		}
	case route.EndpointHop:
		if e := endpoint(t, hop.Name); e != nil {
			c.kind, c.name = endpointWords(e, say), e.Name
		}
	case route.InternetGateway, route.EgressOnlyGateway, route.NATHop:
		c.name = ""
	case route.InternetHop:
		if !trace.Asked.AWS && trace.Verdict == route.Reached {
			c.name = trace.Asked.Host
		}
	case route.AWSHop:
		service, region, _ := strings.Cut(hop.Name, ".")
		if trace.Asked.Service != "" && strings.HasPrefix(hop.Name, trace.Asked.Service+".") {
			service = trace.Asked.Service
			region = hop.Name[len(service)+1:]
		}
		c = target(service, region, trace.Asked.Bucket)
	case route.ProxyHop, route.NLBHop, route.ALBHop, route.MetadataHop,
		route.PeeringHop, route.TGWHop, route.VPNHop, route.DXHop:
	}
	return c
}

// target returns what the service that a request is for is called.
func target(service, region, bucket string) caption {
	return caption{kind: "AWS " + region, name: service, detail: bucket}
}

// wanted returns what the service or host is called that w did not reach.
func (w way) wanted(say speaker) caption {
	asked := w.trace.Asked
	switch {
	case asked.AWS && asked.Service != "":
		return target(asked.Service, asked.Region, asked.Bucket)
	case asked.Host != "":
		return caption{kind: say.word("wanted"), name: asked.Host}
	case w.trace.Request.URL != nil:
		return caption{kind: say.word("wanted"), name: w.trace.Request.URL.Host}
	}
	return caption{kind: say.word("wanted")}
}

// endpointWords returns what sort of endpoint e is.
func endpointWords(e *topology.Endpoint, say speaker) string {
	switch e.Kind {
	case topology.Gateway:
		return say.word("endpoint.gateway")
	case topology.InterfaceEndpoint:
		return say.word("endpoint.interface")
	case topology.PrivateLink:
		return say.word("endpoint.privatelink")
	}
	return ""
}

// endpoint returns the endpoint at path, "app/s3", or nil.
func endpoint(t *topology.Topology, path string) *topology.Endpoint {
	vpc, name, _ := strings.Cut(path, "/")
	if v := t.VPC(vpc); v != nil {
		return v.Endpoint(name)
	}
	return nil
}

// subnet returns the subnet at path, "app/private", or nil.
func subnet(t *topology.Topology, path string) *topology.Subnet {
	vpc, name, _ := strings.Cut(path, "/")
	if v := t.VPC(vpc); v != nil {
		return v.Subnet(name)
	}
	return nil
}

// from returns who asks.
func (w way) from() string {
	if w.trace.Client != nil {
		return w.trace.Client.Name
	}
	return ""
}

// asked returns what for.
func (w way) asked() string {
	if w.trace.Request.URL != nil {
		return w.trace.Request.URL.String()
	}
	return w.trace.Asked.Host
}

// verdict returns what w comes to, in words.
func (w way) verdict(say speaker) string { return say.word("verdict." + string(w.trace.Verdict)) }

// outcome returns what w comes to, and how if that is not as the client means.
func (w way) outcome(say speaker) string {
	if w.reached() && w.surprising() {
		return say.word("verdict.unmeant")
	}
	return w.verdict(say)
}

// reached reports whether w arrives.
func (w way) reached() bool { return w.trace.Verdict == route.Reached }

// arrived reports whether the last hop is what the request was for, which may
// still deny it.
func (w way) arrived() bool {
	if w.last == nil {
		return false
	}
	k := w.last.hop.Kind
	return k == route.AWSHop || k == route.InternetHop && w.reached()
}
