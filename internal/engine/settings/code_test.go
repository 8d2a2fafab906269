package settings

import (
	"encoding/json"
	"go/format"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// javaReader prints, as Java's own classes read them, the properties of a file
// and of the command line, and what DeguchiProxy does with hosts.
const javaReader = `
import java.io.FileInputStream;
import java.nio.charset.StandardCharsets;
import java.io.PrintStream;
import java.util.Properties;
import java.util.TreeMap;

public class Reader {
    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Properties p = new Properties();
        try (FileInputStream in = new FileInputStream(args[0])) { p.load(in); }
        for (String k : p.stringPropertyNames()) out.println("file " + k + "=" + p.getProperty(k));
        for (String k : System.getProperties().stringPropertyNames())
            if (k.startsWith("http") || k.startsWith("jdk.http")) out.println("line " + k + "=" + System.getProperty(k));
        DeguchiProxy.client();
        software.amazon.awssdk.http.apache.ProxyConfiguration c = software.amazon.awssdk.http.apache.ProxyConfiguration.last;
        out.println("code endpoint=" + c.endpoint);
        out.println("code user=" + c.user);
        out.println("code password=" + c.password);
        for (int i = 1; i < args.length; i++) {
            final String host = args[i];
            out.println("code " + host + "=" + c.hosts.stream().anyMatch(host::matches));
        }
    }
}
`

// The parts of the AWS SDK for Java 2.x that the code names; what they match
// with is as in its SdkProxyRoutePlanner.
var javaStubs = map[string]string{
	"software/amazon/awssdk/http/SdkHttpClient.java": "package software.amazon.awssdk.http; public interface SdkHttpClient {}",
	"software/amazon/awssdk/http/apache/ApacheHttpClient.java": `package software.amazon.awssdk.http.apache;
public final class ApacheHttpClient implements software.amazon.awssdk.http.SdkHttpClient {
    public static Builder builder() { return new Builder(); }
    public static final class Builder {
        public Builder proxyConfiguration(ProxyConfiguration c) { ProxyConfiguration.last = c; return this; }
        public software.amazon.awssdk.http.SdkHttpClient build() { return new ApacheHttpClient(); }
    }
}`,
	"software/amazon/awssdk/http/apache/ProxyConfiguration.java": `package software.amazon.awssdk.http.apache;
public final class ProxyConfiguration {
    public static ProxyConfiguration last;
    public java.net.URI endpoint; public String user, password; public java.util.Set<String> hosts;
    public static Builder builder() { return new Builder(); }
    public static final class Builder {
        private final ProxyConfiguration c = new ProxyConfiguration();
        public Builder endpoint(java.net.URI e) { c.endpoint = e; return this; }
        public Builder username(String u) { c.user = u; return this; }
        public Builder password(String p) { c.password = p; return this; }
        public Builder nonProxyHosts(java.util.Set<String> h) { c.hosts = h; return this; }
        public Builder useSystemPropertyValues(Boolean b) { return this; }
        public Builder useEnvironmentVariableValues(Boolean b) { return this; }
        public ProxyConfiguration build() { return c; }
    }
}`,
}

// javaHosts are hosts as the SDK compares them: IPv6 without brackets.
var javaHosts = map[string]bool{
	"169.254.169.254": true, "fd00:ec2::254": true, "localhost": true, "ip-10-0-0-1.ec2.internal": true,
	"s3.ap-northeast-1.amazonaws.com": true, "b.s3.ap-northeast-1.amazonaws.com": true,
	"nots3.ap-northeast-1.amazonaws.com": false, "s3xap-northeast-1.amazonaws.com": false, "169.254.169.2541": false,
	"sts.ap-northeast-1.amazonaws.com": false, "s3.ap-northeast-1.amazonaws.com.stranger.example": false,
}

func TestJavaReads(t *testing.T) {
	notShort(t)
	q := full(t)
	dir := t.TempDir()
	sources := map[string]string{"Reader.java": javaReader, "DeguchiProxy.java": ask(t, "sdk-java", AL2023).Files[0].Content}
	maps.Copy(sources, javaStubs)
	var files []string
	for name, text := range sources {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		files = append(files, name)
	}
	run(t, nil, "javac", append([]string{"-encoding", "US-ASCII", "-Xlint:none", "-d", dir}, files...)...)

	_, gradle := placed(t, ask(t, "gradle", AL2023))
	_, options := placed(t, ask(t, "java", AL2023))
	args := []string{"-cp", dir, "Reader", gradle[0]}
	want := map[string]string{"code endpoint": q.Proxy.Bare(), "code user": q.Proxy.User, "code password": q.Proxy.Password}
	for host, direct := range javaHosts {
		args = append(args, host)
		want["code "+host] = map[bool]string{true: "true", false: "false"}[direct]
	}
	for _, v := range q.properties() {
		want["file systemProp."+v.name], want["line "+v.name] = v.value, v.value
	}
	out := run(t, []string{"JDK_JAVA_OPTIONS=@" + options[0]}, "java", args...)
	got := map[string]string{}
	for line := range strings.Lines(out) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		got[name] = value
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what Java reads (-want +got):\n%s", diff)
	}
}

