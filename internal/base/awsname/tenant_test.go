package awsname

import "testing"

func TestClassifyTenants(t *testing.T) {
	tests := []struct{ why, host, want string }{
		{"network load balancer", "squid-0123456789abcdef.elb.us-east-1.amazonaws.com", "customer-content anyone aws us-east-1 elb default lb=squid-0123456789abcdef"},
		{"application load balancer", "web-1234567890.us-east-1.elb.amazonaws.com", "customer-content anyone aws us-east-1 elb default lb=web-1234567890"},
		{"its dual-stack name", "dualstack.web-1.us-east-1.elb.amazonaws.com", "customer-content anyone aws us-east-1 elb dualstack lb=web-1"},
		{"in China", "web-1.cn-north-1.elb.amazonaws.com.cn", "customer-content anyone aws-cn cn-north-1 elb default lb=web-1"},
		{"instance in the first region", "ec2-203-0-113-25.compute-1.amazonaws.com", "customer-content anyone aws us-east-1 ec2-public-dns default instance=ec2-203-0-113-25"},
		{"instance elsewhere", "ec2-203-0-113-25.us-west-2.compute.amazonaws.com", "customer-content anyone aws us-west-2 ec2-public-dns default instance=ec2-203-0-113-25"},
		{"API gateway", "abc.execute-api.us-east-1.amazonaws.com", "customer-content anyone aws us-east-1 execute-api default api=abc"},
		{"API gateway, dual-stack", "abc.execute-api.us-east-1.api.aws", "customer-content anyone aws us-east-1 execute-api dualstack api=abc"},
		{"function URL", "abc.lambda-url.us-east-1.on.aws", "customer-content anyone aws us-east-1 lambda-url default function_url=abc"},
		{"database named like a service", "ssm.cluster-ro-abc.us-east-1.rds.amazonaws.com", "customer-content anyone aws us-east-1 rds-instance default name=ssm"},
		{"database in China", "db.abc.rds.cn-north-1.amazonaws.com.cn", "customer-content anyone aws-cn cn-north-1 rds-instance default name=db"},
		{"cache with a short region", "redis.abc.ng.0001.usw2.cache.amazonaws.com", "customer-content anyone aws us-west-2 elasticache-cluster default cluster=redis"},
		{"cache in China", "redis.abc.cnn1.cache.amazonaws.com.cn", "customer-content anyone aws-cn cn-north-1 elasticache-cluster default cluster=redis"},
		{"cache in a region that is new", "redis.abc.mew1.cache.amazonaws.com", "customer-content anyone aws  elasticache-cluster default cluster=redis"},
		{"serverless warehouse", "wg.123456789012.us-east-1.redshift-serverless.amazonaws.com", "customer-content anyone aws us-east-1 redshift-workgroup default account=123456789012 name=wg"},
		{"cluster", "0123abcd.gr7.us-east-1.eks.amazonaws.com", "customer-content anyone aws us-east-1 eks-cluster default cluster=0123abcd"},
		{"file transfer", "s-1.server.transfer.us-east-1.amazonaws.com", "customer-content anyone aws us-east-1 transfer-server default server=s-1"},
		{"broker", "b-1.mq.us-east-1.on.aws", "customer-content anyone aws us-east-1 mq-broker dualstack broker=b-1"},
		{"notebook", "nb.notebook.us-east-1.sagemaker.aws", "customer-content anyone aws us-east-1 sagemaker default name=nb"},
		{"distribution", "d111.cloudfront.net", "customer-content anyone aws  cloudfront-dist default name=d111"},
		{"public registry", "public.ecr.aws", "customer-content anyone aws  ecr-public default name=public"},
		{"the domain alone", "cloudfront.net", "unknown  aws   default"},
		{"a marker alone", "elb.us-east-1.amazonaws.com", "unknown  aws us-east-1  default"},
		{"a marker and region alone", "us-east-1.elb.amazonaws.com", "unknown  aws us-east-1  default"},
		{"a marker under another suffix", "abc.lambda-url.us-east-1.amazonaws.com", "unknown  aws us-east-1  default"},
		{"nothing known under on.aws", "x.us-east-1.on.aws", "unknown  aws us-east-1  dualstack"},

		{"console", "s3.us-east-1.console.aws.amazon.com", "console aws aws us-east-1 console default"},
		{"sign-in", "signin.aws.amazon.com", "console aws aws  signin default"},
		{"regional sign-in", "us-east-1.signin.aws", "console aws aws us-east-1 signin default"},
		{"sign-in of Identity Center", "us-east-1.sso.signin.aws", "console aws aws us-east-1 sso dualstack"},
		{"sign-in in GovCloud", "us-gov-west-1.signin.amazonaws-us-gov.com", "console aws aws-us-gov us-gov-west-1 signin default"},
		{"sign-in in China", "signin.amazonaws.cn", "console aws aws-cn  signin default"},
		{"access portal", "ssoins-01.us-east-1.portal.amazonaws.com", "console aws aws us-east-1 sso default instance=ssoins-01"},
		{"access portal, dual-stack", "ssoins-01.portal.us-east-1.app.aws", "console aws aws us-east-1 sso dualstack instance=ssoins-01"},
		{"portal's parts", "assets.sso-portal.us-east-1.amazonaws.com", "console aws aws us-east-1 sso-portal default"},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			if got := brief(classify(t, tt.host)); got != tt.want {
				t.Errorf("Classify(%s)\n got %s\nwant %s", tt.host, got, tt.want)
			}
		})
	}
}

