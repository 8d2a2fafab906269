package reason

// labWords are what the lab says of networks.
var labWords = []word{
	{"lab.cannot.unknown", "because", "nobody can tell from the file, and in a network every address is some address: {because}", "ファイルからは判断できず、ネットワークの中ではどのアドレスも必ず何らかの値になります: {because}"},
	{"lab.cannot.policy", "", "a policy on the way is written as unknown, and there is nothing to judge by", "経路上のポリシーが unknown と書かれているため、判定できません"},
	{"lab.cannot.idle", "", "a tunnel would have to be silent for minutes", "トンネルを数分間無通信にしておく必要があります"},
	{"lab.cannot.mirror", "", "the format has answers come back over the link that the request took; routers do not ask for that", "この形式では応答は要求が通ったリンクを戻る必要がありますが、ルーターはそれを求めません"},
	{"lab.cannot.link-local", "", "our own proxy never forwards a call for credentials; take --engine squid", "Deguchi のプロキシは認証情報の要求を決して転送しません。--engine squid を指定してください"},
	{"lab.cannot.squid", "", "our own proxy never forwards a call for credentials, and Squid is not installed", "Deguchi のプロキシは認証情報の要求を決して転送せず、Squid もインストールされていません"},
}
