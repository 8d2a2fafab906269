package awsdata

import (
	"net/netip"
	"sync"
)

// rangeRow is a row of table/prefixlists.json: what AWS publishes of one service
// in one Region.
type rangeRow struct {
	Service string         `json:"service"`
	Region  string         `json:"region"`
	V4      []netip.Prefix `json:"v4"`
	V6      []netip.Prefix `json:"v6"`
}

type rangeKey struct{ service, region string }

var rangeTable = sync.OnceValue(func() table[rangeRow] { return read[rangeRow]("prefixlists") })

var rangesByKey = sync.OnceValue(func() map[rangeKey]rangeRow {
	rows := rangeTable().Rows
	byKey := make(map[rangeKey]rangeRow, len(rows))
	for _, r := range rows {
		byKey[rangeKey{r.Service, r.Region}] = r
	}
	return byKey
})

// Ranges returns the public addresses of service, "s3" or "dynamodb", in
// region, sorted; these are about what the prefix list of its gateway endpoint
// holds. AWS adds to them over time; of a Region that is being opened, one list
// may be empty. ok is false where they are not known. Callers must not change them.
func Ranges(service, region string) (v4, v6 []netip.Prefix, ok bool) {
	r, ok := rangesByKey()[rangeKey{service, region}]
	return r.V4, r.V6, ok
}
