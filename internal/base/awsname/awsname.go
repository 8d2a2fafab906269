// Package awsname says what an AWS host name is: whose it is, which service
// and region it leads to, and what it names. It is a grammar; the tables that
// it reads (services, regions, exact hosts) are handed in as a Catalogue, which
// package awsdata builds from embedded data.
//
// It answers from the name alone. It resolves nothing, and a name that it does
// not know is Unknown, which no rule on services, regions or kinds ever allows.
package awsname

// Kind says what sort of thing a host name names.
type Kind uint8

// The kinds. The zero Kind is Unknown, so that a forgotten field denies.
const (
	Unknown         Kind = iota // below an AWS suffix, of no form we know
	NotAWS                      // anything else, and every IP literal
	API                         // a service's own endpoint
	Resource                    // a bucket, a registry, an account's endpoint
	CustomerContent             // whatever a customer put there: load balancers, instances, web sites
	VPCE                        // a PrivateLink name
	Console                     // consoles and sign-in
	PackageRepo                 // packages and agents that AWS publishes
)

// Owner says who can own what a name points to.
type Owner uint8

// The owners. Anyone includes strangers; Nobody is the owner of names outside AWS.
const (
	Nobody Owner = iota
	Anyone
	AWS
)

// Variant is the flavour of an endpoint.
type Variant uint8

// The variants.
const (
	Default Variant = iota
	DualStack
	FIPS
	FIPSDualStack
)

// Name is a classified host name. Its strings are parts of the host given to
// Classify or of the Catalogue: classifying allocates nothing.
type Name struct {
	Host        string // as parsed: lower case, without the trailing dot
	Kind        Kind
	Owner       Owner
	Variant     Variant
	KnownRegion bool   // Region stands in the catalogue, not only in its shape
	Partition   string // "aws", "aws-cn", …; empty outside AWS
	Region      string // empty if the name has none
	Service     string // "ssm", "s3"; empty for Unknown and NotAWS
	Parts       Parts
}

// Parts is what a name holds besides service and region; `resource` in JSON.
type Parts struct {
	Bucket  string // S3 bucket, or access point alias used as one
	Account string // twelve digits
	Label   string // what ID is: "vpce", "cluster", "api", …
	ID      string
}
