package reason

// policyWords are what is wrong with the statements of a policy (DG24xx), and
// what a policy makes of a request.
var policyWords = []word{
	{"DG2401", "got", "condition operator {got} is not supported", "条件演算子 {got} には対応していません"},
	{"DG2402.bool", "got where", "{where}: {got} is not true or false", "{where}: {got} は true でも false でもありません"},
	{"DG2402.network", "got where", "{where}: {got} is not a network or an address", "{where}: {got} はネットワークでもアドレスでもありません"},
	{"DG2403", "got where", "{where}: {got} is not an action", "{where}: {got} はアクションではありません"},
	{"DG2403.hint", "", `write service:Action, such as s3:GetObject, or "*"`, `s3:GetObject のように サービス:アクション の形で書くか、"*" と書いてください`},
	{"DG2404", "got where", "{where}: {got} is a pattern, and AWS takes none in a principal", "{where}: {got} はパターンです。プリンシパルにパターンは使えません"},
	{"DG2404.hint", "", `write "*" alone, and the pattern in a condition with aws:PrincipalArn`, `"*" だけを書き、パターンは aws:PrincipalArn の条件に書いてください`},
	{"DG2405", "one other", "the statement has both {one} and {other}", "ステートメントに {one} と {other} の両方があります"},
	{"DG2405.hint", "", "keep one of them, or make two statements of it", "どちらか一方だけにするか、2 つのステートメントに分けてください"},

	{"policy.value", "value", "{value}", "{value}"},
	{"policy.absent", "", "absent", "なし"},
	{"policy.unknown", "", "unknown", "不明"},

	{"policy.whole.allowed", "", "the policy allows everything", "ポリシーはすべてを許可しています"},
	{"policy.whole.unknown", "", "there is a policy, and the file does not tell what it says", "ポリシーはありますが、その内容がファイルに書かれていません"},
	{"policy.own-account", "", "no statement denies it, and the caller is of the account that owns the resource", "拒否するステートメントはなく、呼び出し元はリソースを所有するアカウントに属しています"},
	{"policy.stranger.denied", "", "the resource has no policy that lets in callers from outside of its account", "リソースには、所有アカウント以外からの呼び出しを許可するポリシーがありません"},
	{"policy.stranger.unknown", "", "no statement allows it, and whether the caller is of the account that owns the resource is not known", "許可するステートメントはなく、呼び出し元がリソースを所有するアカウントに属しているかどうかも分かりません"},
	{"policy.no-allow", "", "no statement of the policy allows anything", "ポリシーには何かを許可するステートメントがありません"},

	{"policy.allowed.whole", "statement position", "statement {statement} ({position}) allows it", "ステートメント {statement} ({position}) が許可しています"},
	{"policy.allowed.condition", "statement position operator key wanted got", "statement {statement} ({position}) allows it: {operator} holds, as {key} is {got} and the statement names {wanted}", "ステートメント {statement} ({position}) が許可しています。{key} は {got}、ステートメントの値は {wanted} で、{operator} が成立します"},
	{"policy.denied.whole", "statement position", "statement {statement} ({position}) denies it", "ステートメント {statement} ({position}) が拒否しています"},
	{"policy.denied.condition", "statement position operator key wanted got", "statement {statement} ({position}) denies it: {operator} holds, as {key} is {got} and the statement names {wanted}", "ステートメント {statement} ({position}) が拒否しています。{key} は {got}、ステートメントの値は {wanted} で、{operator} が成立します"},
	{"policy.nearest.element", "statement position element wanted got", "no statement allows it: the nearest, {statement} ({position}), has {element} {wanted}, and the request has {got}", "許可するステートメントがありません。最も近いステートメント {statement} ({position}) の {element} は {wanted} で、リクエストは {got} です"},
	{"policy.nearest.condition", "statement position operator key wanted got", "no statement allows it: in the nearest, {statement} ({position}), {operator} does not hold, as {key} is {got} and the statement names {wanted}", "許可するステートメントがありません。最も近いステートメント {statement} ({position}) では、{key} が {got}、ステートメントの値が {wanted} のため {operator} が成立しません"},
	{"policy.unknown.element", "statement position element wanted got", "whether statement {statement} ({position}) applies is not known: it has {element} {wanted}, and the request has {got}", "ステートメント {statement} ({position}) が該当するかどうか分かりません。{element} は {wanted} で、リクエストは {got} です"},
	{"policy.unknown.condition", "statement position operator key wanted got", "whether statement {statement} ({position}) applies is not known: {operator} compares {key}, which is {got}, with {wanted}", "ステートメント {statement} ({position}) が該当するかどうか分かりません。{operator} は {key} ({got}) を {wanted} と比べます"},
}
