package iampolicy

import (
	"testing"

	"github.com/deguchi-project/deguchi/internal/model/policy"
)

// BenchmarkEvaluate judges a request by policies as they are in use. The aim is
// 2 µs for one evaluation.
func BenchmarkEvaluate(b *testing.B) {
	q := Request{
		Action: "s3:GetObject", Resource: "arn:aws:s3:::reports/2026/11/a.csv",
		Principal: Principal{Account: "111111111111", ARN: "arn:aws:iam::111111111111:role/app"},
		Context: Context{
			"aws:SourceVpce": Is("vpce-0a1b2c3d"), "aws:SourceVpc": Is("vpc-0a1b2c3d"), "aws:VpcSourceIp": Is("10.1.1.10"), "aws:SourceIp": Absent(),
			"aws:PrincipalOrgID": Is("o-main"), "aws:PrincipalAccount": Is("111111111111"), "aws:ResourceAccount": Is("111111111111"), "aws:SecureTransport": Is("true"),
		},
	}
	policies := map[string]string{
		"pinned": `{"Version":"2012-10-17","Statement":[
			{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-0a1b2c3d"}}},
			{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}]}`,
		"perimeter": `{"Version":"2012-10-17","Statement":[
			{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::reports","arn:aws:s3:::reports/*"],"Condition":{"StringNotEqualsIfExists":{"aws:SourceVpc":["vpc-1","vpc-2"]},"NotIpAddressIfExists":{"aws:SourceIp":["203.0.113.0/24","198.51.100.0/24"]},"Bool":{"aws:ViaAWSService":"false"}}},
			{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}},
			{"Effect":"Allow","Principal":{"AWS":["222222222222","arn:aws:iam::111111111111:role/app"]},"Action":["s3:GetObject","s3:ListBucket"],"Resource":"arn:aws:s3:::reports/*"}]}`,
		"variables": `{"Version":"2012-10-17","Statement":[
			{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::reports/${aws:PrincipalAccount}/*"},
			{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceAccount":"${aws:PrincipalAccount}"}}}]}`,
	}
	for name, src := range policies {
		p, problems := policy.Read("policy.json", []byte(src))
		if len(problems) > 0 {
			b.Fatal(problems)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Resource(p, "333333333333", q)
			}
		})
	}
}
