package awsdata

import (
	"slices"
	"strings"
	"sync"
)

// StackType is a resource type of CloudFormation. Keys of one below another are
// joined by dots, lists being passed through: "Tags.Key".
type StackType struct {
	Type     string              `json:"type"`
	Keys     []string            `json:"keys"`     // sorted; none if only the name is known
	Open     []string            `json:"open"`     // maps that take any key
	Required []string            `json:"required"` // where what holds them is there
	Words    map[string][]string `json:"words"`    // the values of keys that have few
	Returns  []string            `json:"returns"`  // what Fn::GetAtt takes
}

// Resource is a resource of Terraform's AWS provider.
type Resource struct {
	Resource string   `json:"resource"`
	Top      []string `json:"top"`      // sorted arguments and blocks; none if only the name is known
	Nested   []string `json:"nested"`   // arguments of blocks in it, whichever
	Required []string `json:"required"` // of Top
	Returns  []string `json:"returns"`  // attributes besides arguments
}

// typeRow is a row of table/instancetypes.json.
type typeRow struct {
	Family string   `json:"family"`
	Sizes  []string `json:"sizes"`
}

var (
	stackTypes    = sync.OnceValue(func() table[StackType] { return read[StackType]("cloudformation") })
	resources     = sync.OnceValue(func() table[Resource] { return read[Resource]("terraform") })
	instanceTypes = sync.OnceValue(func() table[typeRow] { return read[typeRow]("instancetypes") })
)

// StackTypeNamed returns the resource type of that name.
func StackTypeNamed(name string) (StackType, bool) {
	return find(stackTypes().Rows, name, func(t StackType) string { return t.Type })
}

// ResourceNamed returns the resource of that name, such as "aws_vpc".
func ResourceNamed(name string) (Resource, bool) {
	return find(resources().Rows, name, func(r Resource) string { return r.Resource })
}

// StackTypes returns the name of every resource type, sorted.
func StackTypes() (names []string) {
	for _, t := range stackTypes().Rows {
		names = append(names, t.Type)
	}
	return names
}

// ResourceNames returns the name of every resource, sorted.
func ResourceNames() (names []string) {
	for _, r := range resources().Rows {
		names = append(names, r.Resource)
	}
	return names
}

// HasInstanceType reports whether EC2 has instances of that type in some region.
func HasInstanceType(name string) bool {
	family, size, _ := strings.Cut(name, ".")
	row, ok := find(instanceTypes().Rows, family, func(r typeRow) string { return r.Family })
	return ok && slices.Contains(row.Sizes, size)
}

// InstanceTypes returns every instance type, sorted by family.
func InstanceTypes() (names []string) {
	for _, r := range instanceTypes().Rows {
		for _, size := range r.Sizes {
			names = append(names, r.Family+"."+size)
		}
	}
	return names
}

func find[R any](rows []R, name string, key func(R) string) (row R, ok bool) {
	i, ok := slices.BinarySearchFunc(rows, name, func(r R, name string) int { return strings.Compare(key(r), name) })
	if ok {
		row = rows[i]
	}
	return row, ok
}
