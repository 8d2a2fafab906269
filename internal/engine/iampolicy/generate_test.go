package iampolicy

import (
	"net/netip"

	"pgregory.net/rapid"

	"github.com/deguchi-project/deguchi/internal/model/policy"
)

// The generators draw from few words, so that they meet often.

// held is what keys hold, by key; patterns are what policies ask of them.
var (
	held = map[string][]string{
		"aws:SourceVpce":       {"vpce-a", "vpce-b"},
		"aws:PrincipalAccount": {"111111111111", "222222222222"},
		"aws:SourceIp":         {"10.1.1.5", "10.1.2.5"},
		"aws:SecureTransport":  {"true", "false"},
		"aws:PrincipalArn":     {"arn:aws:iam::111111111111:role/app", "arn:aws:iam::222222222222:role/app"},
	}
	heldKeys = []string{"aws:SourceVpce", "aws:PrincipalAccount", "aws:SourceIp", "aws:SecureTransport", "aws:PrincipalArn"}
	patterns = map[policy.Test][]string{
		policy.Equals:           {"vpce-a", "111111111111", "${aws:PrincipalAccount}", "10.1.1.5"},
		policy.EqualsIgnoreCase: {"VPCE-A", "${aws:sourcevpce, 'vpce-a'}"},
		policy.Like:             {"*", "vpce-?", "1*", "${*}", "*${aws:PrincipalAccount}*"},
		policy.ARN:              {"arn:aws:iam::111111111111:role/*", "arn:aws:iam::${aws:PrincipalAccount}:*", "*"},
		policy.IP:               {"10.1.1.0/24", "10.1.0.0/16", "10.1.1.5", "10.1.1.0/25", "10.1.1.128/25"},
		policy.Bool:             {"true", "false"},
		policy.Null:             {"true", "false"},
	}
	actions    = []string{"*", "s3:*", "s3:Get*", "s3:GetObject", "s3:PutObject", "ssm:*"}
	resources  = []string{"*", "arn:aws:s3:::data/*", "arn:aws:s3:::other/*", "arn:aws:s3:::data/${aws:PrincipalAccount}/*"}
	principals = []policy.Principal{
		{Sort: policy.Everyone}, {Sort: policy.AWS, Name: text1("111111111111")}, {Sort: policy.AWS, Name: text1("222222222222")},
		{Sort: policy.AWS, Name: text1("arn:aws:iam::111111111111:role/app")}, {Sort: policy.AWS, Name: text1("arn:aws:iam::111111111111:root")},
		{Sort: policy.AWS, Name: text1("arn:aws:sts::111111111111:assumed-role/app/i-1")},
		{Sort: policy.Service, Name: text1("sns.amazonaws.com")}, {Sort: policy.Canonical, Name: text1("79a59df9")},
	}
	callers = []Principal{
		{}, {Account: "111111111111"}, {Account: "222222222222"}, {Account: "111111111111", ARN: "arn:aws:iam::111111111111:role/app"},
		{Account: "111111111111", ARN: "arn:aws:sts::111111111111:assumed-role/app/i-1"}, {Account: "111111111111", ARN: "arn:aws:iam::111111111111:root"},
		{Account: "111111111111", ARN: "arn:aws:iam::111111111111:user/bob"}, {Service: "sns.amazonaws.com"}, {Anonymous: true},
	}
	owners = []string{"111111111111", "222222222222"}
)

func text1(v string) policy.Text { return policy.Text{V: v} }

func texts(t *rapid.T, from []string) []policy.Text {
	var out []policy.Text
	for _, v := range rapid.SliceOfN(rapid.SampledFrom(from), 1, 2).Draw(t, "texts") {
		out = append(out, text1(v))
	}
	return out
}

func anyStatement(t *rapid.T) policy.Statement {
	s := policy.Statement{Effect: policy.Effect(rapid.IntRange(0, 1).Draw(t, "effect"))}
	if rapid.Bool().Draw(t, "has principal") {
		s.Principal = policy.Principals{Not: rapid.Bool().Draw(t, "not principal"), Names: rapid.SliceOfN(rapid.SampledFrom(principals), 1, 2).Draw(t, "principals")}
	}
	if rapid.Bool().Draw(t, "has action") {
		s.Action = policy.Patterns{Not: rapid.Bool().Draw(t, "not action"), Texts: texts(t, actions)}
	}
	if rapid.Bool().Draw(t, "has resource") {
		s.Resource = policy.Patterns{Not: rapid.Bool().Draw(t, "not resource"), Texts: texts(t, resources)}
	}
	for range rapid.IntRange(0, 2).Draw(t, "conditions") {
		o, _ := policy.ParseOperator(rapid.SampledFrom(policy.Operators()).Draw(t, "operator"))
		key := rapid.SampledFrom(heldKeys).Draw(t, "key")
		s.Conditions = append(s.Conditions, policy.Condition{Operator: o, Key: text1(key), Values: texts(t, patterns[o.Test])})
	}
	return s
}

func anyPolicy(t *rapid.T) policy.Policy {
	return policy.Policy{
		Statements: rapid.SliceOfN(rapid.Custom(anyStatement), 0, 4).Draw(t, "statements"),
		Literal:    rapid.IntRange(0, 4).Draw(t, "old version") == 0,
	}
}

// anyRequest tells everything.
func anyRequest(t *rapid.T) Request {
	q := Request{
		Action:    rapid.SampledFrom([]string{"s3:GetObject", "s3:PutObject", "ssm:"}).Draw(t, "action"),
		Resource:  rapid.SampledFrom([]string{"arn:aws:s3:::data/a", "arn:aws:s3:::data/111111111111/a", "arn:aws:s3:::other/a"}).Draw(t, "resource"),
		Principal: rapid.SampledFrom(callers[3:]).Draw(t, "caller"),
		Context:   Context{},
	}
	for _, key := range heldKeys {
		q.Context[key] = Absent()
		if rapid.IntRange(0, 3).Draw(t, "there") > 0 {
			q.Context[key] = Is(rapid.SampledFrom(held[key]).Draw(t, "value"))
		}
	}
	return q
}

// forget returns q with some of what it tells left out.
func forget(t *rapid.T, q Request) Request {
	less := q
	less.Context = Context{}
	for _, key := range heldKeys {
		v := q.Context[key]
		switch rapid.IntRange(0, 2).Draw(t, "forget "+key) {
		case 0:
			less.Context[key] = v
		case 1:
			if addr, err := netip.ParseAddr(v.text); err == nil {
				less.Context[key] = Within(netip.PrefixFrom(addr, rapid.IntRange(16, 32).Draw(t, "bits")))
			}
		}
	}
	if rapid.IntRange(0, 2).Draw(t, "forget resource") == 0 {
		less.Resource = ""
	}
	switch rapid.IntRange(0, 3).Draw(t, "forget caller") {
	case 0:
		less.Principal.ARN = ""
	case 1:
		less.Principal = Principal{}
	}
	return less
}
