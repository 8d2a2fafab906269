package reason

// serveWords are the words of serve and status.
var serveWords = []word{
	{"cli.serve", "", "runs the proxy; without -c, on the embedded default configuration", "プロキシを起動します。-c を省略すると組み込みの既定設定を使います"},
	{"cli.serve.long", "", "Runs the proxy until it gets SIGTERM or SIGINT: then it stops accepting, lets tunnels finish for limits.drain, and cuts the rest; a second signal cuts at once. SIGHUP reads the configuration again and opens the access log anew; a configuration with problems, or whose tests fail, is reported and changes nothing. One that stands in S3 or Systems Manager is also looked at every minute; the last good one is kept on disk and used while AWS cannot be asked. On Linux, SIGUSR2 starts the program that stands on disk now and hands the listening sockets to it; this process keeps the tunnels that it has until they end. The access log goes to standard output unless log.file says otherwise, everything else to standard error.", "SIGTERM または SIGINT を受けるまでプロキシとして動作します。停止時は新規受け付けを止め、limits.drain の間トンネルの終了を待ってから残りを切断します (もう一度シグナルを受けると直ちに切断します)。SIGHUP で設定を読み直し、アクセスログを開き直します。問題のある設定や tests が失敗する設定は報告だけして適用しません。S3 や Systems Manager に置いた設定は 1 分ごとにも確認し、最後に有効だったものをディスクに控えて、AWS に問い合わせられない間はそれを使います。Linux では SIGUSR2 でディスク上の現在のプログラムを起動して待ち受けソケットを渡し、元のプロセスは持っているトンネルが終わるまで続けます。アクセスログは log.file の指定がなければ標準出力に、それ以外は標準エラーに出力します。"},
	{"cli.flag.config", "", "configuration: `FILE`", "設定ファイル: `FILE`"},
	{"cli.flag.serve-config", "", "configuration: `FILE`, s3://BUCKET/KEY or ssm:///PARAMETER", "設定: `FILE`、s3://BUCKET/KEY または ssm:///PARAMETER"},
	{"cli.flag.admin", "", "address of the admin listener: `HOST:PORT`", "管理用リスナーのアドレス: `HOST:PORT`"},
	{"cli.config.invalid", "file", "{file} cannot be used", "{file} は使用できません"},
	{"cli.unreadable", "file err", "{file} cannot be read: {err}", "{file} を読み込めません: {err}"},
	{"cli.serve.unsafe", "", "unsafe.addresses is set: addresses that are otherwise always refused can be reached; for tests and benchmarks only", "unsafe.addresses が設定されているため、通常は必ず拒否されるアドレスに到達できます。テストとベンチマーク専用です"},
	{"cli.serve.observe", "", "mode is observe: what rules deny is let through and recorded as would-deny", "mode が observe です。ルールで拒否される通信も通し、would-deny として記録します"},
	{"cli.serve.any-bucket", "", "any account's buckets can be reached until rules name buckets or accounts", "ルールで buckets か accounts を指定するまで、他アカウントのバケットにも到達できます"},
	{"cli.status", "", "from the admin listener: live tunnels, last refusals, configuration in use", "稼働中のトンネル、直近の拒否、使用中の設定を表示します"},
	{"cli.status.unreachable", "address err", "the admin listener at {address} does not answer: {err}", "管理用リスナー {address} が応答しません: {err}"},
	{"cli.status.ready", "tunnels file digest", "ready, {tunnels} tunnels, configuration {file} ({digest})", "稼働中、トンネル {tunnels} 本、設定 {file} ({digest})"},
	{"cli.status.draining", "tunnels file digest", "draining, {tunnels} tunnels, configuration {file} ({digest})", "停止処理中、トンネル {tunnels} 本、設定 {file} ({digest})"},
	{"cli.status.refusals", "", "last refusals", "直近の拒否"},
	{"cli.column.client", "", "client", "クライアント"},
	{"cli.column.host", "", "host", "ホスト"},
	{"cli.column.rule", "", "rule", "ルール"},
	{"cli.column.age", "", "age", "経過"},
	{"cli.column.up", "", "up", "上り"},
	{"cli.column.down", "", "down", "下り"},
	{"cli.column.time", "", "time", "時刻"},
	{"cli.column.reason", "", "reason", "理由"},
}