// TestPACEvaluated runs proxy.pac as a browser does.
func TestPACEvaluated(t *testing.T) {
	_, paths := placed(t, ask(t, "pac", AL2023))
	const script = `
const vm = require("vm"), fs = require("fs");
const number = (a) => a.split(".").reduce((n, part) => n * 256 + Number(part), 0);
const world = {
  isInNet: (host, net, mask) => ((number(host) & number(mask)) >>> 0) === ((number(net) & number(mask)) >>> 0),
  dnsResolve: () => { throw new Error("asks the name server"); },
};
vm.createContext(world);
vm.runInContext(fs.readFileSync(process.argv[1], "utf8"), world);
const answers = {};
for (const url of process.argv.slice(2)) answers[url] = world.FindProxyForURL(url, new URL(url).hostname);
console.log(JSON.stringify(answers));
`
	direct := append([]string{"http://10.1.2.3/", "https://S3.ap-northeast-1.amazonaws.com./x"}, goDirect...)
	urls := slices.Concat(direct, goByProxy, []string{"http://11.1.2.3/", "https://nots3.ap-northeast-1.amazonaws.com/"})
	want := map[string]string{}
	for _, u := range urls {
		want[u] = "PROXY proxy.example:3128"
		if slices.Contains(direct, u) {
			want[u] = "DIRECT"
		}
	}
	out := run(t, nil, "node", append([]string{"-e", script, paths[0]}, urls...)...)
	got := map[string]string{}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("FindProxyForURL (-want +got):\n%s", diff)
	}
}

// TestJavaScriptRuns loads the module with stand-ins for the two it imports.
func TestJavaScriptRuns(t *testing.T) {
	q := full(t)
	dir, paths := placed(t, ask(t, "sdk-js", AL2023))
	for name, text := range map[string]string{
		"proxy-agent":               "export class ProxyAgent {}",
		"@smithy/node-http-handler": "export class NodeHttpHandler { constructor(o) { Object.assign(this, o); } }",
	} {
		module := filepath.Join(dir, "node_modules", filepath.FromSlash(name))
		if err := os.MkdirAll(module, 0o755); err != nil {
			t.Fatal(err)
		}
		for file, text := range map[string]string{"index.js": text, "package.json": `{"type": "module", "main": "index.js"}`} {
			if err := os.WriteFile(filepath.Join(module, file), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	script := `import(process.argv[1]).then((m) => {
  if (!m.requestHandler.httpsAgent || !m.requestHandler.httpAgent) throw new Error("no agent");
  for (const [k, v] of Object.entries(process.env)) console.log(k + "=" + v);
})`
	out := run(t, nil, "node", "-e", script, paths[0])
	if diff := cmp.Diff(wanted(q), environment(out)); diff != "" {
		t.Errorf("variables (-want +got):\n%s", diff)
	}
}

// TestGoIsFormatted: the code for Go is as gofmt has it.
func TestGoIsFormatted(t *testing.T) {
	text := ask(t, "sdk-go", AL2023).Files[0].Content
	formatted, err := format.Source([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(formatted), text); diff != "" {
		t.Errorf("gofmt (-want +got):\n%s", diff)
	}
}
