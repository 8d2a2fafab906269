package reason

// remoteWords say why a configuration that stands in AWS could not be read, and
// what became of its last good copy.
var remoteWords = []word{
	{"remote.bad-name", "name", "{name} is no place of a configuration: write s3://BUCKET/KEY or ssm:///PARAMETER", "{name} は設定の場所として使えません。s3://BUCKET/KEY または ssm:///PARAMETER と書いてください"},
	{"remote.missing", "place err", "{place} is not there: {err}", "{place} が存在しません: {err}"},
	{"remote.denied", "place err", "this machine's role may not read {place}: {err}", "このマシンのロールには {place} を読み取る権限がありません: {err}"},
	{"remote.elsewhere", "place err", "{place} is in another region than AWS_REGION says: {err}", "{place} は AWS_REGION とは別のリージョンにあります: {err}"},
	{"remote.no-region", "place err", "{place} cannot be read: {err}", "{place} を読み込めません: {err}"},
	{"remote.late", "place err", "{place} did not answer in time: {err}", "{place} から時間内に応答がありません: {err}"},
	{"remote.unreachable", "place err", "AWS cannot be reached for {place}: {err}", "{place} を読み込むための AWS への接続に失敗しました: {err}"},
	{"remote.too-large", "place err", "{place} is too large: {err}", "{place} が大きすぎます: {err}"},
	{"remote.failed", "place err", "{place} cannot be read: {err}", "{place} を読み込めません: {err}"},
	{"remote.copy.none", "dir", "there is no last good copy in {dir}", "{dir} に最後に有効だった設定の控えがありません"},
	{"remote.copy.other", "dir place", "the last good copy in {dir} is one of {place}", "{dir} にある控えは {place} のものです"},
	{"remote.copy.damaged", "dir", "the last good copy in {dir} is damaged and not used", "{dir} にある控えは壊れているため使いません"},
	{"remote.copy.foreign", "dir", "the last good copy in {dir} could have been changed by another user and is not used", "{dir} にある控えは他のユーザーが書き換えられる状態のため使いません"},
	{"remote.copy.unreadable", "dir err", "the last good copy in {dir} cannot be read: {err}", "{dir} にある控えを読み込めません: {err}"},
	{"cli.serve.no-copy", "source copy", "{source}; {copy}", "{source}。また、{copy}"},
	{"cli.serve.no-state", "", "no folder is given for a last good copy (--state, STATE_DIRECTORY): while the configuration's place cannot be read, this proxy does not start", "控えの保存先 (--state、STATE_DIRECTORY) がないため、設定の場所を読み込めない間はこのプロキシを起動できません"},
	{"cli.flag.state", "", "where the last good copy of a configuration from S3 or Systems Manager is kept (default: the first of STATE_DIRECTORY): `DIR`", "S3 や Systems Manager から読み込んだ設定の控えを置く場所 (既定: STATE_DIRECTORY の先頭): `DIR`"},
	{"cli.flag.poll", "", "how often a configuration in S3 or Systems Manager is looked at, give or take a fifth", "S3 や Systems Manager にある設定を確認する間隔 (前後 2 割の幅で揺らぎます)"},
}
