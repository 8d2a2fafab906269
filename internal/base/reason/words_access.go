package reason

// accessWords are what rules do to each other: DG14xx about rules that no
// request reaches, DG15xx about the file's own tests.
var accessWords = []word{
	{"DG1401", "rule by line", "rule {rule} can never be reached: rule {by} in line {line} decides the opposite of all that it asks for", "ルール {rule} に到達するリクエストはありません。条件に合うものはすべて {line} 行目のルール {by} が逆の判定をします"},
	{"DG1401.hint", "line", "move it above line {line}, or remove it", "{line} 行目より上に移すか、削除してください"},
	{"DG1402", "rule by line", "rule {rule} changes nothing: rule {by} in line {line} decides all that it asks for in the same way", "ルール {rule} には効果がありません。条件に合うものはすべて {line} 行目のルール {by} が同じ判定をします"},
	{"DG1402.hint", "", "remove it, or move it up if its name or ticket should stand in the log", "削除してください。ログにこのルールの名前やチケットを残したい場合は上に移してください"},
	{"DG1501", "host from got want", "{host} from {from} is {got}, not {want}", "{from} から {host} への判定は {want} ではなく {got} です"},
	{"DG1502", "host from got want", "{host} from {from} is decided by {got}, not by {want}", "{from} から {host} への判定をしたのは {want} ではなく {got} です"},
	{"DG1503", "host from got want", "the reason for {host} from {from} is {got}, not {want}", "{from} から {host} への判定の理由は {want} ではなく {got} です"},
	{"access.untold", "keys", "the request does not tell {keys}: what is not told never satisfies allow, and always deny", "リクエストからは {keys} が分かりません。分からない事柄の条件は、allow では常に不成立、deny では常に成立とみなします"},
	{PrivateLiteral, "addr", "{addr} is a private address, which private does not admit", "{addr} は private で許可されていないプライベートアドレスです"},
	{"access.nearly", "rule position key", `rule "{rule}" ({position}) would allow it but for {key}`, "ルール「{rule}」({position}) は {key} の条件だけが合わず、許可していません"},

	{"cli.explain", "", "which rule decides a request, and why", "リクエストを判定するルールとその理由を表示します"},
	{"cli.explain.long", "",
		"Answers from the name alone: nothing is resolved, so an allowed name can still be refused for the\naddress that it resolves to. Exits with 1 if one of the hosts is denied.",
		"名前だけで判定します。名前解決はしないため、許可された名前でも解決後のアドレスにより拒否されることがあります。\n拒否されるホストが 1 つでもあれば終了コードは 1 です。"},
	{"cli.flag.from", "", "address of the `CLIENT`", "クライアントのアドレス: `CLIENT`"},
	{"cli.flag.endpoint", "", "PrivateLink endpoint that the request comes through: `VPCE-ID`", "リクエストが経由する PrivateLink エンドポイント: `VPCE-ID`"},
	{"cli.flag.scheme", "", "https asks by CONNECT, http in absolute form: `https|http`", "https は CONNECT、http は絶対形式のリクエスト: `https|http`"},
	{"cli.explain.from", "", "who asks? --from is missing", "リクエスト元が分かりません。--from を指定してください"},
	{"cli.explain.target", "target", "{target} is not HOST, HOST:PORT or an http or https URL", "{target} は HOST、HOST:PORT、http または https の URL のいずれでもありません"},
	{"explain.allowed", "", "allowed", "許可"},
	{"explain.denied", "", "denied", "拒否"},
	{"explain.would-deny", "", "let through, would be denied", "通過(本来は拒否)"},
	{"explain.because", "", "because", "理由"},
	{"explain.rule", "", "rule", "ルール"},
	{"explain.ticket", "", "ticket", "チケット"},
	{"explain.client", "", "client", "クライアント"},
	{"explain.name", "", "name", "名前"},
	{"explain.nobody", "from", "none ({from})", "該当なし({from})"},
}
