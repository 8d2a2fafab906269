package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// collected is a folder as the collectors leave it, small.
func collected(t *testing.T) fstest.MapFS {
	t.Helper()
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	if _, err := w.Write([]byte(strings.TrimSpace(endpointRows))); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return fstest.MapFS{
		"hosts.ndjson.gz":         {Data: z.Bytes()},
		"extra_api_prefixes.json": {Data: []byte(extraJSON)},
		"jobs.json":               {Data: []byte(jobsJSON)},
		"privatelink.json":        {Data: []byte(privateLinkJSON)},
		"prefixlist-sources.json": {Data: []byte(rangesJSON)},
	}
}

const endpointRows = `
{"host":"ssm.us-east-1.amazonaws.com","partition":"aws","service":"ssm","variant":"default"}
{"host":"ssm.cn-north-1.amazonaws.com.cn","partition":"aws-cn","service":"ssm","variant":"default"}
{"host":"ssm-fips.us-east-1.amazonaws.com","partition":"aws","service":"ssm","variant":"fips"}
{"host":"ssm.us-east-1.api.aws","partition":"aws","service":"ssm","variant":"dualstack"}
{"host":"ssm.aws-global.amazonaws.com","partition":"aws","service":"ssm","variant":"default"}
{"host":"rds.us-east-1.amazonaws.com","partition":"aws","service":"docdb","variant":"default"}
{"host":"rds.us-east-1.amazonaws.com","partition":"aws","service":"rds","variant":"default"}
{"host":"iam.amazonaws.com","partition":"aws","service":"iam","variant":"default"}
{"host":"wisdom.ui-us-east-1.amazonaws.com","partition":"aws","service":"wisdom","variant":"default"}
{"host":"odd-fips.us-east-1.amazonaws.com","partition":"aws","service":"odd","variant":"default"}
{"host":"us-east-1.queue.amazonaws.com","partition":"aws","service":"sqs","variant":"default"}
{"host":"us-west-2.queue.amazonaws.com","partition":"aws","service":"sqs","variant":"default"}
{"host":"eu-west-1.queue.amazonaws.com","partition":"aws","service":"sqs","variant":"default"}
{"host":"eu-west-2.queue.amazonaws.com","partition":"aws","service":"sqs","variant":"default"}
{"host":"eu-west-3.queue.amazonaws.com","partition":"aws","service":"sqs","variant":"default"}
{"host":"us-east-1.lonely.amazonaws.com","partition":"aws","service":"lonely","variant":"default"}
{"host":"{AccountId}.ddb.us-east-1.amazonaws.com","partition":"aws","service":"dynamodb","variant":"default"}
{"host":"us-east-1.signin.aws.amazon.com","partition":"aws","service":"signin","variant":"default"}
`

const extraJSON = `{
 "prefixes": [
  {"template": "ssmmessages.{region}.amazonaws.com", "service": "ssmmessages", "partition_note": "any"},
  {"template": "q.{region}.amazonaws.com", "service": "q", "partition_note": "aws-only"},
  {"template": "activation-x.{region}.api.aws", "service": "x", "partition_note": "any"},
  {"template": "rds.{region}.amazonaws.com", "service": "other", "partition_note": "any"},
  {"template": "ecs-a-1.{region}.amazonaws.com", "service": "ecs-agent", "partition_note": "any"}
 ],
 "fixed_hosts": ["awscli.amazonaws.com", "checkip.amazonaws.com", "public.ecr.aws"]
}`

const jobsJSON = `{
 "exceptions": {"snap": {"me-south-1": "snap-me-south-1-x"}},
 "jobs": [
  {"job": "session-manager", "description": "d", "source": ["guide (abc_string id 12345678)", "seed 004"],
   "hosts": ["ssm.{region}.amazonaws.com", "aws-ssm-{region}.s3.{region}.amazonaws.com",
             "aws-patch-manager-{region}-{patch_suffix}.s3.{region}.amazonaws.com"],
   "optional_hosts": ["*.s3.{region}.amazonaws.com", "{bucket}.s3.{region}.amazonaws.com", "cfn-{region_nodash}.s3.amazonaws.com"],
   "vpc_endpoints": ["com.amazonaws.{region}.ssm"], "ports": [443, 80],
   "patch_suffix": {"us-east-1": "abc", "us-west-2": "def"}},
  {"job": "cdk", "description": "e", "hosts": [], "vpc_endpoints": [], "source": []}
 ]
}`

const privateLinkJSON = `{
 "cross_region": {"services": ["s3"], "note": "n"},
 "services": [
  {"service": "s3", "types": ["gateway", "interface"], "private_dns_names": ["s3.{region}.amazonaws.com", "*.s3.{region}.amazonaws.com"],
   "private_dns_level": "documented", "policy_supported": "yes", "cross_region": true},
  {"service": "billing", "types": ["interface"], "private_dns_names": ["billing.{region}.api.aws"],
   "private_dns_level": "derived", "policy_supported": "unknown"},
  {"service": "console-static", "types": ["interface"], "private_dns_names": ["*.cdn.example.com (not verified)"],
   "private_dns_level": "guess", "policy_supported": "unknown"},
  {"service": "dynamodb", "types": ["gateway", "interface"], "private_dns_names": [],
   "private_dns_level": "documented", "policy_supported": "yes"}
 ]
}`

