package awsname

import (
	"maps"
	"slices"
)

// GrammarServices returns the services that the grammar itself names, sorted.
// Those of endpoints are in the tables.
func GrammarServices() []string {
	set := map[string]bool{
		"s3": true, "s3-website": true, "s3-object-lambda": true, "s3-outposts": true, "s3-control": true,
		"s3express": true, "vpce-svc": true, "codeartifact": true, "iot-data": true, "iot-credentials": true,
		"events": true, "email": true, "cloudfront-keyvaluestore": true, "sso": true, "sso-portal": true,
		"signin": true, "ec2-public-dns": true,
		"datasync": true,
	}
	for prefix := range vpceTenants {
		set[prefix] = true
	}
	for i := range accountForms {
		set[accountForms[i].service] = true
	}
	for _, forms := range []map[string]tenantForm{markerFirst, regionFirst} {
		for _, f := range forms {
			set[f.service] = true
		}
	}
	for _, s := range suffixes {
		if s.service != "" {
			set[s.service] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}
