// Package kitfile is kit.yaml as its author wrote it, checked: where a fleet of
// proxies is to stand, who is to reach it, which way out it has and what it
// lets through, as typed, positioned values, with every problem at once.
//
// It says what is wanted. What has to be built for it is the business of
// package kit; what the rules mean, that of package config, which reads them.
package kitfile

import (
	"net/netip"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// Text is text with its place.
type Text = yamldoc.At[string]

// Prefix is a network with its place.
type Prefix = yamldoc.At[netip.Prefix]

// Exit is how the proxies reach AWS.
type Exit uint8

// The exits.
const (
	Internet Exit = iota // each proxy has a public address; the VPC an internet gateway
	NAT                  // by a NAT gateway in each zone
	Closed               // by VPC endpoints only
)

// String returns the word for e in the file.
func (e Exit) String() string { return exits[e] }

// Exits returns the words for exits.
func Exits() []string { return exits }

var exits = []string{"internet", "nat", "closed"}

// Kit is a fleet and what stands around it. It is immutable.
type Kit struct {
	File      string
	Name      string // what is made is called by it
	Region    string
	Exit      Exit
	VPC       VPC
	Zones     []Zone // in the order of the file
	Port      uint16
	AdminPort uint16 // of health checks
	Sites     []Site
	Consumers []Consumer
	Endpoints Endpoints
	Instances Instances
	Program   Program
	Logs      Logs
	Drain     int    // seconds
	Idle      int    // seconds, of the load balancer
	Topic     string // ARN of the topic that alarms go to; empty: none

	// What the proxies let through: either Jobs and Rules, or the configuration
	// in a file of its own.
	Jobs          []Text
	Rules         *yamldoc.Node // nil if there are none
	Configuration Text          // zero: made of Jobs and Rules
}

// VPC is where the fleet stands: one that is there, if it has an ID, else a new
// one.
type VPC struct {
	ID   string
	CIDR Prefix
	Pos  diag.Pos
}

// New reports whether v is to be made.
func (v VPC) New() bool { return v.ID == "" }

// Zone is one zone of the fleet, with the subnet of its proxies and of the load
// balancer's node.
type Zone struct {
	Name   Text // the letter after the region's name
	CIDR   Prefix
	NAT    Prefix // of the NAT gateway's subnet; zero if there is none
	Subnet string // of a VPC that is there
	Table  string // its route table
	Pos    diag.Pos
}

// Site is a network whose clients reach the load balancer directly.
type Site struct {
	Name Text
	CIDR Prefix
	// Through is the transit gateway or virtual private gateway that leads
	// there. If it is empty, the routes are there, or the site is inside the VPC.
	Through string
}

// Consumer is a VPC that reaches the fleet over PrivateLink.
type Consumer struct {
	Name     Text
	Account  string
	VPC      VPC
	Zones    []Zone
	From     []Prefix // networks behind the VPC
	Endpoint Text     // its id, once it is there: rules know it by that
	Domain   string   // of a private zone with the name proxy; empty: none
}

// Endpoints are interface endpoints beside the proxies.
type Endpoints struct {
	Add     []Text // services, besides those that Exit demands
	Present []Text // are in the VPC already, with private DNS
}

// Instances are the machines of the fleet.
type Instances struct {
	ARM   bool
	Type  string
	Least int
	Most  int
}

// Architecture returns how AMIs and packages call the processor.
func (i Instances) Architecture() string {
	if i.ARM {
		return "arm64"
	}
	return "x86_64"
}

// Program is what instances take from S3: the program itself, or an rpm that holds
// it.
type Program struct {
	Bucket, Key string
	SHA256      string
	Package     bool // an rpm
}

// Lock says who may delete archived logs before their time: with Governance
// those who have a permission of its own, with Compliance nobody.
type Lock uint8

// The locks.
const (
	NoLock Lock = iota
	Governance
	Compliance
)

// Logs says how long access logs are kept.
type Logs struct {
	Days    int  // in CloudWatch Logs
	Archive int  // days in S3; 0: no archive
	Lock    Lock // of the archive
	KMS     bool // by a key of the kit's own
}

// Zone returns the name of zone z as AWS has it, such as "ap-northeast-1a".
func (k *Kit) Zone(z Zone) string { return k.Region + z.Name.V }
