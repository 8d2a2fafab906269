package awsdata

import (
	"net/netip"
	"slices"
	"testing"
)

func TestRanges(t *testing.T) {
	tests := []struct {
		why, service, region, address string
		ok, in                        bool
	}{
		{"S3's first address in Tokyo", "s3", "ap-northeast-1", "52.219.0.1", true, true},
		{"which is not in Osaka's list", "s3", "ap-northeast-3", "52.219.0.1", true, false},
		{"IPv6", "s3", "ap-northeast-1", "2406:da60:4000::1", true, true},
		{"DynamoDB", "dynamodb", "ap-northeast-1", "52.94.8.1", true, true},
		{"DynamoDB's is not S3's", "s3", "ap-northeast-1", "52.94.8.1", true, false},
		{"a service without a gateway endpoint", "ssm", "ap-northeast-1", "52.94.8.1", false, false},
		{"a Region that is not published", "s3", "us-iso-east-1", "52.219.0.1", false, false},
		{"no Region", "s3", "GLOBAL", "13.248.224.1", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			v4, v6, ok := Ranges(tt.service, tt.region)
			address := netip.MustParseAddr(tt.address)
			in := slices.ContainsFunc(slices.Concat(v4, v6), func(p netip.Prefix) bool { return p.Contains(address) })
			if ok != tt.ok || in != tt.in {
				t.Errorf("Ranges(%q, %q): ok %v, holds %s %v, want %v, %v", tt.service, tt.region, ok, address, in, tt.ok, tt.in)
			}
		})
	}
}

// A list of one family holds that family only, each prefix without host bits.
func TestRangesAreClean(t *testing.T) {
	for _, r := range rangeTable().Rows {
		for i, list := range [][]netip.Prefix{r.V4, r.V6} {
			for _, p := range list {
				if p != p.Masked() || p.Addr().Is4() != (i == 0) {
					t.Errorf("%s in %s: %s", r.Service, r.Region, p)
				}
			}
		}
		if !RegionShape(r.Region) || len(r.V4)+len(r.V6) == 0 {
			t.Errorf("%s in %q has no ranges", r.Service, r.Region)
		}
	}
}

func TestLookupsAllocateNothing(t *testing.T) {
	for call, f := range map[string]func(){
		"Ranges":      func() { Ranges("s3", "ap-northeast-1") },
		"PrivateLink": func() { PrivateLink("ssm") },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s allocates %v times, want 0", call, n)
		}
	}
}
