package access

import (
	"github.com/deguchi-project/deguchi/internal/base/awsname"
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

func nameOf(host string) awsname.Name { return awsname.Name{Host: host} }
