package awsdata

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"testing"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/netset"
)

// truth is a row of testdata/hosts.ndjson.gz: host names with what they are,
// collected 2026-08 from botocore's and the Go SDK's own resolvers (measured),
// AWS's documentation (documented), the rules on this page (derived), and
// memory (remembered, which may be wrong).
type truth struct {
	Host, Kind, Partition, Owner, Variant, Level, Form, Reason string

	Valid       bool
	Region      *string
	Service     *string
	ServiceAny  []string `json:"service_any"`
	Variants    []string
	Resource    map[string]string
	Adversarial bool
	KnownRegion *bool `json:"known_region"`

	raw string
}

func readTruth(t *testing.T) []truth {
	t.Helper()
	f, err := os.Open("testdata/hosts.ndjson.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var rows []truth
	lines := bufio.NewScanner(z)
	for lines.Scan() {
		var row truth
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		row.raw = lines.Text()
		rows = append(rows, row)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

// differences returns the fields in which our answer is not the row's.
func (row truth) differences(n awsname.Name, err error) []string {
	if e, ok := errors.AsType[*netset.HostError](err); ok != !row.Valid {
		return []string{"valid"}
	} else if ok && string(e.Fault) != row.Reason {
		return []string{"reason"}
	} else if ok {
		return nil
	}
	var diff []string
	differ := func(field string, is bool) {
		if is {
			diff = append(diff, field)
		}
	}
	differ("kind", row.Kind != n.Kind.String())
	differ("partition", row.Partition != n.Partition)
	differ("region", value(row.Region) != n.Region)
	differ("owner", row.Owner != "" && row.Owner != n.Owner.String())
	if row.Variant != "" {
		differ("variant", !slices.Contains(append(row.Variants, row.Variant), n.Variant.String()))
	}
	switch n.Kind {
	case awsname.API, awsname.Resource, awsname.VPCE:
		differ("service", !slices.Contains(append(row.ServiceAny, value(row.Service)), n.Service))
	default: // of the others, the contract does not compare it
	}
	if row.Resource != nil {
		differ("bucket", row.Resource["bucket"] != n.Parts.Bucket)
		differ("account", row.Resource["account"] != n.Parts.Account)
	}
	if row.KnownRegion != nil {
		differ("known_region", n.Kind != awsname.NotAWS && *row.KnownRegion != n.KnownRegion)
	}
	return diff
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// wrongRows are rows that contradict others or the contract; each with why.
var wrongRows = map[string]string{
	"My-Bucket.S3.US-West-2.amazonaws.com":          "owner aws, where every other bucket is anyone's",
	"s3-website.s3-website.us-east-2.amazonaws.com": "owner aws, where every other website is anyone's",
	"ECR-FIPS.us-east-1.amazonaws.com":              "service ecr, where ecr-fips.eu-central-2 (measured) is api.ecr",
	"events.us-gov-east-1.api.aws":                  "what a resolver makes of an endpoint id that it ignores; the name is the region's API",

	"s3express-control.aws-global.amazonaws.com":                    s3Client,
	"s3express-control.ap-southeast-4.amazonaws.com":                s3Client,
	"s3express-control-fips.us-west-1.amazonaws.com":                s3Client,
	"s3express-control-fips.us-iso-west-1.c2s.ic.gov":               s3Client,
	"s3express-control-fips.dualstack.us-isob-east-1.sc2s.sgov.gov": s3Client,
	"s3express-control-fips.us-gov-east-1.amazonaws.com":            s3Client,
}

const s3Client = "service s3 is the SDK's client; 33 rows of the same form say s3express"

// leastRemembered is the share of remembered rows that must agree.
const leastRemembered = 0.95

func TestTruth(t *testing.T) {
	remembered, agreed := 0, 0
	for _, row := range readTruth(t) {
		_, n, err := Names().Parse(row.Host)
		diff := row.differences(n, err)
		if why, ok := wrongRows[row.Host]; ok {
			if len(diff) == 0 {
				t.Errorf("Parse(%q) agrees with a row that is listed as wrong: %s", row.Host, why)
			}
			continue
		}
		if row.Level == "remembered" {
			remembered++
			if len(diff) == 0 {
				agreed++
			}
			continue
		}
		if len(diff) > 0 {
			t.Errorf("Parse(%q) differs from the %s row of %s in %v\n got %+v, %v\nwant %s",
				row.Host, row.Level, row.Form, diff, n, err, row.raw)
		}
	}
	t.Logf("%d of %d remembered rows agree", agreed, remembered)
	if float64(agreed) < leastRemembered*float64(remembered) {
		t.Errorf("%d of %d remembered rows agree, want %v of them", agreed, remembered, leastRemembered)
	}
}
