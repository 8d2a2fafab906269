package reason

// verdictWords puts the reasons of verdicts into one clause: lower case, no
// full stop.
var verdictWords = []word{
	{RuleAllows, "host rule", `rule "{rule}" allows {host}`, "ルール「{rule}」が {host} を許可しています"},
	{NoRule, "host client", "no rule lets client {client} reach {host}", "クライアント {client} に {host} を許可するルールがありません"},
	{RuleDenies, "host rule", `rule "{rule}" denies {host}`, "ルール「{rule}」が {host} を拒否しています"},
	{UnknownClient, "from", "{from} is in no entry of clients", "{from} は clients のどの項目にも該当しません"},
	{LinkLocal, "addr", "{addr} is a link-local or metadata address; ask it directly, not through a proxy", "{addr} はリンクローカルまたはメタデータのアドレスです。プロキシを通さず直接アクセスしてください"},
	{PrivateAddress, "addr host", "{host} is at the private address {addr}, which private does not admit", "{host} のプライベートアドレス {addr} は private で許可されていません"},
	{OwnAddress, "addr", "{addr} is an address of the proxy itself", "{addr} はプロキシ自身のアドレスです"},
	{SpecialAddress, "addr", "{addr} is a special-purpose address", "{addr} は特殊用途のアドレスです"},
	{BadName, "host", "{host} is not a host name", "{host} はホスト名として正しくありません"},
	{BadRequest, "what", "bad request: {what}", "リクエストが正しくありません: {what}"},
	{HeaderTooLarge, "limit", "the request header is longer than {limit}", "リクエストヘッダーが {limit} を超えています"},
	{DNSFail, "host err", "{host} cannot be resolved: {err}", "{host} を名前解決できません: {err}"},
	{DNSTimeout, "host limit", "no name server answered for {host} within {limit}", "{host} の名前解決に {limit} 以内に応答がありません"},
	{ConnectRefused, "host addr", "{host} at {addr} refuses connections", "{host} ({addr}) が接続を拒否しました"},
	{ConnectFailed, "host err", "{host} cannot be connected to: {err}", "{host} に接続できません: {err}"},
	{ConnectTimeout, "host limit", "{host} did not accept a connection within {limit}", "{host} が {limit} 以内に接続を受け付けませんでした"},
	{Overloaded, "limit", "the proxy is at its limit of {limit}", "プロキシが上限 {limit} に達しています"},
	{Draining, "", "the proxy is shutting down", "プロキシは停止処理中です"},
	{SNIMismatch, "host sni", "the TLS handshake names {sni}, not {host}", "TLS ハンドシェイクの名前 {sni} が {host} と一致しません"},
	{NotTLS, "host", "what was sent to {host} is not TLS", "{host} への通信が TLS ではありません"},
	{TLSToPlainPort, "", "TLS was spoken to a plain proxy port; use http:// in the proxy setting", "平文のプロキシポートに TLS で接続されました。プロキシ設定には http:// を使ってください"},
}
