module github.com/deguchi-project/deguchi

go 1.26.8

// Runtime.
require (
	github.com/aws/aws-sdk-go-v2 v1.48.0 // signatures of requests to AWS
	github.com/aws/aws-sdk-go-v2/credentials v1.21.0 // who an instance, a container, a program says we are
	github.com/aws/aws-sdk-go-v2/feature/ec2/imds v1.20.9 // the instance's metadata
	github.com/coreos/go-systemd/v22 v22.7.0 // systemd: readiness, socket activation
	github.com/google/nftables v0.3.0 // the lab: packet filters and counters
	github.com/hashicorp/hcl/v2 v2.25.0 // Terraform modules: syntax, values, layout
	github.com/mattn/go-runewidth v0.0.31 // display width of Japanese text
	github.com/pires/go-proxyproto v0.15.0 // PROXY protocol v1, v2 and TLVs
	github.com/prometheus/client_golang v1.25.0 // metrics
	github.com/spf13/cobra v1.10.2 // commands, completion, man pages
	github.com/spf13/pflag v1.0.9 // cobra's flags, whose types stand in its API
	github.com/vishvananda/netlink v1.3.1 // the lab: cables, addresses, routes
	github.com/zclconf/go-cty v1.19.0 // the values of HCL, which stand in its API
	go.yaml.in/yaml/v4 v4.0.0 // YAML with positions
	golang.org/x/net v0.62.0 // DNS messages
	golang.org/x/sync v0.24.0 // one lookup for many askers
	golang.org/x/sys v0.49.0 // splice, descriptor limits, TCP_INFO
	golang.org/x/term v0.47.0 // is this a terminal
)

// Tests.
require (
	github.com/google/go-cmp v0.7.0 // comparison
	github.com/miekg/dns v1.1.73 // name servers that misbehave
	github.com/rogpeppe/go-internal v1.16.0 // testscript
	go.uber.org/goleak v1.3.0 // goroutine leaks
	pgregory.net/rapid v1.3.0 // properties
)

require (
	github.com/agext/levenshtein v1.2.1 // indirect
	github.com/apparentlymart/go-textseg/v15 v15.0.0 // indirect
	github.com/apparentlymart/go-textseg/v17 v17.0.1 // indirect
	github.com/aws/smithy-go v1.28.9 // indirect
	github.com/beorn7/perks v1.0.1 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/clipperhouse/uax29/v2 v2.2.0 // indirect
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/mdlayher/netlink v1.7.3-0.20250113171957-fbb4dce95f42 // indirect
	github.com/mdlayher/socket v0.5.0 // indirect
	github.com/mitchellh/go-wordwrap v1.0.1 // indirect
	github.com/munnerz/goautoneg v0.0.0-20191010083416-a7dc8b61c822 // indirect
	github.com/prometheus/client_model v0.6.3 // indirect
	github.com/prometheus/common v0.72.0 // indirect
	github.com/prometheus/procfs v0.22.0 // indirect
	github.com/vishvananda/netns v0.0.5 // indirect
	golang.org/x/mod v0.41.0 // indirect
	golang.org/x/text v0.43.0 // indirect
	golang.org/x/tools v0.51.0 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
)
