package access

// The names of a classification as rules write them, in the order of awsname's
// constants.
var (
	kindNames = []string{"unknown", "not-aws", "api", "resource", "customer-content", "vpce", "console", "package-repo"}
	// Nobody owns what is outside AWS: no rule can name it.
	ownerNames   = []string{"", "anyone", "aws"}
	variantNames = []string{"default", "dualstack", "fips", "fips+dualstack"}
)
