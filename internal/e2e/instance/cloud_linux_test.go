package instance

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/deguchi-project/deguchi/internal/edge/standin"
)

const (
	region     = "ap-northeast-1"
	instanceID = "i-0123456789abcdef0"
	parameter  = "/deguchi/exit/configuration"
	fleet      = "exit-provider-fleet"
	hook       = "exit-provider-drain"
)

// names are the hosts of AWS that the instance and its clients ask for.
var names = []string{
	"s3." + region + ".amazonaws.com", "corp-artifacts.s3." + region + ".amazonaws.com", reports,
	"ssm." + region + ".amazonaws.com", "autoscaling." + region + ".amazonaws.com",
}

// reports is the bucket that the kit's rules let clients reach.
const reports = "corp-reports.s3." + region + ".amazonaws.com"

// cloud is AWS around an instance: a stand-in, and the metadata service.
type cloud struct {
	*standin.Server
	trust *tls.Config

	mu    sync.Mutex
	state string // that the group wants the instance in
}

// newCloud is AWS with a configuration, and with binary where the kit says that
// the program is.
func newCloud(t *testing.T, configuration string, key string, binary []byte) *cloud {
	t.Helper()
	s, err := standin.New(standin.Options{
		Dir:        t.TempDir(),
		Buckets:    map[string]string{"corp-artifacts": region, "corp-reports": region},
		Instances:  []standin.Instance{{ID: instanceID, Address: proxy, Platform: "Linux"}},
		Parameters: map[string]string{parameter: configuration},
		Hooks:      map[string]string{fleet: hook},
		Judge: func(_ *http.Request, c standin.Call) *standin.Denial {
			if c.AccessKey == roleKey || c.AccessKey == clientKey {
				return nil
			}
			return &standin.Denial{}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	c := &cloud{Server: s, state: "InService"}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(s.CA())
	c.trust = &tls.Config{RootCAs: pool, ServerName: reports, MinVersion: tls.VersionTLS12}
	for path, body := range map[string][]byte{"/corp-artifacts/" + key: binary, "/corp-reports/a.csv": []byte("a,b\n")} {
		r := httptest.NewRequest(http.MethodPut, "https://s3."+region+".amazonaws.com"+path, bytes.NewReader(body))
		sign(r)
		w := httptest.NewRecorder()
		if s.ServeHTTP(w, r); w.Code != http.StatusOK {
			t.Fatalf("PUT %s = %d %s", path, w.Code, w.Body)
		}
	}
	c.Serve(listen(t, endpoint+":443"))
	t.Cleanup(func() { _ = s.Close() })
	srv := &http.Server{Handler: c.metadata()}
	ln := listen(t, metadata+":80")
	var serving sync.WaitGroup
	serving.Go(func() { _ = srv.Serve(ln) })
	t.Cleanup(func() { _ = srv.Close(); serving.Wait() })
	return c
}

func listen(t *testing.T, address string) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

// The keys of the instance's role, which only metadata tells, and of a client.
const (
	roleKey   = "ASIAROLEOFTHEFLEET"
	clientKey = "AKIACLIENT"
)

func sign(r *http.Request) {
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+clientKey+"/20261122/"+region+"/s3/aws4_request, SignedHeaders=host, Signature=0")
}

// wants sets the state that the group wants the instance in.
func (c *cloud) wants(state string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state = state
}

// metadata is the metadata service in its second version.
func (c *cloud) metadata() http.Handler {
	const token = "a-token-of-a-session"
	pages := map[string]func() string{
		"iam/security-credentials/": func() string { return "fleet" },
		"iam/security-credentials/fleet": func() string {
			return `{"Code": "Success", "Type": "AWS-HMAC", "AccessKeyId": "` + roleKey + `", "SecretAccessKey": "s", "Token": "t",` +
				` "LastUpdated": "2026-11-22T00:00:00Z", "Expiration": "2099-01-01T00:00:00Z"}`
		},
		"instance-id":      func() string { return instanceID },
		"placement/region": func() string { return region },
		"autoscaling/target-lifecycle-state": func() string {
			c.mu.Lock()
			defer c.mu.Unlock()
			return c.state
		},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, ok := pages[strings.TrimPrefix(r.URL.Path, "/latest/meta-data/")]
		switch {
		case r.Method == http.MethodPut && r.URL.Path == "/latest/api/token" && r.Header.Get("X-Aws-Ec2-Metadata-Token-Ttl-Seconds") != "":
			w.Header().Set("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", "60")
			_, _ = w.Write([]byte(token))
		case r.Header.Get("X-Aws-Ec2-Metadata-Token") != token:
			w.WriteHeader(http.StatusUnauthorized)
		case !ok:
			w.WriteHeader(http.StatusNotFound)
		default:
			_, _ = w.Write([]byte(page()))
		}
	})
}

// units are what an instance of Amazon Linux has, in words of this machine's
// systemd: a network, AWS's names, and cloud-init with the user data.
func (m *machine) units(c *cloud, userData string) {
	m.write("/etc/hosts", "127.0.0.1 localhost\n"+endpoint+" "+strings.Join(names, " ")+"\n", 0o644)
	m.write("/etc/machine-id", strings.Repeat("0123456789abcdef", 2)+"\n", 0o444)
	m.write("/etc/aws-ca.pem", string(c.CA()), 0o644)
	m.write("/etc/systemd/system.conf.d/10-instance.conf",
		"[Manager]\nDefaultEnvironment=AWS_CA_BUNDLE=/etc/aws-ca.pem PATH=/opt/instance/bin:/usr/sbin:/usr/bin:/sbin:/bin\n", 0o644)
	m.write("/etc/systemd/system/instance.target", "[Unit]\nRequires=basic.target\nAfter=basic.target\nWants=user-data.service\n", 0o644)
	m.write("/etc/systemd/system/address.service", fmt.Sprintf("[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=ip address add %s/24 dev host0\n"+
		"ExecStart=ip link set host0 up\nExecStart=ip route add default via %s\n", proxy, balancer), 0o644)
	m.write("/etc/systemd/system/user-data.service", "[Unit]\nRequires=address.service\nAfter=address.service\n[Service]\nType=oneshot\nRemainAfterExit=yes\n"+
		"ExecStart=cloud-init init --local\nExecStart=cloud-init init\nExecStart=cloud-init modules --mode=config\nExecStart=cloud-init modules --mode=final\n"+
		"StandardOutput=append:"+userDataLog+"\nStandardError=inherit\n", 0o644)
	for _, folder := range []string{"/etc/cloud/cloud.cfg.d", "/var/lib/cloud"} {
		if err := os.RemoveAll(m.root + folder); err != nil {
			m.t.Fatal(err)
		}
	}
	m.write("/etc/cloud/cloud.cfg", cloudConfig, 0o644)
	m.write("/var/lib/cloud/seed/nocloud/meta-data", "instance-id: "+instanceID+"\n", 0o644)
	m.write("/var/lib/cloud/seed/nocloud/user-data", userData, 0o600)
	m.write("/opt/instance/bin/dnf", dnf, 0o755)
	m.write("/opt/instance/bin/rpm", "#!/bin/bash\nexec /usr/bin/rpm --nodeps \"$@\"\n", 0o755) // what Debian has rpm does not know
	_ = os.Remove(m.root + "/usr/bin/deguchi")
}

// cloudConfig leaves of cloud-init what runs user data.
const cloudConfig = `datasource_list: [NoCloud]
network: {config: disabled}
cloud_init_modules: []
cloud_config_modules: [runcmd]
cloud_final_modules: [scripts-user]
system_info: {distro: debian}
`

const userDataLog = "/var/log/cloud-init-output.log"

// dnf installs what the user data asks for, as far as the steps after it need.
const dnf = `#!/bin/bash
echo "dnf $*" >> /var/log/dnf-was-asked
printf '[Timer]\nOnCalendar=daily\n[Install]\nWantedBy=timers.target\n' > /etc/systemd/system/logrotate.timer
printf '[Service]\nType=oneshot\nExecStart=/bin/true\n' > /etc/systemd/system/logrotate.service
install -D -m 0755 /dev/stdin /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl <<< $'#!/bin/bash\necho "$*" >> /var/log/agent-was-asked'
`
