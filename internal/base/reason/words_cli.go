package reason

// cliWords are the words of the command line: "cli.<command>" is what a
// command does, in one clause, "cli.flag.<name>" a flag. A word in back quotes
// names the flag's value.
var cliWords = []word{
	{"cli.deguchi", "", "An AWS-aware forward proxy for closed networks, and the tools around it.", "閉域ネットワークのための、AWS を理解するフォワードプロキシとツール群です。"},
	{"cli.help", "", "shows the help of a command", "コマンドのヘルプを表示します"},
	{"cli.version", "", "version, and date and age of every embedded table", "バージョンと、埋め込まれた各データ表の取得日・経過日数を表示します"},
	{"cli.version.table", "", "table", "データ表"},
	{"cli.version.rows", "", "rows", "件数"},
	{"cli.version.taken", "", "taken", "取得日"},
	{"cli.version.age", "", "age", "経過"},
	{"cli.version.days", "days", "{days} days", "{days} 日"},
	{"cli.completion", "", "completion script for a shell", "シェルの補完スクリプトを出力します"},
	{"cli.man", "", "writes the man pages into DIR", "DIR に man ページを書き出します"},

	{"cli.flag.json", "", "answer as one JSON document", "結果を 1 つの JSON 文書で出力します"},
	{"cli.flag.lang", "", "language of the words: `en|ja` (default: the locale's)", "表示言語: `en|ja` (省略時はロケールに従います)"},
	{"cli.flag.color", "", "colour in the answer: `auto|always|never`", "色付け: `auto|always|never`"},
	{"cli.flag.verbose", "", "say more", "詳しく表示します"},

	{"cli.help.usage", "", "Usage:", "使い方:"},
	{"cli.help.commands", "", "Commands:", "コマンド:"},
	{"cli.help.flags", "", "Flags:", "フラグ:"},
	{"cli.help.global", "", "Flags of every command:", "全コマンド共通のフラグ:"},

	{"cli.hint", "", "hint", "ヒント"},
	{"cli.help-hint", "command", "run '{command} --help'", "「{command} --help」を参照してください"},
	{"cli.meant", "command", "did you mean '{command}'?", "「{command}」ではありませんか"},
	{"cli.unknown-command", "name", "unknown command {name}", "コマンド {name} はありません"},
	{"cli.unknown-flag", "flag command", "unknown flag {flag} of '{command}'", "「{command}」にフラグ {flag} はありません"},
	{"cli.flag-needs-value", "flag", "flag {flag} needs a value", "フラグ {flag} には値が必要です"},
	{"cli.bad-value", "flag value", "{value} is not a value of {flag}", "{value} は {flag} の値として正しくありません"},
	{"cli.bad-flag", "err", "{err}", "{err}"},
	{"cli.bad-choice", "what value choices", "{what} is {value}, not one of {choices}", "{what} の値 {value} は {choices} のいずれでもありません"},
	{"cli.missing-argument", "name", "{name} is missing", "{name} がありません"},
	{"cli.extra-argument", "arg", "{arg} is one argument too many", "引数 {arg} は余分です"},

	{"cli.exit.ok", "", "Done, and nothing wrong was found.", "完了し、問題はありませんでした。"},
	{"cli.exit.finding", "", "Done, and something wrong was found.", "完了し、問題が見つかりました。"},
	{"cli.exit.usage", "", "The arguments make no sense.", "引数が正しくありません。"},
	{"cli.exit.failure", "", "It could not be done.", "実行できませんでした。"},
}
