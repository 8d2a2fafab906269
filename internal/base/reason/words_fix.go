package reason

// fixWords say what a proposed change of a topology does.
var fixWords = []word{
	{"fix.both", "one other", "{one}; {other}", "{one}。{other}"},

	{"fix.exclude", "entry client", "put {entry} into NO_PROXY of {client}", "{client} の NO_PROXY に {entry} を加えます"},
	{"fix.include", "entry client", "take {entry} out of NO_PROXY of {client}", "{client} の NO_PROXY から {entry} を外します"},
	{"fix.proxy-env", "client", "set both HTTP_PROXY and HTTPS_PROXY at {client}", "{client} に HTTP_PROXY と HTTPS_PROXY の両方を設定します"},
	{"fix.proxy", "proxy client", "let {client} use {proxy} as its proxy", "{client} のプロキシを {proxy} にします"},
	{"fix.keepalive", "client", "let {client} send TCP keepalive every 60 seconds", "{client} が 60 秒ごとに TCP キープアライブを送るようにします"},

	{"fix.route", "to target subnet", "add the route {to} to {target} to the table of {subnet}", "{subnet} のルートテーブルに {to} から {target} へのルートを加えます"},
	{"fix.member", "network link", "attach {network} to {link}", "{network} を {link} に接続します"},
	{"fix.peering", "one other", "join {one} and {other} by a peering connection, with routes on both sides", "{one} と {other} をピアリング接続で結び、両側にルートを加えます"},
	{"fix.blackhole", "to link", "remove the blackhole {to} of {link}", "{link} のブラックホール {to} を削除します"},
	{"fix.nat", "public subnet", "put a NAT gateway into {public} and route {subnet} there", "{public} に NAT ゲートウェイを置き、{subnet} のルートをそこに向けます"},
	{"fix.public-ip", "whose address", "give {whose} an Elastic IP ({address} stands for the one that you get)", "{whose} に Elastic IP を付けます ({address} は割り当てられるアドレスの仮の値です)"},

	{"fix.proxy-names", "site", "let the servers of {site} resolve the names of proxies and load balancers", "{site} の DNS サーバーでプロキシとロードバランサーの名前を解決できるようにします"},
	{"fix.forward", "zone to site", "forward {zone} from the servers of {site} to {to}", "{site} の DNS サーバーから {zone} を {to} に転送します"},
	{"fix.public-dns", "site", "let the servers of {site} resolve public names", "{site} の DNS サーバーでパブリックな名前を解決できるようにします"},
	{"fix.dns-support", "vpc", "switch on enableDnsSupport of {vpc}", "{vpc} の enableDnsSupport を有効にします"},
	{"fix.dns-hostnames", "vpc", "switch on enableDnsHostnames of {vpc}", "{vpc} の enableDnsHostnames を有効にします"},
	{"fix.resolver", "vpc", "let Amazon's resolver answer in {vpc}", "{vpc} では Amazon のリゾルバーを使うようにします"},
	{"fix.forward.remove", "zone vpc", "remove the resolver rule for {zone} from {vpc}", "{vpc} から {zone} のリゾルバールールを削除します"},
	{"fix.record", "host endpoint vpc", "add a record for {host} that leads to {endpoint} to the private zone of {vpc}", "{vpc} のプライベートゾーンに、{endpoint} を指す {host} のレコードを加えます"},
	{"fix.zone.remove", "zone vpc", "take the private zone {zone} away from {vpc}", "{vpc} からプライベートゾーン {zone} を外します"},
	{"fix.private-dns", "endpoint value", "set private DNS of {endpoint} to {value}", "{endpoint} のプライベート DNS を {value} にします"},

	{"fix.associate", "subnet endpoint", "associate the route table of {subnet} with {endpoint}", "{subnet} のルートテーブルを {endpoint} に関連付けます"},
	{"fix.dissociate", "subnet endpoint", "take the route table of {subnet} from {endpoint}", "{subnet} のルートテーブルと {endpoint} の関連付けを外します"},
	{"fix.endpoint.gateway", "endpoint service subnet", "create the gateway endpoint {endpoint} for {service}, with a route in {subnet}", "{service} のゲートウェイエンドポイント {endpoint} を作り、{subnet} のルートテーブルに関連付けます"},
	{"fix.endpoint.interface", "endpoint service subnet", "create the interface endpoint {endpoint} for {service} in {subnet}", "{service} のインターフェイスエンドポイント {endpoint} を {subnet} に作ります"},
	{"fix.interface", "endpoint subnet", "give {endpoint} an interface in {subnet}", "{endpoint} のインターフェイスを {subnet} に加えます"},
	{"fix.accepted", "endpoint", "accept the connection of {endpoint}", "{endpoint} の接続を承認します"},
	{"fix.allow", "account service", "allow account {account} to use the endpoint service {service}", "アカウント {account} にエンドポイントサービス {service} の利用を許可します"},
	{"fix.region", "region service", "offer the endpoint service {service} in {region}", "エンドポイントサービス {service} を {region} でも提供します"},

	{"fix.sg-to", "place whose", "let the security group of {whose} out to {place}", "{whose} のセキュリティグループで {place} への送信を許可します"},
	{"fix.sg-from", "place whose", "admit {place} in the security group of {whose}", "{whose} のセキュリティグループで {place} からの受信を許可します"},
	{"fix.nacl.out", "rule subnet", "put {rule} before the outbound rules of the network ACL of {subnet}", "{subnet} のネットワーク ACL のアウトバウンドルールの先頭に {rule} を加えます"},
	{"fix.nacl.in", "rule subnet", "put {rule} before the inbound rules of the network ACL of {subnet}", "{subnet} のネットワーク ACL のインバウンドルールの先頭に {rule} を加えます"},

	{"fix.rule", "file source host", "add a rule to {file} that allows {source} to reach {host}", "{source} から {host} への接続を許可するルールを {file} に加えます"},
	{"fix.domain", "host proxy", "add {host} to the names that {proxy} lets through", "{proxy} が通す名前に {host} を加えます"},
	{"fix.source", "place proxy", "add {place} to the sources that {proxy} serves", "{proxy} が受け付ける送信元に {place} を加えます"},
	{"fix.source.balancer", "place proxy nlb", "add {place} to the sources that {proxy} serves: everyone behind {nlb}", "{proxy} が受け付ける送信元に {place} を加えます ({nlb} を通るすべてのクライアントが対象になります)"},
	{"fix.preserve", "nlb", "let {nlb} preserve client addresses", "{nlb} でクライアント IP アドレスの保持を有効にします"},
	{"fix.preserve.off", "nlb", "let {nlb} send with its own address", "{nlb} でクライアント IP アドレスの保持を無効にします"},
	{"fix.protocol.speak", "nlb", "switch on PROXY protocol v2 at {nlb}", "{nlb} で PROXY protocol v2 を有効にします"},
	{"fix.protocol.speak.off", "nlb", "switch off PROXY protocol v2 at {nlb}", "{nlb} で PROXY protocol v2 を無効にします"},
	{"fix.protocol.expect", "proxy", "let {proxy} expect PROXY protocol v2", "{proxy} が PROXY protocol v2 を受け取るようにします"},
	{"fix.protocol.expect.off", "proxy", "let {proxy} expect no PROXY protocol", "{proxy} が PROXY protocol を受け取らないようにします"},
	{"fix.nlb", "nlb", "make {nlb} a Network Load Balancer", "{nlb} を Network Load Balancer にします"},
	{"fix.cross-zone", "nlb", "switch on cross-zone load balancing at {nlb}", "{nlb} でクロスゾーン負荷分散を有効にします"},
	{"fix.idle-timeout", "seconds nlb", "let {nlb} remember idle connections for {seconds} seconds", "{nlb} のアイドルタイムアウトを {seconds} 秒にします"},
	{"fix.listener", "port nlb", "add a listener on port {port} to {nlb}", "{nlb} にポート {port} のリスナーを加えます"},

	{"fix.statement", "action account whose", "allow {action} to {account} in the policy of {whose}", "{whose} のポリシーで {account} に {action} を許可します"},
	{"fix.condition", "value key statement whose", "spare {value} ({key}) in statement {statement} of the policy of {whose}, which denies", "{whose} のポリシーの、拒否するステートメント {statement} の対象から {value} ({key}) を除きます"},
}
