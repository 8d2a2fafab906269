package iampolicy

import (
	"testing"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// TestBecause: a reason names the statement, its place, and what decided.
func TestBecause(t *testing.T) {
	tests := map[string]struct {
		policy string
		want   string
	}{
		"denied by a condition": {
			`[{Effect: Allow}, {Sid: Pinned, Effect: Deny, Condition: {StringNotEquals: {"aws:SourceVpce": vpce-b}}}]`,
			`statement 2 "Pinned" (t.yaml:1:28) denies it: StringNotEquals holds, as aws:SourceVpce is "vpce-a" and the statement names "vpce-b"`,
		},
		"denied as a key is absent": {
			`[{Effect: Deny, Condition: {NotIpAddress: {"aws:SourceIp": [203.0.113.0/24, 198.51.100.7]}}}]`,
			`statement 1 (t.yaml:1:11) denies it: NotIpAddress holds, as aws:SourceIp is absent and the statement names "203.0.113.0/24", "198.51.100.7"`,
		},
		"denied without condition": {`[{Effect: Deny}]`, `statement 1 (t.yaml:1:11) denies it`},
		"allowed":                  {`[{Effect: Allow}]`, `statement 1 (t.yaml:1:11) allows it`},
		"allowed by a condition, the first of two": {
			`[{Effect: Allow, Condition: {StringLike: {"aws:SourceVpce": "vpce-*"}, Bool: {"aws:SecureTransport": true}}}]`,
			`statement 1 (t.yaml:1:11) allows it: StringLike holds, as aws:SourceVpce is "vpce-a" and the statement names "vpce-*"`,
		},
		"nothing allows": {`[{Effect: Deny, Action: "s3:Put*"}]`, `no statement of the policy allows anything`},
		"the nearest lacks the action": {
			`[{Effect: Allow, NotAction: ["s3:Get*"]}]`,
			`no statement allows it: the nearest, 1 (t.yaml:1:11), has NotAction "s3:Get*", and the request has "s3:GetObject"`,
		},
		"the nearest is the one that fails last": {
			`[{Effect: Allow, Action: "sns:*"}, {Effect: Allow, Resource: "arn:aws:s3:::other/*"}, {Effect: Allow, Action: "ssm:*"}]`,
			`no statement allows it: the nearest, 2 (t.yaml:1:45), has Resource "arn:aws:s3:::other/*", and the request has "arn:aws:s3:::data/a.csv"`,
		},
		"the nearest lacks the principal": {
			`[{Effect: Allow, Principal: {AWS: ["111111111111", a, b, c, d]}}]`,
			`no statement allows it: the nearest, 1 (t.yaml:1:11), has Principal "111111111111", "a", "b", "c", …, and the request has "arn:aws:iam::main:role/app"`,
		},
		"the nearest fails in its second condition": {
			`[{Effect: Allow, Condition: {StringLike: {"aws:SourceVpce": "vpce-*"}, Bool: {"aws:SecureTransport": false}}}]`,
			`no statement allows it: in the nearest, 1 (t.yaml:1:11), Bool does not hold, as aws:SecureTransport is "true" and the statement names "false"`,
		},
		"an unknown key": {
			`[{Effect: Allow}, {Effect: Deny, Condition: {StringEquals: {"aws:PrincipalTag/team": red}}}]`,
			`whether statement 2 (t.yaml:1:28) applies is not known: StringEquals compares aws:PrincipalTag/team, which is unknown, with "red"`,
		},
		"an unknown principal": {
			`[{Effect: Allow, Principal: {CanonicalUser: 79a59df9}}]`,
			`whether statement 1 (t.yaml:1:11) applies is not known: it has Principal "79a59df9", and the request has "arn:aws:iam::main:role/app"`,
		},
		"full":    {`full`, `the policy allows everything`},
		"unknown": {`unknown`, `there is a policy, and the file does not tell what it says`},
	}
	q := get(Context{"aws:SourceVpce": Is("vpce-a"), "aws:SourceIp": Absent(), "aws:SecureTransport": Is("true")})
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Evaluate(parse(t, tt.policy), q).Because().In(reason.English); got != tt.want {
				t.Errorf("the reason of %s\n got: %s\nwant: %s", tt.policy, got, tt.want)
			}
		})
	}
}

func TestBecauseInJapanese(t *testing.T) {
	tests := map[string]struct {
		policy string
		want   string
	}{
		"denied": {
			`[{Effect: Deny, Condition: {StringNotEquals: {"aws:SourceVpce": vpce-b}}}]`,
			`ステートメント 1 (t.yaml:1:11) が拒否しています。aws:SourceVpce は "vpce-a"、ステートメントの値は "vpce-b" で、StringNotEquals が成立します`,
		},
		"an unknown key": {
			`[{Effect: Allow, Condition: {StringEquals: {"aws:SourceVpc": vpc-b}}}]`,
			`ステートメント 1 (t.yaml:1:11) が該当するかどうか分かりません。StringEquals は aws:SourceVpc (不明) を "vpc-b" と比べます`,
		},
		"a key that is absent": {
			`[{Effect: Allow, Condition: {IpAddress: {"aws:SourceIp": 203.0.113.0/24}}}]`,
			`許可するステートメントがありません。最も近いステートメント 1 (t.yaml:1:11) では、aws:SourceIp が なし、ステートメントの値が "203.0.113.0/24" のため IpAddress が成立しません`,
		},
	}
	q := get(Context{"aws:SourceVpce": Is("vpce-a"), "aws:SourceIp": Absent()})
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Evaluate(parse(t, tt.policy), q).Because().In(reason.Japanese); got != tt.want {
				t.Errorf("the reason of %s\n got: %s\nwant: %s", tt.policy, got, tt.want)
			}
		})
	}
}
