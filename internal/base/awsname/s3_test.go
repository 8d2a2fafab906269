package awsname

import "testing"

func TestClassifyS3(t *testing.T) {
	tests := []struct{ why, host, want string }{
		{"path style", "s3.us-east-1.amazonaws.com", "api aws aws us-east-1 s3 default"},
		{"legacy global", "s3.amazonaws.com", "api aws aws  s3 default"},
		{"legacy global elsewhere", "s3.amazonaws.com.cn", "unknown  aws-cn   default"},
		{"virtual host", "b.s3.us-east-1.amazonaws.com", "resource anyone aws us-east-1 s3 default bucket=b"},
		{"dual-stack FIPS", "b.s3-fips.dualstack.us-east-1.amazonaws.com", "resource anyone aws us-east-1 s3 fips+dualstack bucket=b"},
		{"a bucket named like an endpoint", "ssm.us-east-1.amazonaws.com.s3.us-west-2.amazonaws.com", "resource anyone aws us-west-2 s3 default bucket=ssm.us-east-1.amazonaws.com"},
		{"a bucket named s3", "s3.s3.us-east-1.amazonaws.com", "resource anyone aws us-east-1 s3 default bucket=s3"},
		{"a bucket named dualstack", "dualstack.s3.dualstack.us-east-1.amazonaws.com", "resource anyone aws us-east-1 s3 dualstack bucket=dualstack"},
		{"a bucket named vpce", "vpce.s3.us-east-1.amazonaws.com", "resource anyone aws us-east-1 s3 default bucket=vpce"},
		{"a bucket named like a region", "us-west-2.s3.us-east-1.amazonaws.com", "resource anyone aws us-east-1 s3 default bucket=us-west-2"},
		{"a bucket named like a load balancer", "x.elb.us-east-1.s3.amazonaws.com", "resource anyone aws  s3 default bucket=x.elb.us-east-1"},
		{"reserved beginning", "sthree-x.s3.amazonaws.com", "unknown  aws   default"},
		{"punycode", "xn--x.s3.amazonaws.com", "unknown  aws   default"},
		{"shaped like an address", "192.168.0.1.s3.amazonaws.com", "unknown  aws   default"},
		{"an access point's alias", "ap-x1-s3alias.s3.us-east-1.amazonaws.com", "resource anyone aws us-east-1 s3 default bucket=ap-x1-s3alias"},
		{"no S3 under api.aws", "b.s3.us-east-1.api.aws", "unknown  aws us-east-1  dualstack"},

		{"dash region", "s3-us-west-2.amazonaws.com", "api aws aws us-west-2 s3 default"},
		{"dash region with a bucket", "a.b.s3-us-west-2.amazonaws.com", "resource anyone aws us-west-2 s3 default bucket=a.b"},
		{"dash region in GovCloud, FIPS", "b.s3-fips-us-gov-west-1.amazonaws.com", "resource anyone aws-us-gov us-gov-west-1 s3 fips bucket=b"},
		{"dash region of another partition", "s3-cn-north-1.amazonaws.com", "unknown  aws   default"},
		{"the first region's other name", "b.s3-external-1.amazonaws.com", "resource anyone aws us-east-1 s3 default bucket=b"},
		{"accelerate", "b.s3-accelerate.amazonaws.com", "resource anyone aws  s3 default bucket=b"},
		{"accelerate, dual-stack", "b.s3-accelerate.dualstack.amazonaws.com", "resource anyone aws  s3 dualstack bucket=b"},
		{"no accelerate in China", "b.s3-accelerate.amazonaws.com.cn", "unknown  aws-cn   default"},

		{"AWS's bucket", "aws-ssm-us-east-1.s3.us-east-1.amazonaws.com", "package-repo aws aws us-east-1 s3 default bucket=aws-ssm-us-east-1 publisher=ssm"},
		{"AWS's bucket over another endpoint", "aws-ssm-us-east-1.s3-fips.dualstack.us-east-1.amazonaws.com", "package-repo aws aws us-east-1 s3 fips+dualstack bucket=aws-ssm-us-east-1 publisher=ssm"},
		{"a stranger's bucket of the same name in another partition", "aws-ssm-cn-north-1.s3.us-east-1.amazonaws.com", "resource anyone aws us-east-1 s3 default bucket=aws-ssm-cn-north-1"},
		{"a name that AWS may take one day", "aws-ssm-me-west-1.s3.us-east-1.amazonaws.com", "resource anyone aws us-east-1 s3 default bucket=aws-ssm-me-west-1"},
		{"AWS's bucket as a website", "aws-ssm-us-east-1.s3-website-us-east-1.amazonaws.com", "customer-content anyone aws us-east-1 s3-website default bucket=aws-ssm-us-east-1"},

		{"access point", "my-ap-123456789012.s3-accesspoint-fips.dualstack.us-east-1.amazonaws.com", "resource anyone aws us-east-1 s3 fips+dualstack account=123456789012 accesspoint=my-ap"},
		{"access point without an account", "my-ap.s3-accesspoint.us-east-1.amazonaws.com", "unknown  aws us-east-1  default"},
		{"multi-region access point", "mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com", "resource anyone aws  s3 default mrap=mfzwi23gnjvgw.mrap"},
		{"object lambda", "ol-123456789012.s3-object-lambda.us-east-1.amazonaws.com", "resource anyone aws us-east-1 s3-object-lambda default account=123456789012 accesspoint=ol"},
		{"object lambda's route", "io-use1-001.s3-object-lambda.us-east-1.amazonaws.com", "resource anyone aws us-east-1 s3-object-lambda default route=io-use1-001"},
		{"outpost", "ap-123456789012.op-01234567890123456.s3-outposts.us-east-1.amazonaws.com", "resource anyone aws us-east-1 s3-outposts default account=123456789012 accesspoint=ap"},
		{"outpost's alias", "x--op-s3.op-0b1d075431d83bebd.s3-outposts.us-east-1.amazonaws.com", "resource anyone aws us-east-1 s3-outposts default bucket=x--op-s3"},
		{"outposts' control", "s3-outposts.us-east-1.api.aws", "api aws aws us-east-1 s3-outposts dualstack"},
		{"control", "123456789012.s3-control.dualstack.us-east-1.amazonaws.com", "resource anyone aws us-east-1 s3-control dualstack account=123456789012"},
		{"directory bucket", "b--use1-az4--x-s3.s3express-fips-use1-az4.dualstack.us-east-1.amazonaws.com", "resource anyone aws us-east-1 s3express fips+dualstack bucket=b--use1-az4--x-s3 az=use1-az4"},
		{"directory bucket of another zone", "b--use1-az5--x-s3.s3express-use1-az4.us-east-1.amazonaws.com", "unknown  aws us-east-1  default"},
		{"directory bucket's access point", "p--use1-az4--xa-s3.s3express-use1-az4.us-east-1.amazonaws.com", "resource anyone aws us-east-1 s3express default accesspoint=p--use1-az4--xa-s3"},
		{"a local zone", "b--usw2-lax1-az1--x-s3.s3express-usw2-lax1-az1.us-west-2.amazonaws.com", "resource anyone aws us-west-2 s3express default bucket=b--usw2-lax1-az1--x-s3 az=usw2-lax1-az1"},
		{"express control", "s3express-control-fips.dualstack.us-east-1.amazonaws.com", "api aws aws us-east-1 s3express fips+dualstack"},
		{"express control as documented", "s3express-control-dualstack.us-east-1.amazonaws.com", "api aws aws us-east-1 s3express dualstack"},
		{"website", "www.example.com.s3-website.us-east-1.amazonaws.com", "customer-content anyone aws us-east-1 s3-website default bucket=www.example.com"},
		{"website, old region", "x.s3-website-us-east-1.amazonaws.com", "customer-content anyone aws us-east-1 s3-website default bucket=x"},
		{"website's endpoint", "s3-website.us-east-1.amazonaws.com", "api aws aws us-east-1 s3-website default"},
		{"a service that begins with s3", "b.s3tables.us-east-1.amazonaws.com", "unknown  aws us-east-1  default"},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			if got := brief(classify(t, tt.host)); got != tt.want {
				t.Errorf("Classify(%s)\n got %s\nwant %s", tt.host, got, tt.want)
			}
		})
	}
}
