package kitfile_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/kitfile"
)

const sound = `version: 1
name: exit
region: ap-northeast-1
exit: nat
vpc: {cidr: 10.40.0.0/16}
zones:
  a: {cidr: 10.40.0.0/24, nat: 10.40.10.0/28}
  c: {cidr: 10.40.1.0/24, nat: 10.40.10.16/28}
sites:
  office: {cidr: 10.20.0.0/16, through: tgw-0a1b2c3d4e5f60718}
consumers:
  cloud:
    account: "222222222222"
    vpc: {id: vpc-0a1b2c3d4e5f60718, cidr: 10.8.0.0/16}
    zones: {a: {subnet: subnet-0a1b2c3d4e5f60718, cidr: 10.8.1.0/24}, c: {subnet: subnet-0a1b2c3d4e5f60719, cidr: 10.8.2.0/24}}
    endpoint: vpce-0a1b2c3d4e5f60718
jobs: [session-manager]
logs: {days: 90}
` + binary

// Where the program is, alone and in a package.
const (
	digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	binary = "binary: {bucket: corp-artifacts, key: deguchi, sha256: " + digest + "}\n"
	rpm    = "package: {bucket: corp-artifacts, key: deguchi-1.0.0-1.aarch64.rpm, sha256: " + digest + "}\n"
)

// TestDefaults: what is not written is what the documentation says.
func TestDefaults(t *testing.T) {
	k, problems := kitfile.Parse("kit.yaml", []byte(sound))
	if k == nil || len(problems) > 0 {
		t.Fatalf("Parse = %v", lines(problems))
	}
	got := struct {
		Port, AdminPort uint16
		Drain, Idle     int
		Instances       kitfile.Instances
		Logs            kitfile.Logs
	}{k.Port, k.AdminPort, k.Drain, k.Idle, k.Instances, k.Logs}
	want := got
	want.Port, want.AdminPort, want.Drain, want.Idle = 3128, 3129, 120, 3600
	want.Instances = kitfile.Instances{ARM: true, Type: "t4g.small", Least: 2, Most: 6}
	want.Logs = kitfile.Logs{Days: 90, Archive: 400, KMS: true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("defaults (-want +got):\n%s", diff)
	}
}

