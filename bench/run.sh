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
docs=
for a in "$@"; do
	case $a in
	--docs) docs=../docs/bench.md,../docs/bench.ja.md,../README.md,../README.ja.md ;;
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
alone=
if [ "$(id -u)" = 0 ] && unshare -n true 2> /dev/null; then
	alone=yes
	# A namespace may only choose what the machine allows everybody.
	allowed=$(sysctl -n net.ipv4.tcp_allowed_congestion_control)
	trap 'sysctl -q -w net.ipv4.tcp_allowed_congestion_control="$allowed"; rm -rf "$dir"' EXIT
fi

# measure runs the benchmark with a congestion control, if that can be chosen.
measure() {
	local control=$1
	shift
	set -- "$dir/bench" -deguchi "$dir/deguchi" -dir "$dir/work" "$@"
	if [ -z "$alone" ]; then "$@"; return; fi
	sysctl -q -w net.ipv4.tcp_allowed_congestion_control="$allowed $control" || true
	unshare -n sh -c 'ip link set lo up && { sysctl -q -w net.ipv4.tcp_congestion_control="$0" || true; } && exec "$@"' "$control" "$@"
}

if [ -z "$docs" ]; then
	measure "${CONTROL:-cubic}" "${flags[@]}"
elif [[ " ${flags[*]} " = *" -growth "* ]]; then
	measure cubic -docs "$docs" "${flags[@]}"
else
	measure cubic -docs "$docs" -svg ../docs/pictures/bench.svg "${flags[@]}"
	if [ -n "$alone" ] && sysctl -n net.ipv4.tcp_available_congestion_control | grep -qw bbr; then
		measure bbr -docs "$docs" "${flags[@]}" -mark bbr -rounds 2 -only direct,squid,deguchi -tests setup,bulk
	fi
fi
