#!/bin/bash
# Waits until the group wants this instance to go, then lets its tunnels finish
# and says that it may.
set -uo pipefail
. /etc/deguchi/kit.env
metadata=http://169.254.169.254/latest
ask() { curl -sf --noproxy '*' -m 2 "$@"; }
of() { ask -H "X-aws-ec2-metadata-token: $(ask -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' $metadata/api/token)" "$metadata/meta-data/$1"; }
until [ "$(of autoscaling/target-lifecycle-state)" = Terminated ]; do sleep 5; done
systemctl stop deguchi
aws autoscaling complete-lifecycle-action --region "$region" --auto-scaling-group-name "$fleet" \
	--lifecycle-hook-name "$hook" --lifecycle-action-result CONTINUE --instance-id "$(of instance-id)"
