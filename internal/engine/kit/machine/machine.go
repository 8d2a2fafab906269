// Package machine writes the user data of a proxy's instance: a cloud-config with
// one script, which runs once, on Amazon Linux 2023. It takes the program from S3, or
// a package that holds it, starts it under its unit on the configuration that stands in Systems Manager,
// which the program looks at itself from then on, and leaves two things behind:
// a service that drains the proxy when the group wants the instance to go, and
// the agent that sends the access log to CloudWatch Logs.
//
// Values that only the deploying tool knows stay in that tool's notation.
package machine

import (
	_ "embed"
	"fmt"
	"strings"
)

// Values are what differs between fleets, each as the tool writes it. None has
// a blank or a quote in it.
type Values struct {
	Region    string
	Package   bool   // what is taken is an rpm, which brings the program and its unit
	Bucket    string // of what is taken
	Key       string
	SHA256    string
	Parameter string // with the configuration, a path
	Fleet     string // name of the Auto Scaling group
	Hook      string // name of its lifecycle hook
	LogGroup  string
	Ports     [2]uint16 // that no outgoing connection may take
	Drain     int       // seconds
}

// Limit is how large user data may be, in bytes before encoding (EC2 user
// guide, "Run commands when you launch an EC2 instance").
const Limit = 16384

// Unit is the proxy's unit, as in packages.
//
//go:embed files/deguchi.service
var Unit string

//go:embed files/drain.sh
var drain string

// UserData returns the cloud-config. But for the values of v, it has no "${". As
// a whole it is text that "cloud-init schema" accepts and "bash -n" too, so both
// can look at what a stack holds.
func UserData(v Values) string {
	var b strings.Builder
	b.WriteString("#cloud-config\n# Written by deguchi kit. What it does is in /var/log/cloud-init-output.log.\nruncmd:\n- - bash\n  - -c\n  - |\n")
	for line := range strings.Lines(v.script()) {
		if line != "\n" {
			b.WriteString("    ")
		}
		b.WriteString(line)
	}
	return b.String()
}

func (v Values) script() string {
	var b strings.Builder
	b.WriteString("set -euo pipefail\n")
	file(&b, "/etc/deguchi/kit.env", 0o644, v.environment())
	b.WriteString(". /etc/deguchi/kit.env\n")
	file(&b, "/etc/sysctl.d/90-deguchi.conf", 0o644, fmt.Sprintf("net.core.somaxconn = 4096\nnet.ipv4.ip_local_port_range = 1024 65535\n"+
		"net.ipv4.ip_local_reserved_ports = %d,%d\n", v.Ports[0], v.Ports[1]))
	file(&b, "/usr/local/sbin/deguchi-drain", 0o755, drain)
	if !v.Package {
		file(&b, "/etc/systemd/system/deguchi.service", 0o644, Unit)
	}
	file(&b, "/etc/systemd/system/deguchi.service.d/10-kit.conf", 0o644, v.dropIn())
	file(&b, "/etc/systemd/system/deguchi-drain.service", 0o644, drainUnit)
	file(&b, "/etc/systemd/system/logrotate.timer.d/10-deguchi.conf", 0o644, "[Timer]\nOnCalendar=\nOnCalendar=*:0/15\nRandomizedDelaySec=0\nAccuracySec=1min\n")
	file(&b, "/etc/logrotate.d/deguchi", 0o644, rotation)
	file(&b, "/opt/aws/amazon-cloudwatch-agent/etc/deguchi.json", 0o644, v.agent())
	b.WriteString(first)
	if v.Package {
		b.WriteString(installed)
	} else {
		b.WriteString(placed)
	}
	b.WriteString(rest)
	return b.String()
}

func (v Values) environment() string {
	from := "binary"
	if v.Package {
		from = "package"
	}
	return fmt.Sprintf("region=%s\n%s=s3://%s/%s\ndigest=%s\nfleet=%s\nhook=%s\n",
		v.Region, from, v.Bucket, v.Key, v.SHA256, v.Fleet, v.Hook)
}

// dropIn is what the service has besides the unit of packages, whose default
// configuration nobody reads then. An endpoint or
// a route may be there later than the instance, so it starts until it can.
func (v Values) dropIn() string {
	return fmt.Sprintf(`[Unit]
StartLimitIntervalSec=0

[Service]
ExecStart=
ExecStart=/usr/bin/deguchi serve -c ssm://%s
Environment=AWS_REGION=%s
RestartSec=5
TimeoutStopSec=%d
`, v.Parameter, v.Region, v.Drain+30)
}

// file adds a file to the script. A here-document would end at the beginning of a
// line, where a cloud-config has blanks.
func file(b *strings.Builder, path string, mode int, content string) {
	quoted := strings.ReplaceAll(strings.TrimSuffix(content, "\n"), "'", `'\''`)
	fmt.Fprintf(b, "\ninstall -D -m %04o /dev/stdin %s <<< '%s'\n", mode, path, quoted)
}

const drainUnit = `[Unit]
Description=Lets the tunnels of Deguchi finish when the instance is to go
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/usr/local/sbin/deguchi-drain
Restart=on-failure
RestartSec=5

[Install]
WantedBy=multi-user.target
`

const rotation = `/var/log/private/deguchi/access.log {
	size 100M
	rotate 4
	missingok
	nomail
	postrotate
		/bin/systemctl reload deguchi
	endscript
}
`

// agent is the configuration of the CloudWatch agent (CloudWatch user guide,
// "Manually create or edit the CloudWatch agent configuration file").
func (v Values) agent() string {
	return fmt.Sprintf(`{"agent": {"run_as_user": "root"}, "logs": {"logs_collected": {"files": {"collect_list": [
  {"file_path": "/var/log/private/deguchi/access.log", "log_group_name": "%s", "log_stream_name": "{instance_id}"}
]}}}}
`, v.LogGroup)
}

// The steps begin with what clients wait for. An endpoint or a route may be there
// later than the instance, so what needs one is tried for ten minutes. What is not
// what the kit names is neither put in its place nor installed. rpm asks no
// repository, takes an image that has the package already, and starts nothing.
const (
	first = `
retry() { for _ in $(seq 60); do if "$@"; then return; fi; sleep 10; done; echo "gave up: $*" >&2; return 1; }
sysctl --quiet --load /etc/sysctl.d/90-deguchi.conf
`
	placed = `retry aws s3 cp "$binary" /usr/bin/deguchi.new --region "$region" --only-show-errors
echo "$digest  /usr/bin/deguchi.new" | sha256sum --check --quiet
chmod 0755 /usr/bin/deguchi.new
mv -f /usr/bin/deguchi.new /usr/bin/deguchi
`
	installed = `retry aws s3 cp "$package" /opt/deguchi.rpm --region "$region" --only-show-errors
echo "$digest  /opt/deguchi.rpm" | sha256sum --check --quiet
rpm -U --replacepkgs --oldpackage /opt/deguchi.rpm
rm /opt/deguchi.rpm
`
	rest = `systemctl daemon-reload
systemctl enable deguchi.service deguchi-drain.service
systemctl start --no-block deguchi.service deguchi-drain.service
retry dnf install -y amazon-cloudwatch-agent logrotate
systemctl daemon-reload
systemctl enable --now logrotate.timer
/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s \
	-c file:/opt/aws/amazon-cloudwatch-agent/etc/deguchi.json
`
)