const rangesJSON = `{
 "createDate": "2026-08-22-15-17-05",
 "services": {
  "S3": {"GLOBAL": {"ipv4": ["13.248.224.0/24"], "ipv6": []},
         "us-east-1": {"ipv4": ["52.216.0.0/15", "3.5.0.0/20", "3.5.0.0/19"], "ipv6": ["2600:1ff8:8000::/40"]}},
  "DYNAMODB": {"us-east-1": {"ipv4": ["3.218.182.0/24"], "ipv6": []}},
  "CLOUDFRONT": {"us-east-1": {"ipv4": ["203.0.113.0/24"], "ipv6": []}}
 }
}`

// published is the day in rangesJSON.
const published = "2026-08-22"

var days = taken{sdk: "2026-05-01", guides: "2026-11-22"}

// table returns the rows of one table by their first key, as JSON.
func contentOf(t *testing.T, tables map[string][]byte, name, key string) map[string]string {
	t.Helper()
	var doc struct {
		Source, Taken string
		Rows          []json.RawMessage
	}
	if err := json.Unmarshal(tables[name], &doc); err != nil {
		t.Fatalf("table %s: %v\n%s", name, err, tables[name])
	}
	if doc.Source == "" || !slices.Contains([]string{days.sdk, days.guides, published}, doc.Taken) {
		t.Errorf("table %s: source %q, taken %q", name, doc.Source, doc.Taken)
	}
	rows := make(map[string]string)
	for _, raw := range doc.Rows {
		var row map[string]any
		if err := json.Unmarshal(raw, &row); err != nil {
			t.Fatal(err)
		}
		id := row[key].(string)
		rows[id] += string(raw)
	}
	return rows
}

func TestGenerate(t *testing.T) {
	tables, err := generate(collected(t), days)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ why, table, key, row, want string }{
		{"condensed to its places", "prefixes", "prefix", "ssm", `{"prefix":"ssm","at":["aws","aws-cn","aws/dual"]}`},
		{"a prefix with a token", "prefixes", "prefix", "ssm-fips", `{"prefix":"ssm-fips","service":"ssm","at":["aws"]}`},
		{"what SDKs lack, everywhere", "prefixes", "prefix", "ssmmessages", `{"prefix":"ssmmessages","at":["*"]}`},
		{"in one partition only", "prefixes", "prefix", "q", `{"prefix":"q","at":["aws"]}`},
		{"under the dual-stack suffix", "prefixes", "prefix", "activation-x", `{"prefix":"activation-x","service":"x","at":["*/dual"]}`},
		{"the service it is named after, of two", "hosts", "host", "rds.us-east-1.amazonaws.com", ``},
		{"numbered ones are a family", "prefixes", "prefix", "ecs-a-1", ``},
		{"region in front", "prefixes", "prefix", "queue", `{"prefix":"queue","service":"sqs","first":true,"at":["aws"]}`},
		{"one host is no form", "prefixes", "prefix", "lonely", ``},
		{"and stands alone", "hosts", "host", "us-east-1.lonely.amazonaws.com", `{"host":"us-east-1.lonely.amazonaws.com","service":"lonely","partition":"aws","region":"us-east-1"}`},
		{"no region", "hosts", "host", "iam.amazonaws.com", `{"host":"iam.amazonaws.com","service":"iam","partition":"aws"}`},
		{"a region inside a label", "hosts", "host", "wisdom.ui-us-east-1.amazonaws.com", `{"host":"wisdom.ui-us-east-1.amazonaws.com","service":"wisdom","partition":"aws","region":"us-east-1"}`},
		{"a token that means nothing", "hosts", "host", "odd-fips.us-east-1.amazonaws.com", `{"host":"odd-fips.us-east-1.amazonaws.com","service":"odd","partition":"aws","region":"us-east-1"}`},
		{"what the prefixes say needs no row", "hosts", "host", "ssm.us-east-1.amazonaws.com", ``},
		{"nor what the grammar says", "hosts", "host", "us-east-1.signin.aws.amazon.com", ``},
		{"a download", "hosts", "host", "awscli.amazonaws.com", `{"host":"awscli.amazonaws.com","service":"aws-downloads","kind":"package-repo","partition":"aws"}`},
		{"a fixed endpoint", "hosts", "host", "checkip.amazonaws.com", `{"host":"checkip.amazonaws.com","service":"checkip","partition":"aws"}`},
		{"a bucket for each region", "buckets", "bucket", "aws-ssm-{region}", `{"bucket":"aws-ssm-{region}","publisher":"ssm"}`},
		{"a bucket with AWS's suffix", "buckets", "bucket", "aws-patch-manager-us-east-1-abc", `{"bucket":"aws-patch-manager-us-east-1-abc","publisher":"ssm"}`},
		{"an exception", "buckets", "bucket", "snap-me-south-1-x", `{"bucket":"snap-me-south-1-x","publisher":"ssm"}`},
		{"a customer's bucket", "buckets", "bucket", "{bucket}", ``},
		{"any bucket", "buckets", "bucket", "*", ``},
		{"an endpoint service", "privatelink", "service", "s3", `{"service":"s3","types":["gateway","interface"],"names":["s3.{region}.amazonaws.com","*.s3.{region}.amazonaws.com"],"documented":true,"policy":"yes","cross_region":true}`},
		{"names that are derived", "privatelink", "service", "billing", `{"service":"billing","types":["interface"],"names":["billing.{region}.api.aws"],"policy":"unknown"}`},
		{"names that are guessed are none", "privatelink", "service", "console-static", `{"service":"console-static","types":["interface"],"policy":"unknown"}`},
		{"documented to have none", "privatelink", "service", "dynamodb", `{"service":"dynamodb","types":["gateway","interface"],"documented":true,"policy":"yes"}`},
		{"ranges, sorted; none of GLOBAL", "prefixlists", "service", "s3", `{"service":"s3","region":"us-east-1","v4":["3.5.0.0/19","3.5.0.0/20","52.216.0.0/15"],"v6":["2600:1ff8:8000::/40"]}`},
		{"ranges of IPv4 only", "prefixlists", "service", "dynamodb", `{"service":"dynamodb","region":"us-east-1","v4":["3.218.182.0/24"]}`},
		{"ranges without a gateway endpoint", "prefixlists", "service", "cloudfront", ``},
		{"a region", "regions", "name", "cn-north-1", `{"name":"cn-north-1","partition":"aws-cn"}`},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, contentOf(t, tables, tt.table, tt.key)[tt.row]); diff != "" {
				t.Errorf("row %s of %s (-want +got):\n%s", tt.row, tt.table, diff)
			}
		})
	}
	jobs := contentOf(t, tables, "jobs", "name")
	if got := jobs["session-manager"]; !strings.Contains(got, `"sources":["guide"]`) || !strings.Contains(got, "Session Manager") {
		t.Errorf("job session-manager: %s", got)
	}
}

