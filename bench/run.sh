#!/usr/bin/env bash
# Measures Deguchi beside Squid, HAProxy and tinyproxy and prints tables:
#   apt-get install -y squid haproxy tinyproxy     (none of them need run as a service)
#   bench/run.sh                    all peers, four rounds, six minutes
#   bench/run.sh -only squid,deguchi -tests setup -rounds 8
#   bench/run.sh --docs             writes the tables and the chart into docs/
#   bench/run.sh --short            Deguchi alone, a moment each; fails if something is wrong
#   CONTROL=bbr bench/run.sh        with another TCP congestion control than cubic
# As root it works in a network namespace of its own, where port 443 is free. Other flags: (cd bench && go run . -h).
set -euo pipefail
cd "$(dirname "$0")"
flags=()
for a in "$@"; do
	case $a in
	--docs) flags+=(-docs ../docs/bench.md,../docs/bench.ja.md,../README.md,../README.ja.md -svg ../docs/pictures/bench.svg) ;;
	--short) flags+=(-short -d 200ms -idle 500) ;;
	*) flags+=("$a") ;;
	esac
done
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/work"
chmod 755 "$dir"
chmod 777 "$dir/work" # Squid becomes another user
(cd .. && CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o "$dir/deguchi" ./cmd/deguchi)
go build -o "$dir/bench" .
ulimit -n "$(ulimit -Hn)"
alone=()
if [ "$(id -u)" = 0 ] && unshare -n true 2> /dev/null; then
	# A namespace may only choose what the machine allows everybody.
	allowed=$(sysctl -n net.ipv4.tcp_allowed_congestion_control)
	trap 'sysctl -q -w net.ipv4.tcp_allowed_congestion_control="$allowed"; rm -rf "$dir"' EXIT
	sysctl -q -w net.ipv4.tcp_allowed_congestion_control="$allowed ${CONTROL:-cubic}" || true
	alone=(unshare -n sh -c 'ip link set lo up && { sysctl -q -w net.ipv4.tcp_congestion_control="$0" || true; } && exec "$@"' "${CONTROL:-cubic}")
fi
"${alone[@]}" "$dir/bench" -deguchi "$dir/deguchi" -dir "$dir/work" "${flags[@]}"
