package reason

// noproxyWords are the words of "deguchi noproxy" and of engine/noproxy.
var noproxyWords = []word{
	{"cli.noproxy", "", "what programs make of proxy variables and NO_PROXY", "プロキシ変数と NO_PROXY をプログラムがどう解釈するかを表示します"},
	{"cli.noproxy.test", "", "where a program sends requests, and which entry decides", "プログラムがどこへ接続するか、どのエントリーで決まるかを表示します"},
	{"cli.noproxy.test.long", "",
		"Says of each URL whether the program asks a proxy for it, which one, and which entry of the list decides.\n" +
			"Without --http-proxy, --https-proxy and --env, a proxy is assumed in every variable.\n" +
			"With --json - the questions are JSON lines with \"program\", \"vars\" and \"target\", answered in order; \"addresses\"\n" +
			"may list those of the target, for programs that look names up before they compare. Nothing is contacted.",
		"URL ごとに、プログラムがプロキシを使うか、どのプロキシか、一覧のどのエントリーで決まるかを表示します。\n" +
			"--http-proxy、--https-proxy、--env を省略すると、すべての変数にプロキシがあるものとします。\n" +
			"--json - では質問を \"program\"、\"vars\"、\"target\" を持つ JSON Lines で読み、順に答えます。名前を解決してから比べる\n" +
			"プログラムのために、宛先のアドレスを \"addresses\" に書けます。どこにも接続しません。"},
	{"cli.noproxy.lint", "", "entries that a program ignores, or reads otherwise than another", "プログラムが無視するエントリーや、解釈が分かれるエントリーを表示します"},
	{"cli.noproxy.lint.long", "usual",
		"Examines VALUE, a list as NO_PROXY holds it, for the programs of --programs: entries that one of them\n" +
			"ignores, or reads wider or narrower than another, and the shortest value that all of them read as it\n" +
			"is meant. Without --programs these are {usual}.",
		"NO_PROXY の値 VALUE を --programs のプログラムについて調べ、無視されるエントリーや、プログラムによって\n" +
			"広く、または狭く解釈されるエントリーと、すべてのプログラムが意図どおりに解釈する最短の値を表示します。\n" +
			"--programs を省略すると {usual} を調べます。"},
	{"cli.noproxy.for", "", "the list of exceptions that is right for a place", "クライアントの場所に合った除外の一覧を求めます"},
	{"cli.noproxy.for.long", "",
		"Derives from a topology the shortest list that is right for a client and its programs: metadata and the\n" +
			"machine itself in every spelling that they need, names that the client itself reaches over an endpoint,\n" +
			"and nothing that only the proxy reaches. The value is put into the topology and traced: requests that do\n" +
			"not reach, or of which nobody can tell, are said, and the exit code is then 1. The first line is the value.",
		"トポロジーから、クライアントとそのプログラムに合った最短の一覧を求めます。必要な書き方のメタデータと自分自身、\n" +
			"クライアントがエンドポイント経由で到達できる名前だけが入り、プロキシでしか到達できないものは入りません。\n" +
			"求めた値はトポロジーに当てはめて経路を確かめます。到達しないもの、判断できないものは表示し、終了コードは 1 に\n" +
			"なります。1 行目が値です。"},
	{"cli.flag.noproxy-programs", "", "`IDS` of programs, separated by commas", "プログラムの ID をコンマ区切りで `IDS` に指定します"},
	{"cli.flag.noproxy-programs-client", "", "`IDS` of programs; without it, the client's own", "プログラムの `IDS`(省略するとクライアントの program)"},
	{"cli.flag.noproxy-topology", "", "`FILE` with the topology", "トポロジーの `FILE`"},
	{"cli.flag.noproxy-client", "", "`NAME` of the client in it", "その中のクライアントの `NAME`"},
	{"cli.noproxy-place", "", "say which place: --topology FILE and --client NAME", "--topology FILE と --client NAME を指定してください"},
	{"cli.noproxy-client", "client file", "there is no client {client} in {file}", "{file} にクライアント {client} はありません"},
	{"cli.flag.noproxy-program", "", "`ID` of a program; may be repeated", "プログラムの `ID`(複数指定できます)"},
	{"cli.flag.noproxy-all", "", "every program, those that agree together", "すべてのプログラム(同じ結果のものはまとめます)"},
	{"cli.flag.noproxy-value", "", "`LIST` in NO_PROXY and no_proxy, and in http.nonProxyHosts for Java", "NO_PROXY と no_proxy の値 `LIST`(Java では http.nonProxyHosts)"},
	{"cli.flag.noproxy-http", "", "`URL` in http_proxy and HTTP_PROXY", "http_proxy と HTTP_PROXY の値 `URL`"},
	{"cli.flag.noproxy-https", "", "`URL` in https_proxy and HTTPS_PROXY", "https_proxy と HTTPS_PROXY の値 `URL`"},
	{"cli.flag.noproxy-env", "", "one variable, as `NAME=VALUE`; may be repeated", "変数 1 つを `NAME=VALUE` で指定します(複数指定できます)"},
	{"cli.noproxy-which", "", "say which program: --program ID, or --all", "プログラムを --program ID または --all で指定してください"},
	{"cli.noproxy-both", "", "--program and --all exclude each other", "--program と --all は同時に指定できません"},
	{"cli.noproxy-stdin", "", "- reads JSON lines: it needs --json, and no other URL", "- は JSON Lines を読みます。--json が必要で、ほかの URL とは併用できません"},
	{"cli.unknown-program", "id", "there is no program {id}", "プログラム {id} はありません"},
	{"cli.not-web-url", "url", "{url} is not the URL of a web server", "{url} は http または https の URL ではありません"},
	{"cli.not-variable", "text", "{text} is not NAME=VALUE", "{text} は NAME=VALUE の形式ではありません"},

	{"noproxy.measured", "name version", "{name} {version}, measured", "{name} {version}(実測)"},
	{"noproxy.documented", "name", "{name}, from its documents", "{name}(文書による)"},
	{"noproxy.answer.direct", "", "direct", "直接"},
	{"noproxy.answer.proxy", "", "proxy", "プロキシ"},
	{"noproxy.answer.error", "", "error", "エラー"},
	{"noproxy.by", "proxy because", "proxy {proxy}: {because}", "プロキシ {proxy}: {because}"},
	{"noproxy.way", "way because", "{way}: {because}", "{way}: {because}"},
	{"noproxy.bad-line", "line", "line {line} is not a JSON object of program, vars and target", "{line} 行目は program、vars、target を持つ JSON オブジェクトではありません"},

	{"noproxy.portable", "value", "all of the programs read: {value}", "すべてのプログラムが解釈できる値: {value}"},
	{"noproxy.portable-rest", "value", "all of the programs read, without what is no entry: {value}", "エントリーでないものを除き、すべてのプログラムが解釈できる値: {value}"},
	{"noproxy.closest", "value", "no value does it for all of the programs; this one comes closest: {value}", "すべてのプログラムに合う値はありません。最も近い値: {value}"},
	{"noproxy.no-value", "", "no value does it for the programs", "これらのプログラムに合う値はありません"},
	{"noproxy.missed", "program urls", "{program} still asks the proxy for {urls}", "{program} は {urls} を引き続きプロキシに要求します"},
	{"noproxy.missed.fails", "program urls", "{program} fails on {urls}", "{program} は {urls} で失敗します"},
	{"noproxy.empty", "", "nothing needs to be excluded: leave the variable out", "除外は不要です。変数を設定しないでください"},
	{"noproxy.proven", "n", "traced with this value, and reached: {n}", "この値で経路を確かめ、到達したリクエスト: {n}"},
	{"noproxy.unproven", "program url because", "not proven, {program}, {url}: {because}", "未確認({program}) {url}: {because}"},
	{"noproxy.unreached", "url because", "not reached by any value, {url}: {because}", "どの値でも到達しません {url}: {because}"},
	{"noproxy.proxyless", "client", "{client} has no proxy: nothing reads this value until it has one", "{client} にはプロキシがありません。プロキシを設定するまで、この値は使われません"},
	{"noproxy.any-program", "", "any program", "すべてのプログラム"},

	{"noproxy.never", "program", "{program} reads no proxy variables", "{program} はプロキシ変数を読みません"},
	{"noproxy.credentials", "program host", "{program} asks {host} for credentials without a proxy", "{program} は {host} への認証情報の要求にプロキシを使いません"},
	{"noproxy.refused-target", "program version host", "{program} {version} does not take {host} for a target", "{program} {version} は {host} を宛先として受け付けません"},
	{"noproxy.no-variable", "asked scheme", "none of {asked}, which it reads for {scheme}, names a proxy", "{scheme} のために読む {asked} のどれにもプロキシがありません"},
	{"noproxy.proxied", "variable", "{variable} names it, and there is no list of exceptions", "{variable} で指定されており、除外の一覧はありません"},
	{"noproxy.not-listed", "variable list", "{variable} names it, and no entry of {list} matches", "{variable} で指定されており、{list} に一致するエントリーはありません"},
	{"noproxy.entry", "entry list host", "entry {entry} of {list} matches {host}", "{list} のエントリー {entry} が {host} に一致します"},
	{"noproxy.may-resolve", "entry list host",
		"entry {entry} of {list} matches if {host} resolves into it, which is assumed: the program looks names up first",
		"{host} のアドレスが {list} のエントリー {entry} に含まれると仮定しました(このプログラムは先に名前を解決します)"},
	{"noproxy.loopback", "program host", "{program} never asks a proxy for {host}, this machine itself", "{program} は自分自身である {host} にはプロキシを使いません"},
	{"noproxy.cgi", "variable", "with REQUEST_METHOD set, as under CGI, {variable} is refused", "REQUEST_METHOD があるため(CGI とみなされ)、{variable} を拒否します"},
	{"noproxy.cgi-unread", "scheme", "with REQUEST_METHOD set, as under CGI, it reads no proxy variable for {scheme}", "REQUEST_METHOD があるため(CGI とみなされ)、{scheme} ではプロキシ変数を読みません"},
	{"noproxy.ignored", "variable", "it cannot read the value of {variable}, and goes on without a proxy", "{variable} の値を読めず、プロキシなしで続けます"},
	{"noproxy.broken", "variable", "it cannot use the value of {variable}, and fails", "{variable} の値を使えず、失敗します"},
	{"noproxy.no-ipv6", "host", "it fails on {host}, an IPv6 address", "IPv6 アドレスの {host} で失敗します"},
}