func TestClassifyPrivateLink(t *testing.T) {
	const id = "vpce-0a1b2c3d4e5f67890"
	tests := []struct{ why, host, want string }{
		{"regional", id + "-abcdefgh.ssm.us-east-1.vpce.amazonaws.com", "vpce aws aws us-east-1 ssm default vpce=" + id},
		{"zonal", id + "-abcdefgh-us-east-1a.ssm.us-east-1.vpce.amazonaws.com", "vpce aws aws us-east-1 ssm default vpce=" + id},
		{"in a local zone", id + "-abcdefgh-us-west-2-lax-1a.ssm.us-west-2.vpce.amazonaws.com", "vpce aws aws us-west-2 ssm default vpce=" + id},
		{"two labels", id + "-x.streams.dynamodb.us-east-1.vpce.amazonaws.com", "vpce aws aws us-east-1 streams.dynamodb default vpce=" + id},
		{"registry: every account's images", id + "-x.dkr.ecr.us-east-1.vpce.amazonaws.com", "vpce anyone aws us-east-1 dkr.ecr default vpce=" + id},
		{"in China", id + "-x.ssm.cn-north-1.vpce.amazonaws.com.cn", "vpce aws aws-cn cn-north-1 ssm default vpce=" + id},
		{"S3, any bucket", "bucket." + id + "-x.s3.us-east-1.vpce.amazonaws.com", "vpce aws aws us-east-1 s3 default vpce=" + id},
		{"S3, one bucket", "a.b.bucket." + id + "-x.s3.us-east-1.vpce.amazonaws.com", "vpce anyone aws us-east-1 s3 default bucket=a.b vpce=" + id},
		{"a bucket named like an endpoint", id + "-x.bucket." + id + "-y.s3.us-east-1.vpce.amazonaws.com", "vpce anyone aws us-east-1 s3 default bucket=" + id + "-x vpce=" + id},
		{"an access point", "p-123456789012.accesspoint." + id + "-x.s3.us-east-1.vpce.amazonaws.com", "vpce anyone aws us-east-1 s3 default account=123456789012 vpce=" + id},
		{"control", "123456789012.control." + id + "-x.s3.us-east-1.vpce.amazonaws.com", "vpce anyone aws us-east-1 s3 default account=123456789012 vpce=" + id},
		{"multi-region access points", id + "-x.accesspoint.s3-global.vpce.amazonaws.com", "vpce aws aws  accesspoint.s3-global default vpce=" + id},
		{"a customer's service through an endpoint", id + "-x.vpce-svc-0fedcba9876543210.us-east-1.vpce.amazonaws.com", "vpce anyone aws us-east-1 vpce-svc default vpce=" + id},
		{"a customer's service", "vpce-svc-0fedcba9876543210.us-east-1.vpce.amazonaws.com", "vpce anyone aws us-east-1 vpce-svc default vpce_service=vpce-svc-0fedcba9876543210"},
		{"API gateway", "abc.execute-api.us-east-1.vpce.amazonaws.com", "vpce anyone aws us-east-1 execute-api default api=abc"},
		{"no id", "x.ssm.us-east-1.vpce.amazonaws.com", "unknown  aws us-east-1  default"},
		{"an id that is none", "vpce-xyz-abc.ssm.us-east-1.vpce.amazonaws.com", "unknown  aws us-east-1  default"},
		{"an id that is too short", "vpce-0a1b2c3-abc.ssm.us-east-1.vpce.amazonaws.com", "unknown  aws us-east-1  default"},
		{"a zone that is none", id + "-x-us-east-1.ssm.us-east-1.vpce.amazonaws.com", "unknown  aws us-east-1  default"},
		{"a head that only S3 has", "x.bucket." + id + "-x.ssm.us-east-1.vpce.amazonaws.com", "unknown  aws us-east-1  default"},
		{"the wrong partition", id + "-x.ssm.cn-north-1.vpce.amazonaws.com", "unknown  aws cn-north-1  default"},
		{"vpce alone", "vpce.amazonaws.com", "unknown  aws   default"},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			if got := brief(classify(t, tt.host)); got != tt.want {
				t.Errorf("Classify(%s)\n got %s\nwant %s", tt.host, got, tt.want)
			}
		})
	}
}
