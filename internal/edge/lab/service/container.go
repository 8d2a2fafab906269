package service

import (
	"net"
	"net/http"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// ContainerOptions say whose credential agent it is.
type ContainerOptions struct {
	Kind   topology.Credentials // ECSCredentials, EKSCredentials or EKSIPv6Credentials
	Role   Identity             // of the task or the pod
	Issue  func(Identity) Credential
	Record func(MetadataRequest) // is told of every request; may be nil
}

// Container is the agent that gives containers their credentials: that of ECS at
// 169.254.170.2, or EKS Pod Identity at 169.254.170.23 and fd00:ec2::23. Sources:
// AWS SDKs and Tools Reference Guide, "Container credential provider"; Amazon EKS
// User Guide, "EKS Pod Identity".
type Container struct {
	o       ContainerOptions
	lender  lender
	servers servers
	path    string
	token   string // what a pod has to show; empty at ECS, where the path is secret
}

// NewContainer returns an agent that does not listen yet.
func NewContainer(o ContainerOptions) *Container {
	c := &Container{o: o, lender: lender{issue: o.Issue, whose: o.Role}, path: "/v1/credentials", token: randomHex(32)}
	if o.Kind == topology.ECSCredentials {
		c.path, c.token = "/v2/credentials/"+randomHex(16), ""
	}
	return c
}

// Token is what has to stand in the file that Environ names; empty if none does.
func (c *Container) Token() string { return c.token }

// Environ returns the environment variables by which SDKs find the agent. Only
// pods have a token file.
func (c *Container) Environ(tokenFile string) []string {
	host := "169.254.170.23"
	switch c.o.Kind {
	case topology.ECSCredentials:
		return []string{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=" + c.path}
	case topology.EKSIPv6Credentials:
		host = "[fd00:ec2::23]"
	case topology.StaticCredentials, topology.IMDSCredentials, topology.IMDSIPv6Credentials, topology.EKSCredentials:
	}
	return []string{"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://" + host + c.path, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=" + tokenFile}
}

// Serve answers connections of ln until Close. It takes ln over and returns at
// once.
func (c *Container) Serve(ln net.Listener) {
	c.servers.serve(ln, server(c.answer))
}

// Close ends every connection.
func (c *Container) Close() error { return c.servers.close() }

func (c *Container) answer(w http.ResponseWriter, r *http.Request) {
	e := answering{ResponseWriter: w}
	e.record = requestOf(r, c.o.Role)
	switch {
	case r.Method != http.MethodGet || r.URL.Path != c.path:
		http.NotFound(&e, r)
	case c.token != "" && r.Header.Get("Authorization") != c.token:
		http.Error(&e, "Unauthorized", http.StatusUnauthorized)
	default:
		lent := c.lender.credential()
		e.record.KeyID = lent.KeyID
		answerJSON(&e, map[string]string{
			"AccessKeyId": lent.KeyID, "SecretAccessKey": lent.Secret, "Token": lent.Token, "Expiration": stamp(lent.Expires),
		})
	}
	if c.o.Record != nil {
		c.o.Record(e.record)
	}
}
