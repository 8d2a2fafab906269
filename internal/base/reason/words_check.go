package reason

// checkWords are the words of "deguchi check" and "deguchi config".
var checkWords = []word{
	{"cli.check", "", "every problem in configurations and topologies", "設定とトポロジーの問題をすべて表示します"},
	{"cli.check.long", "", "Prints every problem with its place, and what to do. Exits with 1 if one is an error or a warning; notes alone never, nor do decisions or routes that differ from OLD. A file that cannot be read is a problem too; - is standard input.", "すべての問題を、その位置と対処とともに表示します。エラーか警告があれば終了コード 1 になり、注記だけの場合と、OLD と判定や経路が異なるだけの場合は 0 です。読み取れないファイルも問題として数えます。- は標準入力です。"},
	{"cli.check.clean", "file", "{file}: no problems", "{file}: 問題はありません"},
	{"cli.check.same", "file", "no request that was tried is decided otherwise than by {file}", "試したリクエストの判定は、すべて {file} と同じです"},
	{"cli.check.change", "old new count", "{old} → {new} ({count} of the requests tried)", "{old} → {new} (試したリクエストのうち {count} 件)"},
	{"cli.check.partial", "requests hosts", "the files name more than a comparison takes: {requests} requests to {hosts} hosts were tried, what only one of the files names first; the rest may be decided otherwise", "比較できる量を超えています。片方のファイルだけに書かれたものから順に、ホスト {hosts} 件へのリクエスト {requests} 件を試しました。残りの判定は異なる可能性があります"},
	{"cli.check.by-rule", "verdict rule", "{verdict} by rule {rule}", "{verdict} (ルール「{rule}」)"},
	{"cli.check.by-reason", "verdict reason", "{verdict} ({reason})", "{verdict} ({reason})"},
	{"cli.check.one-file", "", "--against compares one FILE", "--against で比較できる FILE は 1 つです"},
	{"cli.flag.against", "", "also list the decisions of a configuration, or the routes of a topology, that differ from those of `OLD`", "`OLD` と異なる判定 (設定) または経路 (トポロジー) も一覧にします"},
	{"cli.config", "", "the default configuration, and the schemas of both formats", "既定の設定と、2 つの形式のスキーマを表示します"},
	{"cli.config.default", "", "the configuration that serve runs without -c", "serve が -c なしで使う設定を表示します"},
	{"cli.config.schema", "", "JSON Schema of configurations or topologies, for editors", "エディター用に、設定またはトポロジーの JSON Schema を表示します"},
}
