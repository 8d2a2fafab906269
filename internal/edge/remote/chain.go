package remote

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/ec2rolecreds"
	"github.com/aws/aws-sdk-go-v2/credentials/endpointcreds"
	"github.com/aws/aws-sdk-go-v2/credentials/processcreds"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
)

// chain returns who this machine is to AWS: the first of what the environment, the
// shared files, a container's agent and the instance's metadata say, in the order
// of the SDKs (AWS SDKs and Tools Reference Guide, "standardized credential
// providers"). Sign-in of people, and roles that are assumed, are left out.
func chain(p profile, client *http.Client) (aws.CredentialsProvider, error) {
	id, secret := os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY")
	switch {
	case id != "" && secret != "":
		return credentials.NewStaticCredentialsProvider(id, secret, os.Getenv("AWS_SESSION_TOKEN")), nil
	case p["aws_access_key_id"] != "" && p["aws_secret_access_key"] != "":
		return credentials.NewStaticCredentialsProvider(p["aws_access_key_id"], p["aws_secret_access_key"], p["aws_session_token"]), nil
	case p["credential_process"] != "":
		return processcreds.NewProvider(p["credential_process"]), nil
	}
	switch agent, err := agent(); {
	case err != nil:
		return nil, err
	case agent != "":
		return endpointcreds.New(agent, func(o *endpointcreds.Options) {
			o.HTTPClient = client
			o.AuthorizationTokenProvider = endpointcreds.TokenProviderFunc(agentToken)
		}), nil
	}
	return ec2rolecreds.New(func(o *ec2rolecreds.Options) { o.Client = metadata(client) }), nil
}

// metadata asks the instance's metadata service, unless the environment forbids it.
func metadata(client *http.Client) *imds.Client {
	o := imds.Options{HTTPClient: client, Endpoint: os.Getenv("AWS_EC2_METADATA_SERVICE_ENDPOINT")}
	if strings.EqualFold(os.Getenv("AWS_EC2_METADATA_DISABLED"), "true") {
		o.ClientEnableState = imds.ClientDisabled
	}
	if strings.EqualFold(os.Getenv("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"), "ipv6") {
		o.EndpointMode = imds.EndpointModeStateIPv6
	}
	return imds.New(o)
}

// agent returns where ECS or EKS hands out credentials of the container, "" outside
// one. Whom the environment names besides must be on this machine, or speak TLS.
func agent() (string, error) {
	if path := os.Getenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"); path != "" {
		return "http://169.254.170.2" + path, nil
	}
	full := os.Getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI")
	if full == "" {
		return "", nil
	}
	u, err := url.Parse(full)
	if err != nil {
		return "", fmt.Errorf("AWS_CONTAINER_CREDENTIALS_FULL_URI: %w", err)
	}
	addr, _ := netip.ParseAddr(u.Hostname())
	switch u.Hostname() {
	case "localhost", "169.254.170.2", "169.254.170.23", "fd00:ec2::23":
		return full, nil
	}
	if u.Scheme == "https" || addr.IsLoopback() {
		return full, nil
	}
	return "", errors.New("AWS_CONTAINER_CREDENTIALS_FULL_URI names another machine, without TLS")
}

func agentToken() (string, error) {
	name := os.Getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
	if name == "" {
		return os.Getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN"), nil
	}
	token, err := os.ReadFile(name)
	return strings.TrimSpace(string(token)), err
}

// profile is what the shared files say of AWS_PROFILE.
type profile map[string]string

// readProfile reads them. Files that are not there say nothing.
func readProfile() (profile, error) {
	name := cmp.Or(os.Getenv("AWS_PROFILE"), "default")
	p := profile{}
	home, _ := os.UserHomeDir() // a service has none
	for _, f := range []struct{ file, section string }{
		{cmp.Or(os.Getenv("AWS_CONFIG_FILE"), filepath.Join(home, ".aws", "config")), "profile " + name},
		{cmp.Or(os.Getenv("AWS_SHARED_CREDENTIALS_FILE"), filepath.Join(home, ".aws", "credentials")), name},
	} {
		text, err := os.ReadFile(f.file)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
		p.read(text, f.section)
		if name == "default" {
			p.read(text, name)
		}
	}
	return p, nil
}

// read takes up what text says in a section. Nested settings are not needed.
func (p profile) read(text []byte, section string) {
	in := false
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, " \t\r\n")
		if head, ok := strings.CutPrefix(line, "["); ok {
			name, _, ended := strings.Cut(head, "]") // a comment may follow
			in = ended && strings.Join(strings.Fields(name), " ") == section
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !in || !ok || strings.ContainsAny(line[:1], " \t#;") {
			continue
		}
		value, _, _ = strings.Cut(value, " #")
		p[strings.ToLower(strings.TrimSpace(key))] = strings.TrimSpace(value)
	}
}

// region returns the region of this machine.
func region(ctx context.Context, p profile, client *http.Client) (string, error) {
	if r := cmp.Or(os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION"), p["region"]); r != "" {
		return r, nil
	}
	out, err := metadata(client).GetRegion(ctx, nil) // an instance knows its own
	if err != nil || out.Region == "" {
		return "", errNoRegion
	}
	return out.Region, nil
}

// authorities returns the CAs that count: those of AWS_CA_BUNDLE if it names a
// file, else nil, which is the system's.
func authorities(p profile) (*x509.CertPool, error) {
	name := cmp.Or(os.Getenv("AWS_CA_BUNDLE"), p["ca_bundle"])
	if name == "" {
		return nil, nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("AWS_CA_BUNDLE: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("AWS_CA_BUNDLE: no certificate in %s", name)
	}
	return pool, nil
}
