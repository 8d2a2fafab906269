package template

import "github.com/deguchi-project/deguchi/internal/model/hcldoc"

// looked puts what data sources look up in the place of references to them.
func (m *module) looked(body *Node) {
	for i, e := range body.Entries {
		if name := m.name(e.Value); name != nil {
			body.Entries[i].Value = name
		}
		for j, item := range e.Value.Items {
			if name := m.name(item); name != nil {
				e.Value.Items[j] = name
			}
		}
	}
}

// name returns what a data source that n refers to looks up, or nil.
func (m *module) name(n *Node) *Node {
	name := m.names[n.Text]
	if name == nil || n.Tag != hcldoc.Ref {
		return nil
	}
	return placed(name, n)
}

// serviceName is that of an endpoint: com.amazonaws.REGION.SERVICE (data source
// aws_vpc_endpoint_service, argument service).
func serviceName(body *Node) *Node {
	if v := body.Find("service_name"); v != nil {
		return v
	}
	service, ok := Text(body, "service")
	if !ok {
		return &Node{Pos: body.Pos, Len: body.Len}
	}
	return named("com.amazonaws.${region}."+service, body)
}

// policyName is the ARN of a managed policy that is looked up by its name.
func policyName(body *Node) *Node {
	if v := body.Find("arn"); v != nil {
		return v
	}
	name, ok := Text(body, "name")
	if !ok {
		return &Node{Pos: body.Pos, Len: body.Len}
	}
	return named("arn:${partition}:iam::aws:policy/"+name, body)
}
