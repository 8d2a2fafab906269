package reason

// labServiceWords are what the services of the lab say of what they did.
var labServiceWords = []word{
	{"lab.dns.host", "host", "{host} is a proxy or a load balancer of the file", "{host} はファイルにあるプロキシまたはロードバランサーです"},
	{"lab.dns.internet", "host", "the internet's name servers were asked for {host}", "インターネットの DNS サーバーに {host} を問い合わせました"},
}
