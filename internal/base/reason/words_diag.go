package reason

// diagWords frame problems.
var diagWords = []word{
	{"diag.hint", "", "hint", "ヒント"},
	{"diag.error", "", "error", "エラー"},
	{"diag.warning", "", "warning", "警告"},
	{"diag.note", "", "note", "注記"},

	{"hint.one-of", "choices", "one of: {choices}", "次のいずれかです: {choices}"},
	{"hint.meant", "meant", "did you mean {meant}?", "{meant} の間違いではありませんか"},
	{"hint.meant-of", "meant choices", "did you mean {meant}? one of: {choices}", "{meant} の間違いではありませんか。次のいずれかです: {choices}"},
	{"hint.write", "text", "write {text}", "{text} と書いてください"},
}
