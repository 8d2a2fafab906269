package tlshello

import (
	"encoding/hex"
	"flag"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var record = flag.Bool("record", false, "record the hellos of the programs that are installed")

// recordedName is what all recorded programs ask for.
const recordedName = "ssm.ap-northeast-1.amazonaws.com"

// The files in testdata/hello hold a comment line with program and version, and
// the bytes in hexadecimal as they came.
func TestParseReadsHellosOfRealPrograms(t *testing.T) {
	if *record {
		recordAll(t)
	}
	files, _ := filepath.Glob("testdata/hello/*.hex")
	if len(files) == 0 {
		t.Fatal("no recorded hellos")
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, digits, _ := strings.Cut(string(text), "\n")
		b, err := hex.DecodeString(strings.Join(strings.Fields(digits), ""))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		h, s, err := Parse(b)
		if want := (Hello{ServerName: recordedName, HasSNI: true}); h != want || s != Done || err != nil {
			t.Errorf("%s: Parse(%d bytes) = %+v, %v, %v, want %+v", file, len(b), h, s, err, want)
		}
		if name, ok := serverSees(b); !ok || name != recordedName {
			t.Errorf("%s: crypto/tls reads %q, %v", file, name, ok)
		}
	}
}

// programs connect to PORT on loopback and ask for recordedName.
var programs = map[string]struct{ version, run []string }{
	"curl": {[]string{"curl", "--version"}, []string{"curl", "-sk", "--connect-to",
		recordedName + ":443:127.0.0.1:PORT", "https://" + recordedName + "/"}},
	"openssl": {[]string{"openssl", "version"}, []string{"openssl", "s_client",
		"-connect", "127.0.0.1:PORT", "-servername", recordedName}},
	"openssl-tls1.2": {[]string{"openssl", "version"}, []string{"openssl", "s_client", "-tls1_2",
		"-connect", "127.0.0.1:PORT", "-servername", recordedName}},
	"node": {[]string{"node", "--version"}, []string{"node", "-e",
		"require('tls').connect({host:'127.0.0.1',port:PORT,servername:'" + recordedName + "'})"}},
	"python": {[]string{"/usr/bin/python3", "-c", "import ssl,sys; print('Python', sys.version.split()[0], ssl.OPENSSL_VERSION)"},
		[]string{"/usr/bin/python3", "-c", "import socket,ssl; c=ssl.create_default_context(); " +
			"c.wrap_socket(socket.create_connection(('127.0.0.1',PORT)),server_hostname='" + recordedName + "')"}},
	"gnutls": {[]string{"gnutls-cli", "--version"}, []string{"gnutls-cli", "--insecure",
		"--sni-hostname", recordedName, "--port", "PORT", "127.0.0.1"}},
}

func recordAll(t *testing.T) {
	for name, p := range programs {
		if _, err := exec.LookPath(p.run[0]); err != nil {
			t.Logf("%s is not installed", name)
			continue
		}
		version, err := exec.Command(p.version[0], p.version[1:]...).Output()
		if err != nil {
			t.Logf("%s: %v", name, err)
			continue
		}
		first, _, _ := strings.Cut(string(version), "\n")
		file := "testdata/hello/" + name + ".hex"
		text := "# " + name + ": " + first + ", recorded " + time.Now().Format(time.DateOnly) + "\n" + dump(firstFlight(t, p.run))
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func dump(b []byte) string {
	var s strings.Builder
	for len(b) > 0 {
		k := min(len(b), 40)
		s.WriteString(hex.EncodeToString(b[:k]) + "\n")
		b = b[k:]
	}
	return s.String()
}

// firstFlight runs a program against a listener that reads one ClientHello.
func firstFlight(t *testing.T, run []string) (b []byte) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	args := make([]string, len(run))
	for i, a := range run {
		args[i] = strings.ReplaceAll(a, "PORT", port)
	}
	cmd := exec.Command(args[0], args[1:]...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	_ = l.(*net.TCPListener).SetDeadline(time.Now().Add(10 * time.Second))
	c, err := l.Accept()
	if err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	buf := make([]byte, MaxHello)
	for {
		n, err := c.Read(buf[len(b):])
		b = buf[:len(b)+n]
		if _, s, _ := Parse(b); s != More || err != nil {
			return b
		}
	}
}