func TestGenerateIsDeterministic(t *testing.T) {
	first, err := generate(collected(t), days)
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		again, err := generate(collected(t), days)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first, again); diff != "" {
			t.Fatalf("generate differs from itself:\n%s", diff)
		}
	}
}

func TestGenerateNamesTheFile(t *testing.T) {
	for _, name := range []string{"hosts.ndjson.gz", "extra_api_prefixes.json", "jobs.json", "privatelink.json", "prefixlist-sources.json"} {
		broken := collected(t)
		broken[name] = &fstest.MapFile{Data: []byte("{")}
		if _, err := generate(broken, days); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("generate with a broken %s: %v", name, err)
		}
		delete(broken, name)
		if _, err := generate(broken, days); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("generate without %s: %v", name, err)
		}
	}
}

func TestGenerateRefuses(t *testing.T) {
	tests := []struct{ why, file, content, want string }{
		{"a job that has no Japanese", "jobs.json", `{"jobs":[{"job":"brand-new"}]}`, "brand-new"},
		{"a level that nobody defined", "privatelink.json", strings.Replace(privateLinkJSON, "derived", "rumoured", 1), "rumoured"},
		{"a remark in a name", "privatelink.json", strings.Replace(privateLinkJSON, "guess", "documented", 1), "not verified"},
		{"a blank that is not the region", "privatelink.json", strings.Replace(privateLinkJSON, "billing.{region}", "billing.{zone}", 1), "{zone}"},
		{"a range that is none", "prefixlist-sources.json", strings.Replace(rangesJSON, "3.5.0.0/19", "3.5.0.0/99", 1), "3.5.0.0/99"},
		{"ranges without their day", "prefixlist-sources.json", strings.Replace(rangesJSON, "createDate", "date", 1), "prefixlist-sources.json"},
		{"a service without ranges", "prefixlist-sources.json", strings.Replace(rangesJSON, "DYNAMODB", "DDB", 1), "DYNAMODB"},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			broken := collected(t)
			broken[tt.file] = &fstest.MapFile{Data: []byte(tt.content)}
			if _, err := generate(broken, days); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("generate: %v, want an error that names %s", err, tt.want)
			}
		})
	}
}

func TestReadable(t *testing.T) {
	in := []string{
		"SSM guide (abc_string id 58019110810)", "guide (abc_string ids 57905867954, 2561128864)", "cli (abc_string: https://x/y)",
		"agent (commands; abc_string)", "page (abc_string id 57947875332): hosts", "no link (docs, abc_string id 55599452741, say so)",
		"seed 000/002/004", "seed 004 lists only a + b: it needs c", "names of seed 003 do not match", "plain",
	}
	want := []string{
		"SSM guide", "guide", "cli (https://x/y)", "agent (commands)", "page: hosts", "no link (docs say so)",
		"it needs c", "names do not match", "plain",
	}
	if diff := cmp.Diff(want, readable(in)); diff != "" {
		t.Errorf("readable (-want +got):\n%s", diff)
	}
}