// TestProblems changes a sound kit in one place at a time. What the caret marks
// is given with the code.
func TestProblems(t *testing.T) {
	cases := map[string]struct{ old, to, want string }{
		"a misspelt key":                              {"exit: nat", "exits: nat", "DG1103 exits"},
		"an exit that is none":                        {"exit: nat", "exit: proxy", "DG1201 proxy"},
		"a network with host bits":                    {"10.20.0.0/16", "10.20.1.0/16", "DG1203 10.20.1.0/16"},
		"an address without a length":                 {"10.20.0.0/16", "10.20.1.1", "DG1203 10.20.1.1"},
		"IPv6":                                        {"10.20.0.0/16", `"fd00::/8"`, `DG1203 "fd00::/8"`},
		"a zone for a region":                         {"ap-northeast-1\n", "ap-northeast-1a\n", "DG1212 ap-northeast-1a"},
		"an account with eleven digits":               {`"222222222222"`, `"22222222222"`, `DG1214 "22222222222"`},
		"the whole name of a zone":                    {"  a: {cidr: 10.40", "  ap-northeast-1a: {cidr: 10.40", "DG6101 ap-northeast-1a; DG6105 a"},
		"a name in capitals":                          {"name: exit", "name: Exit", "DG6101 Exit"},
		"a digest that is too short":                  {"89abcdef}", "89abcde}", "DG6101 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde"},
		"days that CloudWatch Logs does not have":     {"days: 90", "days: 100", "DG6101 100"},
		"a service without endpoints":                 {"jobs:", "endpoints: {add: [squid]}\njobs:", "DG6102 squid"},
		"a subnet outside the VPC":                    {"c: {cidr: 10.40.1.0/24", "c: {cidr: 10.41.1.0/24", "DG6103 10.41.1.0/24"},
		"a NAT gateway's subnet over another":         {"10.40.10.16/28", "10.40.0.16/28", "DG6103 10.40.0.16/28"},
		"a VPC that has a site's addresses":           {"10.20.0.0/16, through", "10.32.0.0/11, through", "DG6103 10.32.0.0/11"},
		"a VPC larger than AWS makes":                 {"{cidr: 10.40.0.0/16}", "{cidr: 10.40.0.0/15}", "DG6103 10.40.0.0/15"},
		"a VPC of addresses that nobody has":          {"{cidr: 10.40.0.0/16}", "{cidr: 169.254.0.0/16}", "DG6103 169.254.0.0/16"},
		"a site of loopback":                          {"10.20.0.0/16, through", "127.0.0.0/8, through", "DG6103 127.0.0.0/8"},
		"a site of multicast":                         {"10.20.0.0/16, through", "224.0.0.0/4, through", "DG6103 224.0.0.0/4"},
		"networks behind a consumer of link-local":    {"    endpoint:", "    from: [169.254.0.0/24]\n    endpoint:", "DG6103 169.254.0.0/24"},
		"one subnet for two zones":                    {"subnet-0a1b2c3d4e5f60719", "subnet-0a1b2c3d4e5f60718", "DG6104 c"},
		"one port for clients and health checks":      {"jobs:", "admin_port: 3128\njobs:", "DG6108 3128"},
		"the default port of health checks":           {"jobs:", "port: 3129\njobs:", "DG6108 3129"},
		"a job twice":                                 {"[session-manager]", "[session-manager, session-manager]", "DG6107 session-manager"},
		"one endpoint for two consumers":              {"jobs:", "  more:\n    account: \"333333333333\"\n    vpc: {id: vpc-0a1b2c3d4e5f60728, cidr: 10.9.0.0/16}\n    zones: {a: {subnet: subnet-0a1b2c3d4e5f60728, cidr: 10.9.1.0/24}, c: {subnet: subnet-0a1b2c3d4e5f60729, cidr: 10.9.2.0/24}}\n    endpoint: vpce-0a1b2c3d4e5f60718\njobs:", "DG6109 vpce-0a1b2c3d4e5f60718"},
		"an endpoint that a new VPC has already":      {"jobs:", "endpoints: {present: [ssm]}\njobs:", "DG6104 ssm"},
		"an endpoint that is there, and to be added":  {"vpc: {cidr: 10.40.0.0/16}\nzones:\n  a: {cidr: 10.40.0.0/24, nat: 10.40.10.0/28}\n  c: {cidr: 10.40.1.0/24, nat: 10.40.10.16/28}\n", "endpoints: {add: [kms], present: [kms]}\nvpc: {id: vpc-0a1b2c3d4e5f60718, cidr: 10.40.0.0/16}\nzones:\n  a: {cidr: 10.40.0.0/24, nat: 10.40.10.0/28, subnet: subnet-0a1b2c3d4e5f60728}\n  c: {cidr: 10.40.1.0/24, nat: 10.40.10.16/28, subnet: subnet-0a1b2c3d4e5f60729}\n", "DG6104 kms"},
		"an instance type that there is not":          {"jobs:", "instances: {type: t4g.smal}\njobs:", "DG6108 t4g.smal"},
		"one instance":                                {"jobs:", "instances: {most: 3, least: 1}\njobs:", "DG6108 1"},
		"a topic of another Region":                   {"jobs:", "topic: arn:aws:sns:us-east-1:111111111111:x\njobs:", "DG6101 arn:aws:sns:us-east-1:111111111111:x"},
		"a topic of another partition":                {"jobs:", "topic: arn:aws-cn:sns:ap-northeast-1:111111111111:x\njobs:", "DG6101 arn:aws-cn:sns:ap-northeast-1:111111111111:x"},
		"a subnet smaller than AWS makes":             {"10.40.10.16/28", "10.40.10.16/29", "DG6103 10.40.10.16/29"},
		"a site that routes cannot tell from the VPC": {"10.20.0.0/16, through", "10.40.128.0/17, through", "DG6103 10.40.128.0/17"},
		"a site that is inside the VPC":               {"10.20.0.0/16, through: tgw-0a1b2c3d4e5f60718", "10.40.128.0/17", ""},
		"a consumer with the fleet's addresses":       {"10.8.0.0/16", "10.8.0.0/15", ""},
		"no subnet for a NAT gateway":                 {", nat: 10.40.10.16/28", "", "DG6104 c"},
		"a subnet's id in a new VPC":                  {"c: {cidr: 10.40.1.0/24", "c: {subnet: subnet-0a1b2c3d4e5f60739, cidr: 10.40.1.0/24", "DG6104 c"},
		"a VPC that is there, without its subnets":    {"vpc: {cidr: 10.40", "vpc: {id: vpc-0a1b2c3d4e5f60718, cidr: 10.40", "DG6104 a; DG6104 c"},
		"a consumer's VPC without its id":             {"{id: vpc-0a1b2c3d4e5f60718, cidr: 10.8.0.0/16}", "{cidr: 10.8.0.0/16}", "DG6104 cloud"},
		"a consumer where the fleet is not":           {"c: {subnet", "d: {subnet", "DG6105 d"},
		"nothing to let through":                      {"jobs: [session-manager]\n", "", "DG6107 ap-northeast-1"},
		"rules beside a configuration":                {"jobs:", "configuration: deguchi.yaml\njobs:", "DG6107 deguchi.yaml"},
		"rules that are no list":                      {"jobs:", "rules: {name: all}\njobs:", "DG6107 name"},
		"an Intel processor for an ARM program":       {"jobs:", "instances: {type: c7i.large}\njobs:", "DG6108 c7i.large"},
		"a Graviton with a GPU":                       {"jobs:", "instances: {type: g5g.xlarge}\njobs:", ""},
		"a GPU is no Graviton":                        {"jobs:", "instances: {type: g5.xlarge}\njobs:", "DG6108 g5.xlarge"},
		"more at least than at most":                  {"jobs:", "instances: {least: 7}\njobs:", "DG6108 least"},
		"a consumer whose endpoint is not there yet":  {"    endpoint: vpce-0a1b2c3d4e5f60718\n", "", "DG6109 cloud"},
		"a lock on nothing":                           {"days: 90", "archive: 0, lock: compliance", "DG6110 archive"},
		"two of one name":                             {"  cloud:", "  office:", "DG6114 office"},
		"no program":                                  {binary, "", "DG6118 ap-northeast-1"},
		"a package beside the program":                {binary, binary + rpm, "DG6118 package"},
		"a package alone":                             {binary, rpm, ""},
		"a package called a program":                  {"key: deguchi,", "key: deguchi.aarch64.rpm,", "DG6118 deguchi.aarch64.rpm"},
		"a package that Amazon Linux does not take":   {binary, strings.Replace(rpm, ".rpm", ".deb", 1), "DG6101 deguchi-1.0.0-1.aarch64.deb"},
		"a package without a digest":                  {binary, strings.Replace(rpm, ", sha256: "+digest, "", 1), "DG1102 {"},
		"a package for another processor":             {binary, strings.Replace(rpm, "aarch64", "x86_64", 1), "DG6108 deguchi-1.0.0-1.x86_64.rpm"},
		"a program for another processor":             {"key: deguchi,", "key: deguchi-linux-amd64,", "DG6108 deguchi-linux-amd64"},
		"a name that says two processors":             {"key: deguchi,", "key: amd64/deguchi-linux-arm64,", ""},
		"an idle timeout below the keepalive":         {"jobs:", "idle: 60\njobs:", "DG1207 60"},
	}
	for why, c := range cases {
		t.Run(why, func(t *testing.T) {
			src := strings.Replace(sound, c.old, c.to, 1)
			if src == sound {
				t.Fatalf("%q is not in the kit", c.old)
			}
			k, problems := kitfile.Parse("kit.yaml", []byte(src))
			var got []string
			for _, p := range problems {
				line := []rune(strings.Split(src, "\n")[p.Pos.Line-1])
				got = append(got, p.Code+" "+string(line[p.Pos.Col-1:p.Pos.Col-1+max(p.Len, 1)]))
			}
			if diff := cmp.Diff(c.want, strings.Join(got, "; ")); diff != "" {
				t.Errorf("problems (-want +got):\n%s\n%s", diff, strings.Join(lines(problems), "\n"))
			}
			if worst, any := diag.Worst(problems); (k == nil) != (any && worst == diag.Error) {
				t.Errorf("Kit = %v with %v", k, lines(problems))
			}
		})
	}
}

