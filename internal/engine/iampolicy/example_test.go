package iampolicy_test

import (
	"fmt"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/iampolicy"
	"github.com/deguchi-project/deguchi/internal/model/policy"
)

// A bucket is pinned to one endpoint, and the request crosses another: the one
// beside the proxy.
func Example() {
	p, _ := policy.Read("bucket.json", []byte(`{
  "Version": "2012-10-17",
  "Statement": {
    "Sid": "OnlyByOurEndpoint", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
    "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d4e5f60718"}}
  }
}`))
	r := iampolicy.Resource(p, "111111111111", iampolicy.Request{
		Action: "s3:GetObject", Resource: "arn:aws:s3:::reports/a.csv",
		Principal: iampolicy.Principal{Account: "111111111111"},
		Context:   iampolicy.Context{"aws:SourceVpce": iampolicy.Is("vpce-09f8e7d6c5b4a3210")},
	})
	fmt.Println(r.Verdict)
	fmt.Println(r.Because().In(reason.English))
	// Output:
	// denied
	// statement 1 "OnlyByOurEndpoint" (bucket.json:4:5) denies it: StringNotEquals holds, as aws:SourceVpce is "vpce-09f8e7d6c5b4a3210" and the statement names "vpce-0a1b2c3d4e5f60718"
}
