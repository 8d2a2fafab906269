// Package kittest has kits for tests: a matrix that covers every exit, both
// processors, a VPC that is there and one that is new, and every way in.
package kittest

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/kit"
	"github.com/deguchi-project/deguchi/internal/model/kitfile"
)

// Now is when tests are.
var Now = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

const digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// Binary is the part of a kit that says where the program is.
const Binary = "binary: {bucket: corp-artifacts, key: deguchi/1.0.0/deguchi-linux-arm64, sha256: " + digest + "}\n"

// Package is the same for a package.
const Package = "package: {bucket: corp-artifacts, key: deguchi/1.0.0/deguchi-1.0.0-1.aarch64.rpm, sha256: " + digest + "}\n"

const head = "version: 1\nname: exit\nregion: ap-northeast-1\n" + Binary

// Closed is story C: a closed data centre, a closed VPC, Direct Connect.
const Closed = head + `exit: closed
vpc: {cidr: 10.40.0.0/16}
zones:
  a: {cidr: 10.40.0.0/24}
  c: {cidr: 10.40.1.0/24}
sites:
  dc: {cidr: 192.168.0.0/16, through: vgw-0a1b2c3d4e5f60718}
jobs: [session-manager]
rules:
  - name: the company's buckets
    allow: {services: [s3], regions: [ap-northeast-1], buckets: [corp-reports]}
  - name: keys
    allow: {services: [kms, sts], regions: [ap-northeast-1]}
`

// Consumers is story D: another cloud over PrivateLink, one exit.
const Consumers = head + `exit: internet
vpc: {cidr: 10.40.0.0/16}
zones:
  a: {cidr: 10.40.0.0/24}
  c: {cidr: 10.40.1.0/24}
port: 8080
consumers:
  other-cloud:
    account: "222222222222"
    vpc: {id: vpc-0a1b2c3d4e5f60718, cidr: 10.8.0.0/16}
    zones:
      a: {subnet: subnet-0a1b2c3d4e5f60718, cidr: 10.8.1.0/24}
      c: {subnet: subnet-0a1b2c3d4e5f60719, cidr: 10.8.2.0/24}
    from: [172.20.0.0/16]
    endpoint: vpce-0a1b2c3d4e5f60718
    domain: egress.example
topic: arn:aws:sns:ap-northeast-1:111111111111:operators
rules:
  - name: calls of the CLI
    clients: [other-cloud]
    allow: {services: [sns, sqs, sts, ssm], regions: [ap-northeast-1]}
`

// NAT is an office behind a transit gateway, and a site inside the VPC.
const NAT = "version: 1\nname: exit\nregion: ap-northeast-1\n" +
	"binary: {bucket: corp-artifacts, key: deguchi/1.0.0/deguchi-linux-amd64, sha256: " + digest + "}\n" + `exit: nat
vpc: {cidr: 10.40.0.0/16}
zones:
  a: {cidr: 10.40.0.0/24, nat: 10.40.10.0/28}
  c: {cidr: 10.40.1.0/24, nat: 10.40.10.16/28}
  d: {cidr: 10.40.2.0/24, nat: 10.40.10.32/28}
sites:
  office: {cidr: 10.20.0.0/16, through: tgw-0a1b2c3d4e5f60718}
  apps: {cidr: 10.40.64.0/18}
instances: {architecture: amd64, type: c7i.large, least: 3, most: 12}
logs: {days: 30, archive: 2557, lock: compliance}
endpoints: {add: [kms]}
jobs: [session-manager]
rules:
  - name: packages
    clients: [apps]
    allow: {hosts: [.amazonlinux.com], ports: [80, 443]}
`

// There is a kit for a VPC that is there, without an archive and a key.
const There = head + `exit: closed
vpc: {id: vpc-0a1b2c3d4e5f60718, cidr: 10.40.0.0/16}
zones:
  a: {cidr: 10.40.0.0/24, subnet: subnet-0a1b2c3d4e5f60718, table: rtb-0a1b2c3d4e5f60718}
  c: {cidr: 10.40.1.0/24, subnet: subnet-0a1b2c3d4e5f60719, table: rtb-0a1b2c3d4e5f60719}
sites:
  dc: {cidr: 192.168.0.0/16}
endpoints: {present: [ssm, ssmmessages]}
logs: {archive: 0, kms: false}
jobs: [session-manager]
`

// Matrix returns kits by what they show.
func Matrix() map[string]string {
	m := map[string]string{"closed": Closed, "package": Packaged(Closed), "consumers": Consumers, "nat": NAT, "there": There}
	for name, src := range maps.Clone(m) {
		for _, exit := range []string{"closed", "internet", "nat"} {
			if changed, ok := WithExit(src, exit); ok {
				m[name+"-"+exit] = changed
			}
		}
	}
	return m
}

// Packaged returns src with a package in place of the program alone.
func Packaged(src string) string { return strings.Replace(src, Binary, Package, 1) }

// WithExit returns src with another exit, if it can have that one.
func WithExit(src, exit string) (string, bool) {
	line := "exit: " + exit + "\n"
	if strings.Contains(src, line) {
		return "", false
	}
	for _, old := range []string{"closed", "internet", "nat"} {
		src = strings.Replace(src, "exit: "+old+"\n", line, 1)
	}
	switch {
	case exit == "nat" && !strings.Contains(src, " nat: "):
		src = strings.Replace(src, "cidr: 10.40.0.0/24", "cidr: 10.40.0.0/24, nat: 10.40.10.0/28", 1)
		src = strings.Replace(src, "cidr: 10.40.1.0/24", "cidr: 10.40.1.0/24, nat: 10.40.10.16/28", 1)
	case exit != "nat":
		for _, nat := range []string{"10.40.10.0/28", "10.40.10.16/28", "10.40.10.32/28"} {
			src = strings.Replace(src, ", nat: "+nat, "", 1)
		}
	}
	return src, true
}

// Plan returns the plan of the kit src, in which nothing is wrong.
func Plan(t testing.TB, src string) *kit.Plan {
	t.Helper()
	p, problems := Read(src)
	if p == nil {
		t.Fatalf("%v\n%s", Lines(problems), src)
	}
	return p
}

// Read returns the plan of the kit src, and every problem.
func Read(src string) (*kit.Plan, []diag.Problem) {
	k, problems := kitfile.Parse("kit.yaml", []byte(src))
	if k == nil {
		return nil, problems
	}
	p, more := kit.New(k, kit.Options{Now: Now, Read: func(name string) ([]byte, error) {
		return []byte("{version: 1, " + name + "}"), nil // a configuration's name is what it says
	}})
	return p, append(problems, more...)
}

// Lines are problems, one to a line.
func Lines(problems []diag.Problem) (all []string) {
	for _, p := range problems {
		all = append(all, p.Pos.String()+" "+p.Severity.String()+" "+p.Code+" "+p.Summary.In(reason.English))
	}
	return all
}
