package noproxy

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// java answers "URL ; NAME=VALUE ; …", a URL and properties, with the proxy that
// Java's default selector names for it, or nothing. Its first line is the version.
const java = `
import java.io.*;
import java.net.*;
public class Ask {
  public static void main(String[] args) throws IOException {
    System.out.println(System.getProperty("java.version"));
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
    for (String line; (line = in.readLine()) != null; ) {
      String[] q = line.substring(1, line.length() - 1).split(" ; ", -1); // a JSON string
      for (Object name : System.getProperties().keySet().toArray())
        if (name.toString().matches(".*([pP]roxy(Host|Port)|nonProxyHosts)")) System.clearProperty(name.toString());
      for (int i = 1; i < q.length; i++) {
        int is = q[i].indexOf('=');
        System.setProperty(q[i].substring(0, is), q[i].substring(is + 1));
      }
      Proxy p = ProxySelector.getDefault().select(URI.create(q[0])).get(0);
      InetSocketAddress a = (InetSocketAddress) p.address();
      System.out.println(a == null ? "" : (p.type() == Proxy.Type.SOCKS ? "socks5://" : "http://") + a.getHostString() + ":" + a.getPort());
    }
  }
}
`

// javaQuestions draws properties and URLs; "properties" of a question is what is
// asked of Java itself.
func javaQuestions(n int) []question {
	hosts := []string{"example.com", "a.example.com", "EXAMPLE.com", "localhost", "127.0.0.1", "10.1.2.3", "[::1]", "[fd00:ec2::254]", "notexample.com"}
	entries := append([]string{
		"*.example.com", "*example.com", "example.*", "*.ex*", "ex*com", ".example.com", "*", "", " example.com",
		"10.*", "10.0.0.0/8", "[fd00:ec2:*", "fd00:ec2::254", "example.com.", "**",
	}, hosts...)
	random := rand.New(rand.NewPCG(1, 2))
	one := func(of ...string) string { return of[random.IntN(len(of))] }
	var qs []question
	for range n {
		properties := []string{"http.proxyHost=10.99.0.1", "https.proxyHost=10.99.0.2"}
		if random.IntN(3) == 0 {
			properties = nil
			for _, kind := range []string{"http.proxy", "https.proxy", "proxy", "socksProxy"} {
				if random.IntN(2) == 0 {
					properties = append(properties, kind+"Host="+one("10.99.0.1", "10.99.0.2", ""))
				}
				if random.IntN(2) == 0 {
					properties = append(properties, kind+"Port="+one("3128", "8080", "0", "none", ""))
				}
			}
		}
		if random.IntN(8) > 0 {
			var picked []string
			for range random.IntN(4) {
				picked = append(picked, one(entries...))
			}
			properties = append(properties, "http.nonProxyHosts="+strings.Join(picked, "|"))
		}
		qs = append(qs, question{
			vars: Vars{"properties": strings.Join(properties, " ; "), "system_properties": "-D" + strings.Join(properties, " -D")},
			url:  one("http", "https") + "://" + one(hosts...) + "/",
		})
	}
	return qs
}

// TestJavaAgrees asks Java's default proxy selector.
func TestJavaAgrees(t *testing.T) {
	t.Parallel()
	compiler := requiretest.Program(t, "javac")
	program := requiretest.Program(t, "java")
	dir := t.TempDir()
	source := filepath.Join(dir, "Ask.java")
	if err := os.WriteFile(source, []byte(java), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), compiler, "-d", dir, source).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	w := start(t, program, "-cp", dir, "Ask")
	version := w.line(t)
	compare(t, "java-httpurlconnection-d", version, javaQuestions(600), func(q question) bool {
		answer := w.ask(t, strings.TrimSuffix(q.url+" ; "+q.vars["properties"], " ; "))
		d, err := Route("java-httpurlconnection-d", q.vars, q.url)
		if err != nil || answer != "" && d.Proxy != answer {
			t.Errorf("Route(%q, %s) asks %q, %v; Java asks %q", q.vars["system_properties"], q.url, d.Proxy, err, answer)
		}
		return answer != ""
	})
}

// npm loads npm's own agent anew for each question, because that reads the
// variables once.
const npm = `
const lib = process.argv[1] + '/node_modules/@npmcli/agent/lib/proxy.js'
console.log(require(process.argv[1] + '/package.json').version)
require('readline').createInterface({input: process.stdin}).on('line', line => {
  const q = JSON.parse(line)
  for (const name of Object.keys(process.env)) if (/_proxy$|^REQUEST_METHOD$/i.test(name)) delete process.env[name]
  Object.assign(process.env, q.vars)
  delete require.cache[require.resolve(lib)]
  const {getProxy, getProxyAgent} = require(lib)
  try {
    const proxy = getProxy(q.url, {})
    if (proxy) {
      getProxyAgent(proxy)
      if (q.url.startsWith('http:')) decodeURIComponent(proxy.username + proxy.password) // as the agent does, to log in
    }
    console.log(proxy ? 'proxy' : 'direct')
  } catch (e) { console.log('error') }
})
`

// TestNpmAgrees asks npm's agent. Where both cases of a variable are set, npm
// takes the one that the environment has last, which no one can order: the
// lower case is left out.
func TestNpmAgrees(t *testing.T) {
	t.Parallel()
	node := requiretest.Program(t, "node")
	command, err := filepath.EvalSymlinks(requiretest.Program(t, "npm"))
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Dir(filepath.Dir(command)) // of bin/npm-cli.js
	_, err = os.Stat(filepath.Join(root, "node_modules/@npmcli/agent/lib/proxy.js"))
	requiretest.That(t, err == nil, "npm 10 or later, as its package has it")
	w := start(t, node, "-e", npm, root)
	version := w.line(t)
	var qs []question
	for _, q := range questions(300, "127.0.0.1:3128") {
		for name := range q.vars {
			if upper := strings.ToUpper(name); upper != name && q.vars[upper] != "" {
				delete(q.vars, name)
			}
		}
		if _, both := q.vars["NO_PROXY"]; both {
			delete(q.vars, "no_proxy")
		}
		qs = append(qs, q)
	}
	compare(t, "npm", version, qs, func(q question) bool {
		return w.ask(t, map[string]any{"vars": q.vars, "url": q.url}) == "proxy"
	})
}

// TestNodeAgrees runs fetch of Node.js itself, which reads the variables from
// version 24 on, once, when it starts. It starts slowly: it is asked less.
func TestNodeAgrees(t *testing.T) {
	t.Parallel()
	program := requiretest.Program(t, "node")
	found := version(t, program, "--version")
	id := "node20-fetch-env-proxy"
	if major, err := strconv.Atoi(strings.Split(found, ".")[0]); err != nil || major >= 24 {
		id = "node24-fetch-env-proxy"
	}
	proxy := newCounter(t)
	qs := slices.DeleteFunc(questions(*amount/4, proxy.addr), func(q question) bool {
		return strings.HasSuffix(q.url, ":1/") // a port that fetch asks nobody at
	})
	compare(t, id, found, qs, func(q question) bool {
		before := proxy.came(t)
		cmd := exec.CommandContext(t.Context(), program, "-e", "fetch(process.argv[1]).catch(() => {})", q.url)
		cmd.Env = append(environment(t, "/usr/bin:/bin", q.vars), "NODE_USE_ENV_PROXY=1")
		_ = cmd.Run() // it always fails; the proxy saw whether it came
		return proxy.came(t) > before
	})
}
