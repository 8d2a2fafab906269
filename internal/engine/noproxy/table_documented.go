package noproxy

// anyCredentials are all hosts that credentials come from.
var anyCredentials = oneOf(metadata4, metadata6, ecs, podID4, podID6)

// documented are programs of AWS that were not run. Their families follow the
// source that each names (read in November 2026).
var documented = []Program{
	{
		ID: "amazon-cloudwatch-agent", Name: "Amazon CloudWatch agent", Level: Documented,
		Source:      "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/install-CloudWatch-Agent-commandline-fleet.html ([proxy] of common-config.toml becomes variables); Go",
		Credentials: bothCredentials, family: goFamily,
	},
	{
		ID: "amazon-ecs-agent", Aliases: []string{"ecs-agent"}, Name: "Amazon ECS agent", Level: Documented,
		Source:      "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/http_proxy_config.html; https://github.com/aws/amazon-ecs-agent, ecs-agent/utils/httpproxy/proxy.go at 6f994c6",
		Credentials: bothCredentials, family: ecsFamily,
	},
	{
		ID: "amazon-ssm-agent", Aliases: []string{"ssm-agent"}, Name: "AWS Systems Manager agent", Level: Documented,
		Source:      "https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-proxy-with-ssm-agent.html; Go",
		Credentials: bothCredentials, family: goFamily,
	},
	{
		ID: "aws-sdk-cpp", Name: "AWS SDK for C++", Level: Documented,
		Source: "https://github.com/aws/aws-sdk-cpp/pull/2679: variables are read only with allowSystemProxy; https://github.com/aws/aws-sdk-cpp/issues/1049",
		family: directFamily,
	},
	{
		ID: "aws-sdk-cpp-system-proxy", Name: "AWS SDK for C++ with allowSystemProxy", Level: Documented,
		Source:      "https://github.com/aws/aws-sdk-cpp/pull/2679: libcurl reads the variables",
		Credentials: bothCredentials, family: curlFamily,
	},
	{
		ID: "aws-sdk-dotnet", Aliases: []string{"dotnet"}, Name: "AWS SDK for .NET on .NET 8", Level: Documented,
		Source:      "https://learn.microsoft.com/dotnet/api/system.net.http.httpclient.defaultproxy; https://github.com/dotnet/runtime, src/libraries/System.Net.Http HttpEnvironmentProxy.cs; issues 75199, 61840, 131293",
		Credentials: bothCredentials, family: dotnetFamily,
	},
	{
		ID: "aws-sdk-java-v2", Aliases: []string{"java-v2"}, Name: "AWS SDK for Java 2.x, Apache client", Level: Documented,
		Source: "https://docs.aws.amazon.com/sdk-for-java/latest/developer-guide/http-config-proxy-support.html; https://github.com/aws/aws-sdk-java-v2, ProxyEnvironmentVariableConfigProvider.java at 0c791d8; metadata direct: https://github.com/aws/aws-sdk-java-v2/issues/1830",
		exempt: anyCredentials, family: javaV2Family,
	},
	{
		ID: "aws-sdk-php", Name: "AWS SDK for PHP on Guzzle 7", Level: Documented,
		Source:      "https://docs.guzzlephp.org/en/stable/request-options.html#proxy; libcurl's own variables besides: https://github.com/guzzle/guzzle/issues/3163",
		Credentials: bothCredentials, family: phpFamily,
	},
	{
		ID: "aws-sdk-rust", Name: "AWS SDK for Rust with ProxyConfig::from_env", Version: "aws-smithy-http-client 1.1", Level: Documented,
		Source:      "https://docs.rs/aws-smithy-http-client/latest/aws_smithy_http_client/proxy/struct.ProxyConfig.html",
		Credentials: bothCredentials, family: rustFamily,
	},
}
