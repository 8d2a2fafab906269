package noproxy

// bothCredentials and instanceOnly are what the table repeats.
var (
	bothCredentials = Credentials{Instance: true, Container: true}
	instanceOnly    = Credentials{Instance: true}
)

// containers are the hosts that hand credentials to containers. Most fetchers
// of AWS ask them without any proxy; one of the SDK for JavaScript refuses them.
var containers = oneOf(ecs, podID4, podID6)

// directFamily reads no variables.
var directFamily = &family{name: "direct"}

// nodeGlobalFamily makes agents of its own, so that its requests go direct; the
// process fails all the same on a proxy that Node cannot read.
var nodeGlobalFamily = &family{
	name:     "direct",
	settings: nodeHTTPFamily.settings,
	values:   values{own: func(string, Target) (string, use) { return "", ignored }},
	fatal:    undiciValues.unreadable,
}

// endpoint6: aws-cli 2.9.19 takes no IPv6 address for an endpoint. Metadata is
// asked for by its own client, which does. (It is older than EKS Pod Identity and
// refuses its addresses, too; that is not told, for versions that know it ask them.)
func endpoint6(t Target) bool {
	return t.is6() && !oneOf(metadata6, podID6)(t)
}

// overTLS: the client for metadata speaks plain HTTP only.
func overTLS(t Target) bool { return t.Scheme == "https" }

// withUser: fetch takes no URL with credentials ("Fetch", section on requests).
func withUser(t Target) bool { return t.user != "" }

