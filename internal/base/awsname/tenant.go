package awsname

import "strings"

// tenantForm is a form of names that customers get for what they run. Such a
// name can be anyone's, so that a form of which only the marker fits is still
// CustomerContent: HEAD.MARKER.REGION or HEAD.REGION.MARKER, with a head.
type tenantForm struct {
	service string
	label   string // what the first label of the head is
	classes [3]bool
}

// The sets of classes that forms stand under.
var (
	underPlain = [3]bool{plain: true}
	underBoth  = [3]bool{plain: true, dual: true}
	underOnAWS = [3]bool{onAWS: true}
	underAll   = [3]bool{plain: true, dual: true, onAWS: true}
)

// markerFirst is the forms HEAD.MARKER.REGION, keyed by MARKER.
var markerFirst = map[string]tenantForm{
	"elb":                           {"elb", "lb", underPlain}, // network load balancers
	"execute-api":                   {"execute-api", "api", underBoth},
	"lambda-url":                    {"lambda-url", "function_url", underOnAWS},
	"appsync-api":                   {"appsync-api", "api", underBoth},
	"appsync-realtime-api":          {"appsync-realtime-api", "api", underBoth},
	"apigw-portal":                  {"apigw-portal", "portal", underOnAWS},
	"vpc-lattice-svcs":              {"vpc-lattice-svcs", "service", underOnAWS},
	"vpc-lattice-rsc":               {"vpc-lattice-rsc", "resource", underOnAWS},
	"dsql":                          {"dsql-cluster", "cluster", underOnAWS},
	"efs":                           {"efs-filesystem", "fs", underBoth},
	"fsx":                           {"fsx-filesystem", "fs", underPlain},
	"mq":                            {"mq-broker", "broker", underAll},
	"kafka":                         {"kafka-cluster", "cluster", underPlain},
	"kafka-serverless":              {"kafka-cluster", "cluster", underPlain},
	"memorydb":                      {"memorydb-cluster", "cluster", underPlain},
	"dax-clusters":                  {"dax-cluster", "cluster", underPlain},
	"server.transfer":               {"transfer-server", "server", underAll},
	"grafana-workspace":             {"grafana-workspace", "workspace", underPlain},
	"ec2-instance-connect-endpoint": {"ec2-instance-connect-endpoint", "eice", underBoth},
	"eks-cluster":                   {"eks-cluster", "cluster", underBoth}, // clusters with IPv6
	"aoss":                          {"aoss-collection", "collection", underAll},
	"aos":                           {"es-domain", "domain", underOnAWS},
	"rds":                           {"rds-instance", "name", underPlain}, // aws-cn
	"cloud9":                        {"cloud9-environment", "environment", underPlain},
	"mediapackage":                  {"mediapackage-channel", "channel", underPlain},
	"mediapackagev2":                {"mediapackage-channel", "channel", underPlain},
	"mediatailor":                   {"mediatailor-session", "session", underPlain},
	"data.mediastore":               {"mediastore-container", "container", underPlain},
	"emrappui-prod":                 {"emr-ui", "cluster", underPlain},
	"emrstudio-prod":                {"emr-studio", "studio", underPlain},
	"timestream-influxdb":           {"influxdb", "instance", underOnAWS},
	"gateway.bedrock-agentcore":     {"bedrock-agentcore-gateway", "gateway", underPlain},
	"managedblockchain":             {"managedblockchain-node", "node", underPlain},
	"airflow":                       {"airflow-environment", "environment", underBoth},
}

// regionFirst is the forms HEAD.REGION.MARKER, keyed by MARKER.
var regionFirst = map[string]tenantForm{
	"elb":                 {"elb", "lb", underPlain}, // application and classic load balancers
	"compute":             {"ec2-public-dns", "instance", underPlain},
	"rds":                 {"rds-instance", "name", underPlain},
	"docdb":               {"docdb-cluster", "name", underPlain},
	"docdb-elastic":       {"docdb-cluster", "name", underPlain},
	"neptune":             {"neptune-cluster", "name", underPlain},
	"neptune-graph":       {"neptune-graph", "graph", underAll},
	"redshift":            {"redshift-cluster", "name", underPlain},
	"redshift-serverless": {"redshift-workgroup", "name", underPlain},
	"cache":               {"elasticache-cluster", "cluster", underPlain},
	"es":                  {"es-domain", "domain", underPlain},
	"opensearch":          {"opensearch-application", "application", underPlain},
	"aoss":                {"aoss-collection", "collection", underPlain},
	"eks":                 {"eks-cluster", "cluster", underBoth},
	"airflow":             {"airflow-environment", "environment", underBoth},
}

// tenant knows customers' names below the suffixes that endpoints share.
func (r *reading) tenant() bool {
	if r.ended {
		return r.markerFirst() || r.issued()
	}
	head, marker := cutLast(r.rest)
	if marker == "compute-1" && head != "" && r.suffix.class == plain {
		r.is(CustomerContent, Anyone, "ec2-public-dns")
		r.has("instance", head)
		return r.at("us-east-1")
	}
	if r.global(head, marker) {
		return true
	}
	f, ok := regionFirst[marker]
	if !ok || !f.classes[r.suffix.class] {
		return false
	}
	head, region := cutLast(head)
	if head == "" {
		return false
	}
	if marker == "cache" {
		region = r.c.short[region] // "" for a region that is new
	}
	partition, ok := PartitionOf(region)
	if ok && !r.suffix.holds(partition) || !ok && marker != "cache" {
		return false
	}
	r.content(f, head)
	return r.at(region)
}

// markerFirst tries the last label before the region, and the last two.
func (r *reading) markerFirst() bool {
	head, marker := cutLast(r.before)
	f, ok := markerFirst[marker]
	if !ok {
		head, _ = cutLast(head)
		f, ok = markerFirst[strings.TrimPrefix(r.before[len(head):], ".")]
	}
	return ok && head != "" && f.classes[r.suffix.class] && r.content(f, head)
}

// content fills in a name of form f with head in front.
func (r *reading) content(f tenantForm, head string) bool {
	r.is(CustomerContent, Anyone, f.service)
	first, after := cutFirst(head)
	r.name.Variant = variantOf(false, r.suffix.class == dual)
	switch {
	case first == "dualstack" && f.service == "elb":
		r.name.Variant = DualStack
		first = after
	case f.service == "mq-broker":
		r.name.Variant = variantOf(false, r.suffix.class != plain)
	case f.service == "redshift-workgroup" && isAccount(after):
		r.name.Parts.Account = after
	}
	return r.has(f.label, first)
}
