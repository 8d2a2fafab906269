package reason

// excludeWords are the reasons of engine/exclude.
var excludeWords = []word{
	{"exclude.loopback", "", "this machine itself", "このマシン自身です"},
	{"exclude.instance", "", "the metadata of the instance: by a proxy it would be another machine's, or nothing", "インスタンスメタデータです。プロキシ経由では別のマシンのものになるか、何も得られません"},
	{"exclude.no-instance", "", "there is no instance metadata here: asked for directly, that fails at once", "ここにはインスタンスメタデータがありません。直接要求すれば、すぐに失敗します"},
	{"exclude.container", "", "the credentials of the container", "コンテナの認証情報です"},
	{"exclude.endpoint", "endpoint", "the client reaches it over the endpoint {endpoint}", "クライアントはエンドポイント {endpoint} を通って到達します"},
	{"exclude.only", "because", "the client reaches it, and the proxy does not: {because}", "クライアントは到達しますが、プロキシ経由では到達しません: {because}"},
	{"exclude.no-entry", "program", "no entry keeps it from the proxy for {program}", "{program} では、どのエントリーでもプロキシの対象外になりません"},
	{"exclude.unknown", "because", "whether it is reached at all depends on what the file does not tell: {because}", "到達するかどうかは、ファイルに書かれていないことによります: {because}"},
	{"exclude.fails", "verdict because", "{verdict}: {because}", "{verdict}: {because}"},
}
