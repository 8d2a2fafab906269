package topology

import "slices"

// programs are the names that the format gives to programs, in its order.
var programs = []string{
	"aws-cli-v1", "aws-cli-v2", "boto3", "python-requests", "curl", "wget",
	"go", "ssm-agent", "terraform", "java-v2", "dotnet", "node",
}

// measured are the programs whose reading of NO_PROXY was measured, by their
// ids in the contract of "deguchi noproxy". Source: the table of measured
// programs, noproxy-programs.json; taken 2026-11-22.
var measured = []string{
	"apt", "aria2", "aws-sdk-go-v1-client", "aws-sdk-go-v1-default-chain",
	"aws-sdk-go-v1-ec2metadata", "aws-sdk-go-v2-client", "aws-sdk-go-v2-default-chain",
	"aws-sdk-go-v2-endpointcreds", "aws-sdk-go-v2-imds-new", "aws-sdk-go-v2-imds-newfromconfig",
	"aws-sdk-js-v2-default", "aws-sdk-js-v2-metadataservice", "aws-sdk-js-v3-container-creds",
	"aws-sdk-js-v3-container-creds-on-node24-env-proxy", "aws-sdk-js-v3-default",
	"aws-sdk-js-v3-fromhttp-container-creds", "aws-sdk-js-v3-fromhttp-on-node24-env-proxy",
	"aws-sdk-js-v3-imds", "aws-sdk-js-v3-imds-on-node24-env-proxy",
	"aws-sdk-js-v3-on-node24-env-proxy", "aws-sdk-js-v3-proxy-agent", "aws-sdk-ruby-client",
	"aws-sdk-ruby-ecs-creds", "aws-sdk-ruby-imds", "axios", "botocore", "botocore-imds", "cargo",
	"git", "java-httpclient-d", "java-httpclient-env-only", "java-httpclient-proxyselector-d",
	"java-httpurlconnection-d", "java-httpurlconnection-env-only", "kubectl", "node-global-agent",
	"node-got", "node-proxy-agent", "node-request", "node-undici", "node20-fetch-env-proxy",
	"node24-fetch-env-proxy", "node24-http-env-proxy", "npm", "perl-http-tiny", "perl-lwp",
	"php-curl", "php-streams", "pip", "python-aiohttp", "python-httpx", "python-urllib", "ruby",
	"rust-reqwest", "terraform-init", "wget2",
}

// Programs returns every name that a client's program may have.
func Programs() []string { return slices.Concat(programs, measured) }