// measured are the programs that were run, each against a logging proxy with
// generated variables and targets (November 2026).
var measured = []Program{
	{ID: "apt", Credentials: bothCredentials, Name: "apt", Version: "2.6.1", Level: Measured, family: aptFamily},
	{ID: "aria2", Credentials: bothCredentials, Name: "aria2", Version: "1.36.0-1", Level: Measured, family: aria2Family},
	{ID: "aws-cli-v1", Credentials: instanceOnly, exempt: containers, Name: "aws-cli v1", Version: "1.45.11", Level: Measured, family: botocoreFamily},
	{ID: "aws-cli-v2", Credentials: instanceOnly, exempt: containers, refuses: endpoint6, Name: "aws-cli v2", Version: "2.9.19 (Debian 12)", Level: Measured, family: botocoreFamily},
	{ID: "aws-sdk-go-v1-client", Credentials: bothCredentials, Name: "aws-sdk-go v1 client", Version: "1.55.8 (go1.26.8)", Level: Measured, family: goFamily},
	{ID: "aws-sdk-go-v1-default-chain", Credentials: bothCredentials, Name: "aws-sdk-go v1 default chain", Version: "1.55.8 (go1.26.8)", Level: Measured, family: goFamily},
	{ID: "aws-sdk-go-v1-ec2metadata", Credentials: bothCredentials, Name: "aws-sdk-go v1 ec2metadata", Version: "1.55.8 (go1.26.8)", Level: Measured, family: goFamily},
	{ID: "aws-sdk-go-v2-client", Credentials: bothCredentials, Name: "aws-sdk-go-v2 client", Version: "core 1.47.7, config 1.33.15, imds 1.20.7 (go1.26.8)", Level: Measured, family: goFamily},
	{ID: "aws-sdk-go-v2-default-chain", Credentials: bothCredentials, Name: "aws-sdk-go-v2 default chain", Version: "core 1.47.7, config 1.33.15, imds 1.20.7 (go1.26.8)", Level: Measured, family: goFamily},
	{ID: "aws-sdk-go-v2-endpointcreds", Credentials: bothCredentials, Name: "aws-sdk-go-v2 endpointcreds", Version: "core 1.47.7, config 1.33.15, imds 1.20.7 (go1.26.8)", Level: Measured, family: goFamily},
	{ID: "aws-sdk-go-v2-imds-new", Credentials: bothCredentials, Name: "aws-sdk-go-v2 imds.New", Version: "core 1.47.7, config 1.33.15, imds 1.20.7 (go1.26.8)", Level: Measured, family: goFamily},
	{ID: "aws-sdk-go-v2-imds-newfromconfig", Credentials: bothCredentials, Name: "aws-sdk-go-v2 imds.NewFromConfig", Version: "core 1.47.7, config 1.33.15, imds 1.20.7 (go1.26.8)", Level: Measured, family: goFamily},
	{ID: "aws-sdk-js-v2-default", Name: "aws-sdk-js v2 default", Version: "2.1693.0 on node 20.20.2", Level: Measured, family: directFamily},
	{ID: "aws-sdk-js-v2-metadataservice", Name: "aws-sdk-js v2 MetadataService", Version: "2.1693.0 on node 20.20.2", Level: Measured, family: directFamily},
	{ID: "aws-sdk-js-v3-container-creds", refuses: containers, Name: "aws-sdk-js v3 container creds", Version: "client-sts 3.1169.0 on node 20.20.2", Level: Measured, family: directFamily},
	{ID: "aws-sdk-js-v3-container-creds-on-node24-env-proxy", refuses: containers, Name: "aws-sdk-js v3 container creds on node24 NODE_USE_ENV_PROXY=1", Version: "client-sts 3.1169.0 on node 24.21.0", Level: Measured, family: directFamily},
	{ID: "aws-sdk-js-v3-default", Aliases: []string{"node"}, Name: "aws-sdk-js v3 default", Version: "client-sts 3.1169.0 on node 20.20.2", Level: Measured, family: directFamily},
	{ID: "aws-sdk-js-v3-fromhttp-container-creds", Name: "aws-sdk-js v3 fromHttp (container creds)", Version: "client-sts 3.1169.0 on node 20.20.2", Level: Measured, family: directFamily},
	{ID: "aws-sdk-js-v3-fromhttp-on-node24-env-proxy", Name: "aws-sdk-js v3 fromHttp on node24 NODE_USE_ENV_PROXY=1", Version: "client-sts 3.1169.0 on node 24.21.0", Level: Measured, family: directFamily},
	{ID: "aws-sdk-js-v3-imds", refuses: overTLS, Name: "aws-sdk-js v3 IMDS", Version: "client-sts 3.1169.0 on node 20.20.2", Level: Measured, family: directFamily},
	{ID: "aws-sdk-js-v3-imds-on-node24-env-proxy", Credentials: instanceOnly, refuses: overTLS, Name: "aws-sdk-js v3 IMDS on node24 NODE_USE_ENV_PROXY=1", Version: "client-sts 3.1169.0 on node 24.21.0", Level: Measured, family: nodeHTTPFamily},
	{ID: "aws-sdk-js-v3-on-node24-env-proxy", Name: "aws-sdk-js v3 on node24 NODE_USE_ENV_PROXY=1", Version: "client-sts 3.1169.0 on node 24.21.0", Level: Measured, family: nodeGlobalFamily},
	{ID: "aws-sdk-js-v3-proxy-agent", Name: "aws-sdk-js v3 + proxy-agent", Version: "client-sts 3.1169.0 on node 20.20.2", Level: Measured, family: fromEnvFamily},
	{ID: "aws-sdk-ruby-client", Credentials: instanceOnly, exempt: containers, Name: "aws-sdk-ruby client", Version: "aws-sdk-core 3.168.1-2", Level: Measured, family: rubyFamily},
	{ID: "aws-sdk-ruby-ecs-creds", Credentials: instanceOnly, exempt: containers, Name: "aws-sdk-ruby ECS creds", Version: "aws-sdk-core 3.168.1-2", Level: Measured, family: rubyFamily},
	{ID: "aws-sdk-ruby-imds", Credentials: instanceOnly, exempt: containers, Name: "aws-sdk-ruby IMDS", Version: "aws-sdk-core 3.168.1-2", Level: Measured, family: rubyFamily},
	{ID: "axios", Credentials: bothCredentials, Name: "axios", Version: "1.21.1", Level: Measured, family: axiosFamily},
	{ID: "botocore", Aliases: []string{"boto3"}, Credentials: instanceOnly, exempt: containers, Name: "botocore", Version: "1.43.11", Level: Measured, family: botocoreFamily},
	{ID: "botocore-imds", Credentials: instanceOnly, exempt: containers, Name: "botocore IMDS fetcher", Version: "1.43.11", Level: Measured, family: botocoreFamily},
	{ID: "cargo", Credentials: bothCredentials, Name: "cargo", Version: "1.95.0 (bundled libcurl)", Level: Measured, family: cargoFamily},
	{ID: "curl", Credentials: bothCredentials, Name: "curl", Version: "7.88.1 (Debian 12)", Level: Measured, family: curlFamily},
	{ID: "git", Credentials: bothCredentials, Name: "git", Version: "2.39.5 (libcurl-gnutls 7.88.1)", Level: Measured, family: gitFamily},
	{ID: "go", Credentials: bothCredentials, Name: "go net/http", Version: "go1.26.8", Level: Measured, family: goFamily},
	{ID: "java-httpclient-d", Credentials: bothCredentials, Name: "java httpclient -D", Version: "OpenJDK 17.0.15", Level: Measured, family: javaHTTPClientFamily},
	{ID: "java-httpclient-env-only", Name: "java HttpClient (env only)", Version: "OpenJDK 17.0.15", Level: Measured, family: directFamily},
	{ID: "java-httpclient-proxyselector-d", Credentials: bothCredentials, Name: "java httpclient-proxyselector -D", Version: "OpenJDK 17.0.15", Level: Measured, family: javaHTTPClientFamily},
	{ID: "java-httpurlconnection-d", Credentials: bothCredentials, Name: "java HttpURLConnection -D", Version: "OpenJDK 17.0.15", Level: Measured, family: javaFamily},
	{ID: "java-httpurlconnection-env-only", Name: "java HttpURLConnection (env only)", Version: "OpenJDK 17.0.15", Level: Measured, family: directFamily},
	{ID: "kubectl", Credentials: bothCredentials, Name: "kubectl", Version: "v1.32.4-dispatcher", Level: Measured, family: goFamily},
	{ID: "node-global-agent", Credentials: bothCredentials, Name: "global-agent", Version: "4.1.3", Level: Measured, family: globalAgentFamily},
	{ID: "node-got", Name: "got 11", Version: "11.8.6", Level: Measured, family: directFamily},
	{ID: "node-proxy-agent", Credentials: bothCredentials, Name: "proxy-agent (proxy-from-env)", Version: "proxy-agent 8.0.2 (node 20)", Level: Measured, family: fromEnvFamily},
	{ID: "node-request", Credentials: bothCredentials, Name: "request 2.88", Version: "2.88.2", Level: Measured, family: nodeRequestFamily},
	{ID: "node-undici", Credentials: bothCredentials, Name: "undici EnvHttpProxyAgent", Version: "7.30.2", Level: Measured, family: undiciFamily},
	{ID: "node20-fetch-env-proxy", refuses: withUser, Name: "node20 fetch NODE_USE_ENV_PROXY=1", Version: "20.20.2", Level: Measured, family: directFamily},
	{ID: "node24-fetch-env-proxy", Credentials: bothCredentials, refuses: withUser, Name: "node24 fetch NODE_USE_ENV_PROXY=1", Version: "24.21.0", Level: Measured, family: undiciFamily},
	{ID: "node24-http-env-proxy", Credentials: bothCredentials, Name: "node24 http(s) NODE_USE_ENV_PROXY=1", Version: "24.21.0", Level: Measured, family: nodeHTTPFamily},
	{ID: "npm", Credentials: bothCredentials, Name: "npm", Version: "11.19.1", Level: Measured, family: npmFamily},
	{ID: "perl-http-tiny", Credentials: bothCredentials, Name: "perl HTTP::Tiny", Version: "0.080", Level: Measured, family: httpTinyFamily},
	{ID: "perl-lwp", Credentials: bothCredentials, Name: "perl LWP", Version: "6.68-1", Level: Measured, family: lwpFamily},
	{ID: "php-curl", Credentials: bothCredentials, Name: "php curl", Version: "8.2.36-1~deb12u1 (libcurl 7.88.1)", Level: Measured, family: curlFamily},
	{ID: "php-streams", Name: "php streams", Version: "8.2.36-1~deb12u1", Level: Measured, family: directFamily},
	{ID: "pip", Credentials: bothCredentials, Name: "pip", Version: "23.2.1 (vendored requests)", Level: Measured, family: pipFamily},
	{ID: "python-aiohttp", Credentials: bothCredentials, Name: "python-aiohttp", Version: "3.8.4-1+deb12u2", Level: Measured, family: aiohttpFamily},
	{ID: "python-httpx", Credentials: bothCredentials, Name: "python-httpx", Version: "0.23.3-1", Level: Measured, family: httpxFamily},
	{ID: "python-requests", Credentials: bothCredentials, Name: "python-requests", Version: "2.34.2", Level: Measured, family: requestsFamily},
	{ID: "python-urllib", Credentials: bothCredentials, Name: "python-urllib", Version: "3.11.7", Level: Measured, family: urllibFamily},
	{ID: "ruby", Credentials: bothCredentials, Name: "ruby net/http", Version: "3.1.2-7+deb12u1", Level: Measured, family: rubyFamily},
	{ID: "rust-reqwest", Credentials: bothCredentials, Name: "rust reqwest", Version: "0.11.13", Level: Measured, family: reqwestFamily},
	{ID: "terraform-init", Aliases: []string{"terraform"}, Credentials: bothCredentials, Name: "terraform init", Version: "Terraform v1.11.4", Level: Measured, family: goFamily},
	{ID: "wget", Credentials: bothCredentials, Name: "wget", Version: "1.21.3", Level: Measured, family: wgetFamily},
	{ID: "wget2", Credentials: bothCredentials, Name: "wget2", Version: "1.99.1-2.2", Level: Measured, family: wget2Family},
}