// TestSchema: the schema is a document, and knows the keys.
func TestSchema(t *testing.T) {
	text, err := kitfile.Schema()
	var doc struct {
		Properties map[string]any
		Required   []string
		OneOf      []struct{ Required []string }
	}
	if err != nil || json.Unmarshal(text, &doc) != nil {
		t.Fatalf("Schema = %v:\n%s", err, text)
	}
	if want := []string{"version", "name", "region", "exit", "vpc", "zones"}; !cmp.Equal(want, doc.Required) || doc.Properties["consumers"] == nil {
		t.Errorf("required %v, want %v", doc.Required, want)
	}
	if len(doc.OneOf) != 2 || !cmp.Equal(doc.OneOf[0].Required, []string{"binary"}) || !cmp.Equal(doc.OneOf[1].Required, []string{"package"}) {
		t.Errorf("one of %v, want binary or package", doc.OneOf)
	}
}

// FuzzParse: whatever a file says, it is a kit or has an error.
func FuzzParse(f *testing.F) {
	f.Add(sound)
	f.Add("zones: {a: 1}\nexit: [nat]\nrules: []")
	f.Fuzz(func(t *testing.T, src string) {
		k, problems := kitfile.Parse("kit.yaml", []byte(src))
		if worst, any := diag.Worst(problems); (k == nil) != (any && worst == diag.Error) {
			t.Fatalf("Parse(%q) = %v with %v", src, k, lines(problems))
		}
	})
}

func lines(problems []diag.Problem) (all []string) {
	for _, p := range problems {
		all = append(all, p.Pos.String()+" "+p.Code+" "+p.Summary.In(reason.English))
	}
	return all
}
