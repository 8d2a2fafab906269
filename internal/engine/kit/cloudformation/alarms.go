package cloudformation

import (
	"encoding/json"

	"github.com/deguchi-project/deguchi/internal/engine/kit/tree"
)

// alarm is what somebody has to look at.
type alarm struct {
	id, what      string
	space, metric string
	dimensions    *tree.Node
	statistic     string
	periods       int // minutes in a row
	comparison    string
	threshold     any
	missing       string // what no data means
}

// alarms tell of a fleet that lacks instances, has none, runs out of ports or of
// processor, or has grown as far as it may.
func (s *Stack) alarms() {
	front := tree.List(dimension("LoadBalancer", att("LoadBalancer.LoadBalancerFullName")))
	targets := tree.List(dimension("LoadBalancer", att("LoadBalancer.LoadBalancerFullName")), dimension("TargetGroup", att("Targets.TargetGroupFullName")))
	group := tree.List(dimension("AutoScalingGroupName", ref("Fleet")))
	const above, below = "GreaterThanOrEqualToThreshold", "LessThanThreshold"
	for _, a := range []alarm{
		{"AlarmUnhealthy", "A proxy fails its health checks", "AWS/NetworkELB", "UnHealthyHostCount", targets, "Maximum", 5, above, 1, "notBreaching"},
		{"AlarmNobody", "No zone of the load balancer has a healthy proxy", "AWS/NetworkELB", "HealthyHostCount", targets, "Maximum", 2, below, 1, "breaching"},
		{"AlarmPorts", "The load balancer runs out of ports: add proxies", "AWS/NetworkELB", "PortAllocationErrorCount", front, "Sum", 1, above, 1, "notBreaching"},
		{"AlarmProcessor", "The proxies are busy", "AWS/EC2", "CPUUtilization", group, "Average", 10, above, 80, "missing"},
	} {
		s.alarm(a)
	}
}

func (s *Stack) alarm(a alarm) {
	properties := tree.Map(
		"AlarmDescription", s.plan.Kit.Name+": "+a.what,
		"Namespace", a.space, "MetricName", a.metric, "Dimensions", a.dimensions,
		"Statistic", a.statistic, "Period", 60, "EvaluationPeriods", a.periods,
		"ComparisonOperator", a.comparison, "Threshold", a.threshold, "TreatMissingData", a.missing)
	if topic := s.plan.Kit.Topic; topic != "" {
		tree.Set(properties, "AlarmActions", tree.List(topic))
		tree.Set(properties, "OKActions", tree.List(topic))
	}
	s.resource(a.id, "AWS::CloudWatch::Alarm", properties)
}

func dimension(name string, value *tree.Node) *tree.Node {
	return tree.Map("Name", name, "Value", value)
}

// dashboard shows connections, verdicts, health and load, one below the other.
func (s *Stack) dashboard() {
	const balancer, targets = "${LoadBalancer.LoadBalancerFullName}", "${Targets.TargetGroupFullName}"
	body := map[string]any{"widgets": []any{
		widget(0, "Connections", "Sum", []any{"AWS/NetworkELB", "NewFlowCount", "LoadBalancer", balancer}, []any{"AWS/NetworkELB", "ActiveFlowCount", "LoadBalancer", balancer}),
		widget(1, "Requests by verdict", "Sum", []any{s.metricSpace(), "Allowed"}, []any{s.metricSpace(), "Denied"}, []any{s.metricSpace(), "WouldDeny"}),
		widget(2, "Healthy proxies", "Maximum", []any{"AWS/NetworkELB", "HealthyHostCount", "TargetGroup", targets, "LoadBalancer", balancer}, []any{"AWS/NetworkELB", "UnHealthyHostCount", "TargetGroup", targets, "LoadBalancer", balancer}),
		widget(3, "Bytes", "Sum", []any{"AWS/NetworkELB", "ProcessedBytes", "LoadBalancer", balancer}),
		widget(4, "Ports that could not be had", "Sum", []any{"AWS/NetworkELB", "PortAllocationErrorCount", "LoadBalancer", balancer}),
		widget(5, "Processor", "Average", []any{"AWS/EC2", "CPUUtilization", "AutoScalingGroupName", "${Fleet}"}),
	}}
	text, err := json.MarshalIndent(body, "", "  ")
	if err != nil {
		panic("cloudformation: " + err.Error()) // a map of texts has a JSON form
	}
	s.resource("Dashboard", "AWS::CloudWatch::Dashboard", tree.Map("DashboardBody", sub(string(text)+"\n")))
}

// widget is one graph, the nth.
func widget(n int, title, statistic string, metrics ...any) map[string]any {
	const width, height = 12, 6
	return map[string]any{
		"type": "metric", "x": n % 2 * width, "y": n / 2 * height, "width": width, "height": height,
		"properties": map[string]any{"title": title, "stat": statistic, "period": 60, "region": "${AWS::Region}", "metrics": metrics},
	}
}
