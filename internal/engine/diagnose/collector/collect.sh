#!/bin/sh
# Collects facts for "deguchi doctor read" on a machine where deguchi is not
# installed. It needs sh, sed, grep, awk and, to try the ways, curl.
#
#   sh collect.sh > facts.txt
#
# It reads settings, changes nothing, sends no AWS credentials, and replaces
# secrets by ***. It writes into a temporary folder that it removes. Read it
# before you run it.
[ -z "${ZSH_VERSION:-}" ] || emulate sh # in which words are split
set -u
LC_ALL=C
export LC_ALL
unset GREP_OPTIONS
# What bash took out of the environment is not what is meant here.
unset -f awk cat cp curl cut date dd env grep head mktemp printf rm sed sort systemctl tail tr uname 2>/dev/null

kind=@KIND@
name=@NAME@
given_proxy=@PROXY@
region=@REGION@
programs=@PROGRAMS@
targets=@TARGETS@
large=@LARGE@ # the targets that a request of 32 KiB changes nothing at
metadata=@METADATA@ # whether the metadata service is asked: yes or no
limit=12 # seconds for one attempt
open=4   # seconds that a WebSocket is kept open
etc=/etc/systemd # where this machine's own units and settings of systemd are

tmp=$(mktemp -d) || exit 3
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' HUP INT TERM

# say writes a fact; below writes the lines of standard input under it.
say() { printf '%s\n' "$*"; }
below() { sed -e 's/^/  /'; }

# hide takes secrets out of lines.
hide() {
	tr -d '\r' | sed \
		-e 's#^\([A-Za-z_]*_[Pp][Rr][Oo][Xx][Yy]=[^:@/]*:\)[^/].*@#\1***@#' \
		-e 's#^\([A-Za-z_]*_[Pp][Rr][Oo][Xx][Yy]=[A-Za-z0-9+.-]*://[^:@/]*:\).*@#\1***@#' \
		-e 's#^\( *proxy [A-Za-z0-9+.-]*://[^:@/]*:\).*@#\1***@#' \
		-e 's#\([Pp]ass[a-z]*=\)[^ "]*#\1***#g' \
		-e 's#\([?&][A-Za-z_-]*[Tt]oken=\)[^& "]*#\1***#g' -e 's#\(X-Amz-[A-Za-z-]*=\)[^& "]*#\1***#g' \
		-e "s#\\(://[^:@ \"']*:\\)[^ \"']*@#\\1***@#g" \
		-e "s#^\\([^:@/= \"']*:\\)[^/= \"'][^= \"']*@#\\1***@#" \
		-e "s#\\([= \"'][^:@/= \"']*:\\)[^/ \"'][^ \"']*@#\\1***@#g" \
		-e 's/^\(AWS_[A-Z_]*ACCESS_KEY[A-Z_]*\)=.*/\1=***/' \
		-e 's/^\(AWS_SE[A-Z_]*TOKEN\)=.*/\1=***/' \
		-e 's/^\(AWS_CONTAINER_AUTHORIZATION_TOKEN\)=.*/\1=***/' \
		-e 's/AKIA[A-Z0-9]\{12,\}/***/g' -e 's/ASIA[A-Z0-9]\{12,\}/***/g'
}

# variables keeps the lines NAME=VALUE that matter, and of secrets the name.
variables() {
	grep -i -E '^([a-z]+_proxy|aws_[a-z0-9_]+|[a-z]+_ca_bundle|ssl_cert_(file|dir)|node_extra_ca_certs|node_use_env_proxy|java_tool_options|request_method|godebug)=' |
		awk '{ name = toupper($0); sub(/=.*/, "", name) }
			name ~ /SECRET|ACCESS_KEY|PASSW/ || name ~ /TOKEN/ && name !~ /_FILE$/ { sub(/=.*/, "=***") }
			{ print }'
}

# file writes a file's lines that match, with their numbers: FORM PATH PATTERN.
file() {
	[ -e "$2" ] || return 0
	say "source $1 $2"
	if [ -r "$2" ]; then
		grep -n -i -E "$3" "$2" | grep -v -i -E "$secretive" | hide | sed -e 's/^/  : /'
	else
		say '  ! permission denied'
	fi
}

# environment writes what standard input, NAME=VALUE a line, says: NAME.
environment() {
	say "source environ $1"
	variables | tr '\r' ' ' | hide | sort | sed -e 's/^/  : /'
}

