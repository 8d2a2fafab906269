package settings

import "strings"

// code is a file of source in which each {key} is replaced.
func (q Question) code(path, text string, pairs ...string) Answer {
	a := Answer{Files: []File{{Path: path, Mode: q.private(), Content: strings.NewReplacer(pairs...).Replace(text)}}}
	q.copied(&a, path)
	return a
}

// copied adds a note if p's password stands in a file among others that are
// copied from machine to machine.
func (q Question) copied(a *Answer, path string) {
	if q.Proxy.Secret() {
		a.note("secret-code", path)
	}
}

// region is the Region for examples.
func (q Question) region() string {
	if q.Region == "" {
		return "ap-northeast-1"
	}
	return q.Region
}

const botoCode = `import os

from botocore.config import Config

PROXY = {proxy}
NO_PROXY = {list}


def use_environment():
    """Every client made after this call. NO_PROXY holds, for metadata as well."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        os.environ[name] = PROXY
    for name in ("no_proxy", "NO_PROXY"):
        os.environ[name] = NO_PROXY


def config(**more):
    """One client: boto3.client("s3", config=config()). NO_PROXY does not hold:
    use it for what this machine cannot reach by itself. Metadata stays direct."""
    return Config(proxies={"http": PROXY, "https": PROXY}, **more)
`

func writeBoto3(q Question) (Answer, error) {
	a := q.code("deguchi_proxy.py", head("#", "boto3")+botoCode,
		"{proxy}", jsonQuoted(q.Proxy.URL()), "{list}", jsonQuoted(q.Exclude.Variable()))
	a.note("boto3", q.region())
	q.Exclude.notes(&a)
	return a, nil
}

const goCode = `
// Package deguchiproxy sends the AWS SDK for Go through the proxy, whatever the
// environment of the process says.
package deguchiproxy

import (
	"net/http"
	"net/url"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"golang.org/x/net/http/httpproxy"
)

// Client is for config.LoadDefaultConfig(ctx, config.WithHTTPClient(Client())).
func Client() *awshttp.BuildableClient {
	settings := &httpproxy.Config{
		HTTPProxy:  {proxy},
		HTTPSProxy: {proxy},
		NoProxy:    {list},
	}
	choose := settings.ProxyFunc()
	return awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.Proxy = func(r *http.Request) (*url.URL, error) { return choose(r.URL) }
	})
}
`

func writeSDKGo(q Question) (Answer, error) {
	a := q.code("deguchiproxy/deguchiproxy.go", head("//", "sdk-go")+goCode,
		"{proxy}", jsonQuoted(q.Proxy.URL()), "{list}", jsonQuoted(q.Exclude.golang()))
	a.note("sdk-go")
	q.Exclude.wide(&a)
	return a, nil
}

const jsCode = `import { NodeHttpHandler } from "@smithy/node-http-handler";
import { ProxyAgent } from "proxy-agent";

const proxy = {proxy};
const noProxy = {list};

// proxy-agent asks the environment for each request.
for (const name of ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"]) {
  process.env[name] = proxy;
}
for (const name of ["no_proxy", "NO_PROXY"]) {
  process.env[name] = noProxy;
}

const agent = new ProxyAgent();

// new S3Client({ region: {region}, requestHandler })
export const requestHandler = new NodeHttpHandler({
  httpAgent: agent,
  httpsAgent: agent,
});
`

func writeSDKJS(q Question) (Answer, error) {
	a := q.code("deguchi-proxy.mjs", head("//", "sdk-js")+jsCode,
		"{proxy}", jsonQuoted(q.Proxy.URL()), "{list}", jsonQuoted(q.Exclude.Variable()), "{region}", jsonQuoted(q.region()))
	a.run("npm install proxy-agent @smithy/node-http-handler")
	a.note("sdk-js")
	q.Exclude.notes(&a)
	return a, nil
}

const javaCode = `import java.net.URI;
import java.util.Set;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.http.apache.ProxyConfiguration;

/** For S3Client.builder().httpClient(DeguchiProxy.client()), and every other client. */
public final class DeguchiProxy {
    private DeguchiProxy() {}

    public static SdkHttpClient client() {
        return ApacheHttpClient.builder()
            .proxyConfiguration(ProxyConfiguration.builder()
                .endpoint(URI.create({proxy})){credentials}
                .nonProxyHosts(Set.of(
{list}))
                .useSystemPropertyValues(false)
                .useEnvironmentVariableValues(false)
                .build())
            .build();
    }
}
`

// writeSDKJava is for version 2 on its Apache client. In code, the entries of
// nonProxyHosts are regular expressions for the whole host (aws-sdk-java-v2,
// SdkProxyRoutePlanner.java); one endpoint serves both schemes.
func writeSDKJava(q Question) (Answer, error) {
	credentials := ""
	if q.Proxy.Secret() {
		const indent = "\n                "
		credentials = indent + ".username(" + javaQuoted(q.Proxy.User) + ")" +
			indent + ".password(" + javaQuoted(q.Proxy.Password) + ")"
	}
	var entries []string
	for _, p := range q.Exclude.patterns() {
		entries = append(entries, "                    "+javaQuoted(p))
	}
	a := q.code("DeguchiProxy.java", head("//", "sdk-java")+javaCode,
		"{proxy}", javaQuoted(q.Proxy.Bare()), "{credentials}", credentials, "{list}", strings.Join(entries, ",\n"))
	a.note("sdk-java")
	q.javaNotes(&a)
	return a, nil
}
