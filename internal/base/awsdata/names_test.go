package awsdata

import (
	"testing"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/netset"
)

// samples is one name of each family.
var samples = []string{
	"ssm.ap-northeast-1.amazonaws.com",
	"my.dotted.bucket.s3-fips.dualstack.eu-south-2.amazonaws.com",
	"bucket.vpce-0e25b8cdd720f900e-argc85vg-ap-northeast-3a.s3.ap-northeast-3.vpce.amazonaws.com",
	"aws-ssm-us-east-2.s3.us-east-2.amazonaws.com",
	"aur.cluster-ro-abcdefghijkl.us-east-2.rds.amazonaws.com",
	"clustercfg.mem1.abc123.memorydb.us-east-1.amazonaws.com",
	"redis1.abc123.ng.0001.use1.cache.amazonaws.com",
	"123456789012.dkr.ecr.us-west-1.amazonaws.com",
	"s3.ap-northeast-1.console.aws.amazon.com",
	"d111111abcdef8.cloudfront.net",
	"ssm.ap-northeast-1.extra.amazonaws.com",
	"a.b.c.d.e.f.g.h.i.j.k.l.m.example.com",
}

func TestClassifyAllocatesNothing(t *testing.T) {
	c := Names()
	for _, s := range samples {
		h, err := netset.ParseHost(s)
		if err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(100, func() { c.Classify(h) }); n != 0 {
			t.Errorf("Classify(%q) allocates %v times, want 0", s, n)
		}
	}
}

func BenchmarkClassify(b *testing.B) {
	c := Names()
	for _, s := range samples {
		b.Run(s, func(b *testing.B) {
			h, _ := netset.ParseHost(s)
			b.ReportAllocs()
			for b.Loop() {
				c.Classify(h)
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		catalogue(read[awsname.Region]("regions").Rows, read[prefixRow]("prefixes").Rows,
			read[hostRow]("hosts").Rows, read[bucketRow]("buckets").Rows)
	}
}
