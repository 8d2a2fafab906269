package awsdata

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
)

func TestTablesNameSourceAndDay(t *testing.T) {
	tables := Tables()
	if !slices.IsSortedFunc(tables, func(a, b TableInfo) int { return strings.Compare(a.Name, b.Name) }) {
		t.Errorf("Tables() is not sorted by name: %v", tables)
	}
	for _, table := range tables {
		if _, err := time.Parse(time.DateOnly, table.Taken); err != nil || table.Source == "" || table.Rows == 0 {
			t.Errorf("table %s: source %q, taken %q, %d rows", table.Name, table.Source, table.Taken, table.Rows)
		}
	}
	if files, err := files.ReadDir("table"); err != nil || len(files) != len(tables) {
		t.Errorf("%d tables are embedded, Tables() has %d (%v)", len(files), len(tables), err)
	}
}

func TestRowsAreSorted(t *testing.T) {
	sorted := func(name string, keys []string) {
		if !slices.IsSorted(keys) {
			t.Errorf("table %s is not sorted", name)
		}
	}
	sorted("regions", keys(regions().Rows, func(r awsname.Region) string { return r.Name }))
	sorted("prefixes", keys(prefixes().Rows, func(r prefixRow) string { return r.Prefix }))
	sorted("hosts", keys(hosts().Rows, func(r hostRow) string { return r.Host }))
	sorted("buckets", keys(buckets().Rows, func(r bucketRow) string { return r.Bucket }))
	sorted("privatelink", keys(privateLinkTable().Rows, func(r privateLinkRow) string { return r.Service }))
	sorted("prefixlists", keys(rangeTable().Rows, func(r rangeRow) string { return r.Service + " " + r.Region }))
	sorted("cloudformation", StackTypes())
	sorted("terraform", ResourceNames())
	sorted("instancetypes", keys(instanceTypes().Rows, func(r typeRow) string { return r.Family }))
	sorted("jobs", keys(jobTable().Rows, func(r jobRow) string { return r.Name }))
}

func keys[R any](rows []R, key func(R) string) []string {
	var all []string
	for _, r := range rows {
		all = append(all, key(r))
	}
	return all
}

// TestTemplates: the tables have what everybody knows.
func TestTemplates(t *testing.T) {
	vpc, ok := StackTypeNamed("AWS::EC2::VPCEndpoint")
	if !ok || !slices.Contains(vpc.Keys, "SubnetIds") || !slices.Contains(vpc.Words["VpcEndpointType"], "Gateway") || !slices.Contains(vpc.Open, "PolicyDocument") {
		t.Errorf("AWS::EC2::VPCEndpoint = %+v", vpc)
	}
	lb, ok := ResourceNamed("aws_lb_target_group")
	if !ok || !slices.Contains(lb.Top, "proxy_protocol_v2") || !slices.Contains(lb.Nested, "matcher") || slices.Contains(lb.Top, "matcher") {
		t.Errorf("aws_lb_target_group = %+v", lb)
	}
	for name, want := range map[string]bool{"t4g.small": true, "c7i.large": true, "t4g.smal": false, "t9.small": false, "": false} {
		if HasInstanceType(name) != want {
			t.Errorf("HasInstanceType(%q) = %v", name, !want)
		}
	}
	if n := len(InstanceTypes()); n < 800 {
		t.Errorf("%d instance types", n)
	}
}

func TestServices(t *testing.T) {
	for service, want := range map[string]bool{
		"ssm": true, "s3": true, "ssmmessages": true, "execute-api": true, "vpce-svc": true, "api.ecr": true,
		"ecr": true, "": false, "SSM": false, "nosuch": false,
	} {
		if got := HasService(service); got != want {
			t.Errorf("HasService(%q) = %v, want %v", service, got, want)
		}
	}
	for _, row := range readTruth(t) {
		if s := value(row.Service); row.Kind != "customer-content" && s != "" && !HasService(s) {
			t.Errorf("HasService(%q) = false, but %s is of it", s, row.Host)
		}
	}
}

func TestRegions(t *testing.T) {
	for region, want := range map[string]string{
		"ap-northeast-1": "aws", "us-gov-west-1": "aws-us-gov", "cn-north-1": "aws-cn", "eusc-de-east-1": "aws-eusc",
		"us-iso-west-1": "aws-iso", "us-isob-east-1": "aws-iso-b", "eu-isoe-west-1": "aws-iso-e", "us-isof-south-1": "aws-iso-f",
		"me-west-1": "aws", "ap-northeast-99": "aws", "mx-central-1": "aws",
		"us-east-1a": "", "tokyo": "", "": "", "us-east-": "", "-east-1": "", "us--1": "", "aws-global": "", "US-EAST-1": "",
		"us-gov-1": "aws", // fits the commercial partition's shape: "gov" could be a direction
	} {
		if got := PartitionOf(region); got != want || RegionShape(region) != (want != "") {
			t.Errorf("PartitionOf(%q) = %q, want %q", region, got, want)
		}
	}
	for _, r := range Regions() {
		if PartitionOf(r.Name) != r.Partition {
			t.Errorf("region %s is of partition %q by shape, %q by table", r.Name, PartitionOf(r.Name), r.Partition)
		}
	}
}
