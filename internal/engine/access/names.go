package access

import (
	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/netset"
)

// The names of a classification as rules write them, in the order of awsname's
// constants.
var (
	kindNames    = named(awsname.Unknown, awsname.PackageRepo)
	ownerNames   = named(awsname.Nobody, awsname.AWS) // Nobody has no name: no rule can ask for it
	variantNames = named(awsname.Default, awsname.FIPSDualStack)
)

func named[V interface {
	~uint8
	String() string
}](first, last V) []string {
	var names []string
	for v := first; v <= last; v++ {
		names = append(names, v.String())
	}
	return names
}

// nameOf says what host is.
func nameOf(host string) awsname.Name {
	return awsdata.Names().Classify(netset.Host{Name: host})
}
