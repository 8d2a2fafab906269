package reason

// checkWords are the words of "deguchi check" and "deguchi config".
var checkWords = []word{
	{"cli.check", "", "every problem in configurations", "設定ファイルの問題をすべて表示します"},
	{"cli.check.long", "", "Prints every problem with its place, and what to do. Exits with 1 if one is an error or a warning; notes alone never. A file that cannot be read is a problem too; - is standard input.", "すべての問題を、その位置と対処とともに表示します。エラーか警告があれば終了コード 1 になり、注記だけなら 0 です。読み取れないファイルも問題として数えます。- は標準入力です。"},
	{"cli.check.clean", "file", "{file}: no problems", "{file}: 問題はありません"},
	{"cli.config", "", "the default configuration, and the schema of configurations", "既定の設定と、設定ファイルのスキーマを表示します"},
	{"cli.config.default", "", "the configuration that serve runs without -c", "serve が -c なしで使う設定を表示します"},
	{"cli.config.schema", "", "JSON Schema of configurations, for editors", "エディター用に、設定ファイルの JSON Schema を表示します"},
}
