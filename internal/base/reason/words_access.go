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
	{"access.untold", "keys", "the request does not tell {keys}: such a matcher holds in deny and never in allow", "リクエストからは {keys} が分かりません。このような条件は deny では成立し、allow では成立しません"},
	{"access.nearly", "rule position key", "rule {rule} ({position}) would allow it but for {key}", "ルール「{rule}」({position}) は {key} の条件だけが合わず、許可していません"},
}
