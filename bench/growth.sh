#!/usr/bin/env bash
# Measures how Deguchi's cost grows: with tunnels, with rules, with log lines.
# Two minutes. bench/growth.sh --docs writes the tables into docs/.
set -euo pipefail
cd "$(dirname "$0")"
logs=$(mktemp)
trap 'rm -f "$logs"' EXIT
(cd .. && go test -run '^$' -bench LinesPerSecond -benchtime 1x ./internal/edge/observe) > "$logs"
./run.sh -growth -logs "$logs" "$@"
