package lab

import (
	"context"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/deguchi-project/deguchi/internal/edge/lab/fabric"
	"github.com/deguchi-project/deguchi/internal/edge/lab/service"
	"github.com/deguchi-project/deguchi/internal/engine/blueprint"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// metadata lets the metadata service of the instance n answer on it, and the
// agent of its containers if it has one.
func (l *Lab) metadata(n *blueprint.Node) error {
	role := service.Identity{Account: n.Metadata.Account, Role: n.Metadata.Role}
	mode := topology.IMDSv1
	if n.Metadata.Token {
		mode = topology.IMDSv2
	}
	record := func(r service.MetadataRequest) {
		m := blueprint.Metadatum{Node: n.Name}
		if r.KeyID != "" {
			m.Role = r.Whose.Role
		}
		l.journal.metadatum(m)
	}
	m := service.NewMetadata(service.MetadataOptions{
		Mode: mode, Role: role, Region: l.region(n), Zone: "a", Instance: "i-0" + strings.TrimPrefix(identifier(n.Name), "vpce-0"),
		Issue: l.aws.Issue, Record: record,
	})
	l.atEnd(m.Close)
	var agent *service.Container
	if k := n.Metadata.Kind; k == topology.ECSCredentials || k == topology.EKSCredentials || k == topology.EKSIPv6Credentials {
		agent = service.NewContainer(service.ContainerOptions{Kind: k, Role: role, Issue: l.aws.Issue, Record: record})
		l.atEnd(agent.Close)
		l.agents[n] = agent
		if err := os.WriteFile(l.tokenFile(n), []byte(agent.Token()), 0o600); err != nil {
			return err
		}
	}
	for _, a := range fabric.MetadataAddrs {
		ln, err := l.fabric.Listen(n, "tcp", netip.AddrPortFrom(a, 80).String())
		if err != nil {
			return err
		}
		switch {
		case strings.HasSuffix(a.String(), "254"):
			m.Serve(ln)
		case agent != nil:
			agent.Serve(ln)
		default:
			_ = ln.Close()
		}
	}
	return nil
}

// tokenFile is what pods on n read their token from.
func (l *Lab) tokenFile(n *blueprint.Node) string {
	return filepath.Join(l.o.Dir, "token-"+strings.NewReplacer(":", "-", "/", "-").Replace(n.Name))
}

// region is where n stands.
func (l *Lab) region(n *blueprint.Node) string {
	if n.Resolver != nil && n.Resolver.VPC != nil {
		return n.Resolver.VPC.Region
	}
	return "us-east-1"
}

// credentialEnvironment is how programs of c find their credentials; none if
// somebody has to give them some.
func (l *Lab) credentialEnvironment(c *topology.Client, who service.Credential) []string {
	n := l.plan.Machine(c)
	switch c.Credentials.V {
	case topology.StaticCredentials:
		return append(who.Environ(), "AWS_EC2_METADATA_DISABLED=true")
	case topology.IMDSIPv6Credentials:
		return []string{"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=IPv6"}
	case topology.ECSCredentials, topology.EKSCredentials, topology.EKSIPv6Credentials:
		if a := l.agents[n]; a != nil {
			return append(a.Environ(l.tokenFile(n)), "AWS_EC2_METADATA_DISABLED=true")
		}
	case topology.IMDSCredentials:
	}
	return nil
}

// credentials makes the call for credentials with curl, as SDKs make it, and
// reports whether the client got its own.
func (l *Lab) credentials(ctx context.Context, c *topology.Client, r *Run) (own bool, err error) {
	n := l.plan.Machine(c)
	get := func(address string, args ...string) (string, error) {
		u, err := url.Parse(address)
		if err != nil {
			return "", err
		}
		r.Command = append(append([]string{"curl", "-sS", "-f", "--connect-timeout", "2", "--max-time", "4", "-g"}, args...), l.told(c, u)...)
		r.Command = append(r.Command, address)
		err = l.start(ctx, c, r, service.Credential{})
		if r.Exit != 0 {
			return "", err
		}
		return strings.TrimSpace(r.Output), err
	}
	switch c.Credentials.V {
	case topology.IMDSCredentials, topology.IMDSIPv6Credentials:
		base := "http://169.254.169.254"
		if c.Credentials.V == topology.IMDSIPv6Credentials {
			base = "http://[fd00:ec2::254]"
		}
		var args []string
		token, err := get(base+"/latest/api/token", "-X", "PUT", "-H", "X-aws-ec2-metadata-token-ttl-seconds: 21600")
		if err != nil {
			return false, err
		}
		if token != "" {
			args = []string{"-H", "X-aws-ec2-metadata-token: " + token}
		}
		path := base + "/latest/meta-data/iam/security-credentials/"
		name, err := get(path, args...)
		if err != nil || name == "" {
			return false, err
		}
		if _, err := get(path+name, args...); err != nil {
			return false, err
		}
	case topology.ECSCredentials, topology.EKSCredentials, topology.EKSIPv6Credentials:
		a := l.agents[n]
		if a == nil {
			return false, nil
		}
		env := a.Environ("")
		_, address, _ := strings.Cut(env[0], "=")
		if strings.HasPrefix(address, "/") {
			address = "http://169.254.170.2" + address
		}
		if _, err := get(address, "-H", "Authorization: "+a.Token()); err != nil {
			return false, err
		}
	case topology.StaticCredentials:
		return true, nil
	}
	r.Output = "" // a secret
	return role(c, n, l.journal.metadataSoFar()) == "own", nil
}

// role says whose credentials c got, by what the metadata services have told;
// empty if it needs none.
func role(c *topology.Client, n *blueprint.Node, told []blueprint.Metadatum) string {
	if c.Credentials.V == topology.StaticCredentials {
		return ""
	}
	found := "none"
	for _, m := range told {
		switch {
		case m.Role == "":
		case m.Node == n.Name && n.Proxy == nil:
			found = "own"
		case strings.HasPrefix(m.Node, "proxy:"):
			found = m.Node
		}
	}
	return found
}
