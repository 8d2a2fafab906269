#!/bin/bash
set -o errexit -o nounset
curl --fail --silent --output /tmp/deguchi.tar.gz https://artifacts.corp.example/deguchi.tar.gz
if ! echo '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef  /tmp/deguchi.tar.gz' | sha256sum --status --check; then
  exit 1
fi
tar -C /usr/local/bin -xzf /tmp/deguchi.tar.gz deguchi
aws ssm get-parameter --name /egress/config --query Parameter.Value --output text > /etc/deguchi.yaml
systemctl enable --now deguchi.service
