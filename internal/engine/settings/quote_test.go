package settings

import (
	"strings"
	"testing"
)

func TestURL(t *testing.T) {
	tests := map[string]struct {
		proxy Proxy
		want  string
	}{
		"nothing to encode":              {Proxy{Host: "p.example", Port: 3128}, "http://p.example:3128"},
		"IPv6 in brackets":               {Proxy{Host: "2001:db8::1", Port: 3128}, "http://[2001:db8::1]:3128"},
		"a plus, which Ruby decodes":     {Proxy{Host: "p", Port: 1, User: "u", Password: "a+b c"}, "http://u:a%2Bb%20c@p:1"},
		"what is safe stays":             {Proxy{Host: "p", Port: 1, User: "u.-_", Password: "A9"}, "http://u.-_:A9@p:1"},
		"a tilde, which shells expand":   {Proxy{Host: "p", Port: 1, User: "u", Password: "~a"}, "http://u:%7Ea@p:1"},
		"UTF-8, byte by byte":            {Proxy{Host: "p", Port: 1, User: "é"}, "http://%C3%A9@p:1"},
		"what shells and URLs trip over": {Proxy{Host: "p", Port: 1, User: "u", Password: "'\"$`\\%#@:/"}, "http://u:%27%22%24%60%5C%25%23%40%3A%2F@p:1"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tt.proxy.URL(); got != tt.want {
				t.Errorf("URL = %s, want %s", got, tt.want)
			}
		})
	}
}

// TestQuotes has text that each syntax would take for its own.
func TestQuotes(t *testing.T) {
	tests := map[string]struct{ got, want string }{
		"systemd: percent and C":             {unitQuoted("A", `%h"\`), `"A=%%h\"\\"`},
		"PowerShell: quotes of all sorts":    {powershellQuoted("a'b’$c`"), "'a''b’’$c`'"},
		"a batch file: percent":              {batchQuoted("%PATH%"), "%%PATH%%"},
		"properties: separators, not ASCII":  {property("k", " =:#!\\é😀"), `k=\ \=\:\#\!\\\u00e9\ud83d\ude00`},
		"Java's source":                      {javaQuoted("a\"\\é"), `"a\"\\\u00e9"`},
		"arguments of the java launcher":     {optionQuoted(`a "b\`), `"a \"b\\"`},
		"XML":                                {xmlQuoted(`<&>"'`), "&lt;&amp;&gt;&#34;&#39;"},
		"JSON keeps what HTML would not":     {jsonQuoted(`<&>"\`), `"<&>\"\\"`},
		"a shell: the quote itself":          {shellQuoted("a'b$c"), `'a'\''b$c'`},
		"credentials: nothing left to quote": {encoded("'\"$ \\"), "%27%22%24%20%5C"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if tt.got != tt.want {
				t.Errorf("got %s, want %s", tt.got, tt.want)
			}
		})
	}
}

// TestNetworkSetup runs the commands for macOS with a networksetup that prints
// its arguments. The agent reads no credentials there, so that none are shown to
// the list of processes.
func TestNetworkSetup(t *testing.T) {
	var script strings.Builder
	script.WriteString("networksetup() { printf '<%s>' \"$@\"; }\n")
	for _, c := range ask(t, "ssm-agent", MacOS).Commands {
		if strings.HasPrefix(c, "networksetup -set") {
			script.WriteString(c + "\n")
		}
	}
	want := "<-setwebproxy><Wi-Fi><proxy.example><3128><-setsecurewebproxy><Wi-Fi><proxy.example><3128>" +
		"<-setproxybypassdomains><Wi-Fi><169.254.169.254><fd00:ec2::254><*.internal><s3.ap-northeast-1.amazonaws.com><10.0.0.0/8>" +
		"<localhost><127.0.0.1><::1><*.s3.ap-northeast-1.amazonaws.com>"
	if got := run(t, nil, "sh", "-c", script.String()); got != want {
		t.Errorf("networksetup gets %s\nwant %s", got, want)
	}
}
