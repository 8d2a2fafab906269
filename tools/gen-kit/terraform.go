package main

import (
	"bufio"
	"bytes"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// documented are the resources whose arguments a table has. Of the others it has
// the name.
var documented = []string{
	"aws_alb", "aws_alb_listener", "aws_alb_target_group", "aws_autoscaling_attachment", "aws_autoscaling_group", "aws_autoscaling_lifecycle_hook",
	"aws_autoscaling_policy", "aws_cloudwatch_dashboard", "aws_cloudwatch_log_group", "aws_cloudwatch_log_metric_filter",
	"aws_cloudwatch_log_subscription_filter", "aws_cloudwatch_metric_alarm", "aws_ec2_transit_gateway_vpc_attachment", "aws_eip", "aws_flow_log",
	"aws_iam_instance_profile", "aws_iam_policy", "aws_iam_role", "aws_iam_role_policy", "aws_iam_role_policy_attachment",
	"aws_internet_gateway", "aws_internet_gateway_attachment", "aws_kinesis_firehose_delivery_stream", "aws_kms_alias", "aws_kms_key",
	"aws_launch_template", "aws_lb", "aws_lb_listener", "aws_lb_target_group", "aws_nat_gateway", "aws_route", "aws_route53_record",
	"aws_route53_zone", "aws_route_table", "aws_route_table_association", "aws_s3_bucket", "aws_s3_bucket_lifecycle_configuration",
	"aws_s3_bucket_object_lock_configuration", "aws_s3_bucket_ownership_controls", "aws_s3_bucket_policy",
	"aws_s3_bucket_public_access_block", "aws_s3_bucket_server_side_encryption_configuration", "aws_s3_bucket_versioning",
	"aws_security_group", "aws_security_group_rule", "aws_sns_topic", "aws_ssm_parameter", "aws_subnet", "aws_vpc", "aws_vpc_endpoint",
	"aws_vpc_endpoint_route_table_association", "aws_vpc_endpoint_security_group_association", "aws_vpc_endpoint_service",
	"aws_vpc_endpoint_service_allowed_principal", "aws_vpc_endpoint_subnet_association", "aws_vpc_security_group_egress_rule",
	"aws_vpc_security_group_ingress_rule", "aws_vpn_gateway_attachment", "aws_vpn_gateway_route_propagation",
}

// aliases are resources that the documentation of another one covers.
var aliases = map[string]string{"aws_alb": "lb", "aws_alb_listener": "lb_listener", "aws_alb_target_group": "lb_target_group"}

// blocks are resources whose arguments are also those of a block in another one,
// the documentation of which refers to them.
var blocks = map[string]string{"aws_autoscaling_group": "autoscaling_lifecycle_hook"}

// resourceRow is a row of table/terraform.json.
type resourceRow struct {
	Resource string   `json:"resource"`
	Top      []string `json:"top,omitempty"`      // arguments of the resource itself
	Nested   []string `json:"nested,omitempty"`   // arguments of blocks in it, whichever
	Required []string `json:"required,omitempty"` // of Top
	Returns  []string `json:"returns,omitempty"`
}

// terraform returns the rows of resources.
func terraform(docs fs.FS) ([]any, error) {
	files, err := fs.Glob(docs, "r/*.html.markdown")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, f := range files {
		names = append(names, "aws_"+strings.TrimSuffix(strings.TrimPrefix(f, "r/"), ".html.markdown"))
	}
	for name := range aliases {
		names = append(names, name)
	}
	slices.Sort(names)
	var rows []any
	for _, name := range slices.Compact(names) {
		row := resourceRow{Resource: name}
		if slices.Contains(documented, name) {
			page := strings.TrimPrefix(name, "aws_")
			if other, ok := aliases[name]; ok {
				page = other
			}
			src, err := fs.ReadFile(docs, "r/"+page+".html.markdown")
			if err != nil {
				return nil, err
			}
			row.read(src)
			if err := row.lend(docs, blocks[name]); err != nil {
				return nil, err
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// lend adds the arguments of another page to those of blocks.
func (r *resourceRow) lend(docs fs.FS, page string) error {
	if page == "" {
		return nil
	}
	src, err := fs.ReadFile(docs, "r/"+page+".html.markdown")
	if err != nil {
		return err
	}
	var other resourceRow
	other.read(src)
	r.Nested = append(r.Nested, other.Top...)
	slices.Sort(r.Nested)
	r.Nested = slices.Compact(r.Nested)
	return nil
}

// An argument is a list item that begins with its name; some stand in a list
// inside another one, and some names are two.
var (
	item     = regexp.MustCompile("^\\s*[*-] `([a-z0-9_]+)`(?:(?:,? and|,) `([a-z0-9_]+)`)?(.*)$")
	required = regexp.MustCompile(`^\s*-?\s*\(Required[,)]`) // not "Required for …"
)

// read takes the arguments of a page. Those before the first heading below
// "Argument Reference" are the resource's own, and those under "Required" and
// "Optional"; the others are of blocks.
func (r *resourceRow) read(page []byte) {
	section, own := "", true
	lines := bufio.NewScanner(bytes.NewReader(page))
	for lines.Scan() {
		line := lines.Text()
		if title, ok := strings.CutPrefix(line, "## "); ok {
			section, own = strings.TrimSuffix(strings.ToLower(title), "s"), true
			continue
		}
		if title, ok := strings.CutPrefix(line, "### "); ok {
			own = slices.Contains([]string{"required", "optional"}, strings.ToLower(title))
			continue
		}
		if section == "argument reference" && !strings.HasPrefix(line, "*") && !strings.HasPrefix(line, " ") && strings.Contains(line, "support") &&
			(strings.Contains(line, "block") || strings.HasPrefix(line, "`")) {
			own = false
		}
		if strings.HasPrefix(line, "The following ") {
			own = own && !strings.Contains(line, "fields are available in") || strings.Contains(line, "only available to")
		}
		m := item.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		nested := strings.HasPrefix(line, " ")
		for _, name := range m[1:3] {
			switch {
			case name == "":
			case section == "attribute reference" && !nested:
				r.Returns = append(r.Returns, name)
			case section != "argument reference":
			case own && !nested:
				r.Top = append(r.Top, name)
				if required.MatchString(m[3]) {
					r.Required = append(r.Required, name)
				}
			default:
				r.Nested = append(r.Nested, name)
			}
		}
	}
	for _, list := range []*[]string{&r.Top, &r.Nested, &r.Required, &r.Returns} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
}