# value prints a variable of the subject's.
value() { sed -n -e "s/^$1=//p" "$tmp/env" | tail -n 1; }

mentions='proxy|ca_bundle|ssl_cert|node_extra_ca|aws_|java_tool_options|godebug'
secretive='secret|token|access_key'

# manager writes what systemd gives every unit.
manager() {
	for path in "$etc/system.conf" "$etc"/system.conf.d/*.conf /run/systemd/system.conf.d/*.conf /usr/lib/systemd/system.conf.d/*.conf; do
		grep -q -i -E "^[[:space:]]*(Default|Manager)Environment=.*($mentions)" "$path" 2>/dev/null || continue
		file unit-file "$path" '^[[:space:]]*(\[|(Default|Manager)Environment=)'
		sed -n -e 's/^[[:space:]]*DefaultEnvironment=//p' "$path" 2>/dev/null | tr ' ' '\n' | tr -d '"' >>"$tmp/env"
	done
}

# misnamed writes the files among a unit's drop-ins that systemd passes over,
# but not what editors and packages leave.
misnamed() {
	for path in "$etc/system/$1.d"/*; do
		case $path in
		*.conf | *'~' | *.bak | *.old | *.orig | *.save | *.swp | *.disabled | *.off | *.rpmsave | *.rpmnew | *.dpkg-*) continue ;;
		esac
		grep -q -i -E "$mentions" "$path" 2>/dev/null || continue
		say "source log $path"
		say '  ! systemd reads no drop-in whose name does not end in .conf'
	done
}

# unit writes a unit of systemd: its files in the order in which they are read,
# what they include, and the environment of its process.
unit() {
	command -v systemctl >/dev/null 2>&1 || { say "source unit-file $1"; say '  ! no systemctl'; return 0; }
	manager
	misnamed "$1"
	paths=$(systemctl show -p FragmentPath -p DropInPaths "$1" 2>/dev/null | sed -e 's/^[A-Za-z]*=//')
	[ -n "$paths" ] || { say "source unit-file $1"; say '  ! no such unit'; }
	for path in $paths; do
		file unit-file "$path" '^[[:space:]]*(\[|EnvironmentFile|UnsetEnvironment|Environment=$|Environment=.*('"$mentions"'))'
		sed -n -e 's/^EnvironmentFile=-\{0,1\}//p' "$path" 2>/dev/null | while read -r included; do
			file env-file "$included" "$mentions"
			cat "$included" >>"$tmp/env" 2>/dev/null
		done
	done
	systemctl show -p Environment "$1" 2>/dev/null | sed -e 's/^Environment=//' | tr ' ' '\n' | tr -d '"' >>"$tmp/env"
	pid=$(systemctl show -p MainPID "$1" 2>/dev/null | sed -e 's/^MainPID=//')
	if [ -n "$pid" ] && [ "$pid" != 0 ]; then
		process "$pid"
	fi
}

# process writes the environment of a process.
process() {
	if [ -r "/proc/$1/environ" ]; then
		tr '\0' '\n' <"/proc/$1/environ" >"$tmp/process"
		environment "/proc/$1/environ" <"$tmp/process"
	else
		say "source environ /proc/$1/environ"
		say '  ! permission denied'
	fi
}

# try makes one attempt with curl and writes down what it said:
# WAY PHASE URL PROXY [ARGUMENTS OF CURL].
try() {
	way=$1 phase=$2 url=$3 proxy=$4
	shift 4
	say "curl $way $url"
	say "  phase $phase"
	say "  at $(date +%s)"
	if [ "$way" = proxy ]; then
		printf 'proxy %s\n' "$proxy" | hide | below
		set -- --proxy "$proxy" "$@"
	else
		set -- --noproxy '*' "$@"
	fi
	ask "$@" "$url"
	code=$?
	say "  exit $code"
	grep -E '^times ' "$tmp/times" | below
	grep -E '^[*<] ' "$tmp/said" | grep -v -i -E 'authorization|cookie' | hide | below
	if [ "$phase" != token ] && [ "$phase" != role ] && [ -s "$tmp/body" ]; then
		head -n 20 "$tmp/body" | cut -c 1-300 | hide | tr -d '\000' | sed -e 's/^/  body /'
	fi
	if [ "$code" = 60 ]; then # whose certificate is it? nothing confidential is sent
		ask -k "$@" "$url"
	fi
	sed -n -e 's/^\*  *issuer: /  issuer /p' "$tmp/said" | hide | tail -n 1
	case "$code $phase $url" in
	"28 request https"* | "35 request https"* | "56 request https"*)
		if grep -q 'TLS handshake, Client hello' "$tmp/said" && ! secured; then # does a smaller one get through?
			ask --curves X25519:P-256 "$@" "$url"
			secured && say '  classic ok'
		fi
		;;
	esac
	return 0
}

# secured reports whether TLS began.
secured() { awk '$1 == "times" && $4 + 0 > 0 { found = 1 } END { exit !found }' "$tmp/times"; }

# ask runs curl. No variable and no .curlrc has a say in it.
ask() {
	: >"$tmp/body"
	https_proxy='' HTTPS_PROXY='' http_proxy='' ALL_PROXY='' all_proxy='' no_proxy='' NO_PROXY='' \
		curl -q -sS -v --http1.1 -g -o "$tmp/body" -m "$limit" --connect-timeout 4 -A deguchi-doctor ${bundle:+--cacert "$bundle"} \
		-w 'times %{time_namelookup} %{time_connect} %{time_appconnect} %{time_starttransfer} %{http_connect} %{http_code} %{remote_ip}\n' \
		"$@" >"$tmp/times" 2>"$tmp/said"
}

say 'deguchi-facts 1'
say 'tool sh 1'
say "time $(date -u +%Y-%m-%dT%H:%M:%SZ)"
say "machine $(uname -n)"
say "os $(uname -s | tr '[:upper:]' '[:lower:]')"
[ -r /etc/os-release ] && sed -n -e 's/^PRETTY_NAME="\{0,1\}\([^"]*\)"\{0,1\}$/release \1/p' /etc/os-release
vendor=$(cat /sys/devices/virtual/dmi/id/sys_vendor 2>/dev/null)
case $vendor in
'Amazon EC2'*) say 'ec2 yes' ;;
'' | Xen*)
	if grep -q '^ec2' /sys/hypervisor/uuid 2>/dev/null; then say 'ec2 yes'; else say 'ec2 unknown'; fi
	;;
*) say 'ec2 no' ;;
esac
if [ -e /.dockerenv ] || [ -e /run/.containerenv ]; then say 'container yes'; else say 'container no'; fi

: >"$tmp/env"
case $kind in
ssm-agent)
	name=amazon-ssm-agent.service
	snap=snap.amazon-ssm-agent.amazon-ssm-agent.service
	[ -e "/etc/systemd/system/$snap" ] && name=$snap
	;;
esac
say "subject $kind $name" | sed -e 's/ *$//'
case $kind in
shell)
	env >"$tmp/env"
	environment environment <"$tmp/env"
	;;
process)
	process "$name"
	cp "$tmp/process" "$tmp/env" 2>/dev/null
	;;
unit | ssm-agent) unit "$name" ;;
esac
file env-file /etc/environment "$mentions"
for path in /etc/profile /etc/profile.d/*.sh; do
	file profile "$path" "$mentions"
done
if [ "$kind" = shell ]; then
	config=${AWS_CONFIG_FILE:-${HOME:-}/.aws/config}
	secretive='secret|access_key' # a token's file is none
	file aws-config "$config" '^[[:space:]]*(\[|region|ca_bundle|sso_session|sso_start_url|login_session|web_identity_token_file|credential_process|role_arn|[a-z_]*prox)' |
		sed -e 's/\(credential_process\)[[:space:]]*=.*/\1 = ***/'
	if grep -q aws_access_key_id "${AWS_SHARED_CREDENTIALS_FILE:-${HOME:-}/.aws/credentials}" 2>/dev/null; then
		say "source aws-config ${AWS_SHARED_CREDENTIALS_FILE:-${HOME:-}/.aws/credentials}"
		say '  : aws_access_key_id = ***'
	fi
fi
for variable in AWS_CA_BUNDLE REQUESTS_CA_BUNDLE SSL_CERT_FILE CURL_CA_BUNDLE NODE_EXTRA_CA_CERTS; do
	path=$(value "$variable")
	[ -n "$path" ] || continue
	say "source pem $variable=$path"
	if [ -r "$path" ]; then
		say "  : certificates $(grep -c 'BEGIN.*CERTIFICATE' "$path")"
	else
		say '  ! no such file, or permission denied'
	fi
done
if [ "$kind" = ssm-agent ]; then
	say 'source version amazon-ssm-agent'
	agent=$(command -v amazon-ssm-agent || echo /usr/bin/amazon-ssm-agent)
	version=$("$agent" -version 2>/dev/null | sed -n -e 's/.*[^0-9]\([0-9][0-9]*\.[0-9][0-9]*\.[0-9][0-9]*\.[0-9][0-9]*\).*/\1/p' | head -n 1)
	if [ -n "$version" ]; then say "  : $version"; else say '  ! not installed, or not in PATH'; fi
	for path in /var/log/amazon/ssm/amazon-ssm-agent.log /var/log/cloud-init-output.log /var/log/cloud-init.log; do
		[ -r "$path" ] || continue
		say "source log $path"
		grep -n -i -E 'error|proxy|failed' "$path" | tail -n 50 | hide | sed -e 's/^/  : /'
	done
fi

[ -n "$region" ] || region=$(value AWS_REGION)
[ -n "$region" ] || region=$(value AWS_DEFAULT_REGION)
[ -n "$region" ] && say "region $region"
for program in $programs; do say "program $program"; done
[ -n "$given_proxy" ] && say "proxy $given_proxy" | hide
for target in $targets; do say "target $target"; done

if ! command -v curl >/dev/null 2>&1; then
	say 'note no curl: the ways were not tried'
	say end
	exit 0
fi
secure=$given_proxy
[ -n "$secure" ] || secure=$(value https_proxy)
[ -n "$secure" ] || secure=$(value HTTPS_PROXY)
plain=$given_proxy
[ -n "$plain" ] || plain=$(value http_proxy)
[ -n "$plain" ] || plain=$(value HTTP_PROXY)
bundle=
for variable in SSL_CERT_FILE CURL_CA_BUNDLE REQUESTS_CA_BUNDLE AWS_CA_BUNDLE; do
	path=$(value "$variable")
	[ -r "$path" ] && bundle=$path
done

# What is contacted, and only this.
{
	say 'This contacts:'
	[ -n "$secure$plain" ] && say "  the proxy ${secure:-$plain}" | hide
	for target in $targets; do say "  $target"; done
	[ "$metadata" = yes ] && say '  http://169.254.169.254/ (instance metadata, directly and as the proxy would)'
} >&2

if [ "$metadata" = yes ]; then
	imds=http://169.254.169.254/
	try direct token "$imds" '' -m 2 --connect-timeout 1 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' --request-target /latest/api/token
	if awk '$1 == "times" && $7 == 200 { found = 1 } END { exit !found }' "$tmp/times"; then
		token=$(cat "$tmp/body")
		try direct role "$imds" '' -m 2 -H "X-aws-ec2-metadata-token: $token" --request-target /latest/meta-data/iam/security-credentials/
	fi
	if [ -n "$plain" ]; then
		try proxy token "$imds" "$plain" -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' --request-target http://169.254.169.254/latest/api/token
	fi
fi
dd if=/dev/zero of="$tmp/zero" bs=1024 count=32 2>/dev/null
for target in $targets; do
	proxy=$secure
	case $target in http://*) proxy=$plain ;; esac
	ways=direct
	[ -n "$proxy" ] && ways='proxy direct'
	for way in $ways; do
		case $way in
		direct) set -- --connect-timeout 3 ;;
		proxy) set -- --connect-timeout 4 ;;
		esac
		case $target in
		https://sts.*/) try "$way" request "$target" "$proxy" "$@" -H 'Accept: application/json' --request-target '/?Action=GetCallerIdentity&Version=2011-06-15' ;;
		*) try "$way" request "$target" "$proxy" "$@" ;;
		esac
		[ "$code" = 0 ] || continue
		case $target in
		https://ssmmessages.*)
			try "$way" upgrade "$target" "$proxy" -m "$open" -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' \
				-H 'Sec-WebSocket-Key: ZGVndWNoaS1kb2N0b3ItMQ==' --request-target '/v1/data-channel/deguchi-doctor?role=publish_subscribe'
			;;
		esac
		case " $large " in
		*" $target "*) try "$way" body "$target" "$proxy" "$@" -H 'Expect:' -H 'Content-Type: application/octet-stream' --data-binary "@$tmp/zero" ;;
		esac
	done
done
echo end
