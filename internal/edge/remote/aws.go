package remote

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// Limits of one call. Who reads bounds the whole, attempts and waits between them.
const (
	dialTimeout   = 3 * time.Second
	tlsTimeout    = 5 * time.Second
	headerTimeout = 5 * time.Second
	attempts      = 3
	pause         = 200 * time.Millisecond // before the second attempt; twice that before the third
	// maxAnswer bounds any answer: a configuration, with room for JSON around it
	// and for what it escapes.
	maxAnswer = 2 * yamldoc.MaxBytes
)

var (
	errUnchanged = errors.New("as it was")
	errTooLarge  = errors.New("larger than a configuration may be")
	errNoRegion  = errors.New("no region in AWS_REGION, in the shared configuration or from the instance's metadata")
)

// client asks AWS. The SDK's parts fetch credentials and sign. The two calls are
// made here, and the sources are asked here in their order: the SDK's own clients
// and its configuration, with all that people sign in by, would be a sixth of the
// program.
type client struct {
	region      string
	credentials aws.CredentialsProvider
	profile     profile
	http        *http.Client
}

// connect finds out who and where this machine is to AWS.
func connect(ctx context.Context) (*client, error) {
	p, err := readProfile()
	if err != nil {
		return nil, err
	}
	roots, err := authorities(p)
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Timeout: dialTimeout}
	c := &client{profile: p, http: &http.Client{
		Transport: &http.Transport{ // Proxy stays nil
			DialContext:           dialer.DialContext,
			TLSClientConfig:       &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:   tlsTimeout,
			ResponseHeaderTimeout: headerTimeout,
			IdleConnTimeout:       time.Minute,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if c.region, err = region(ctx, p, c.http); err != nil {
		return nil, err
	}
	provider, err := chain(p, c.http)
	if err != nil {
		return nil, err
	}
	c.credentials = aws.NewCredentialsCache(provider)
	return c, nil
}

// endpoint returns where service answers: what the environment says, else its
// name in the region.
func (c *client) endpoint(service string) (*url.URL, error) {
	named := cmp.Or(os.Getenv("AWS_ENDPOINT_URL_"+strings.ToUpper(service)), os.Getenv("AWS_ENDPOINT_URL"), c.profile["endpoint_url"])
	if named != "" && !c.wished("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") {
		u, err := url.Parse(named)
		if err == nil && (u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
			err = errors.New("no http or https URL")
		}
		if err != nil {
			return nil, fmt.Errorf("the endpoint of %s: %w", service, err)
		}
		return u, nil
	}
	partition, ok := awsname.PartitionOf(c.region)
	if !ok {
		return nil, errNoRegion
	}
	host, under, dual := service, "", c.wished("AWS_USE_DUALSTACK_ENDPOINT")
	if c.wished("AWS_USE_FIPS_ENDPOINT") {
		host += "-fips"
	}
	switch {
	case dual && service == "s3":
		host += ".dualstack"
	case dual:
		under = "dual"
	}
	return &url.URL{Scheme: "https", Host: host + "." + c.region + "." + awsname.Suffix(partition, under)}, nil
}

// wished reports whether a variable, or the setting of its name, says true.
func (c *client) wished(variable string) bool {
	return strings.EqualFold(cmp.Or(os.Getenv(variable), c.profile[strings.ToLower(strings.TrimPrefix(variable, "AWS_"))]), "true")
}

// call sends a request, a few times if it must, and returns the answer with its
// body: what is not good is an *apiError.
func (c *client) call(ctx context.Context, service string, make func() (*http.Request, string, error)) (*http.Response, []byte, error) {
	for attempt := 0; ; attempt++ {
		resp, body, err := c.once(ctx, service, make)
		if err == nil || attempt == attempts-1 || !passing(err) || ctx.Err() != nil {
			return resp, body, err
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause << attempt):
		}
	}
}

// once sends what make makes, signed.
func (c *client) once(ctx context.Context, service string, make func() (*http.Request, string, error)) (*http.Response, []byte, error) {
	req, hash, err := make()
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("X-Amz-Content-Sha256", hash)
	keys, err := c.credentials.Retrieve(ctx)
	if err != nil {
		return nil, nil, err
	}
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = service == "s3" })
	if err := signer.SignHTTP(ctx, keys, req, hash, service, c.region, time.Now()); err != nil {
		return nil, nil, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case resp.StatusCode == http.StatusNotModified:
		return resp, nil, errUnchanged
	case err != nil:
		return nil, nil, fmt.Errorf("reading the answer: %w", err)
	case len(body) > maxAnswer:
		return nil, nil, errTooLarge
	case resp.StatusCode != http.StatusOK:
		return nil, nil, refused(resp, body)
	}
	return resp, body, nil
}

// passing reports whether an error may be gone a moment later.
func passing(err error) bool {
	if e, ok := errors.AsType[*apiError](err); ok {
		return e.status >= 500 || e.status == http.StatusTooManyRequests || strings.Contains(e.code, "Throttl")
	}
	_, ok := errors.AsType[*url.Error](err) // of the way there
	return ok
}
