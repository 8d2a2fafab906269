package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// Limits of one call. Who reads bounds the whole, attempts and waits between them.
const (
	dialTimeout   = 3 * time.Second
	tlsTimeout    = 5 * time.Second
	headerTimeout = 5 * time.Second
	attempts      = 3
	// maxAnswer bounds any answer: a configuration, with room for JSON around it
	// and for what it escapes.
	maxAnswer = 2 * yamldoc.MaxBytes
)

var (
	errUnchanged = errors.New("as it was")
	errTooLarge  = errors.New("larger than a configuration may be")
	errNoRegion  = errors.New("no region in AWS_REGION, in the shared configuration or from the instance's metadata")
)

// clients ask AWS.
type clients struct {
	s3  *s3.Client
	ssm *ssm.Client
}

// connect has the SDK find region and credentials. It is told nothing here.
func connect(ctx context.Context) (*clients, error) {
	client := awshttp.NewBuildableClient().
		WithDialerOptions(func(d *net.Dialer) { d.Timeout = dialTimeout }).
		WithTransportOptions(func(t *http.Transport) {
			t.Proxy = nil
			t.TLSHandshakeTimeout, t.ResponseHeaderTimeout = tlsTimeout, headerTimeout
		})
	options := []func(*config.LoadOptions) error{
		config.WithHTTPClient(client),
		config.WithLogger(logging.Nop{}), // what it has to say comes as an error
		config.WithRetryMaxAttempts(attempts),
	}
	cfg, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, err
	}
	if cfg.Region == "" { // an instance knows its own
		if cfg, err = config.LoadDefaultConfig(ctx, append(options, config.WithEC2IMDSRegion())...); err != nil || cfg.Region == "" {
			return nil, errNoRegion
		}
	}
	cfg.HTTPClient = bounded{cfg.HTTPClient}
	return &clients{s3: s3.NewFromConfig(cfg), ssm: ssm.NewFromConfig(cfg)}, nil
}

// object reads an object of S3, unless it is still the one of version have.
func (c *clients) object(ctx context.Context, bucket, key, have string) (Document, error) {
	in := &s3.GetObjectInput{Bucket: &bucket, Key: &key}
	if have != "" {
		in.IfNoneMatch = aws.String(`"` + have + `"`)
	}
	now := time.Now()
	out, err := c.s3.GetObject(ctx, in)
	if err != nil {
		if r, ok := errors.AsType[*smithyhttp.ResponseError](err); ok && r.HTTPStatusCode() == http.StatusNotModified {
			err = errUnchanged
		}
		return Document{}, err
	}
	defer out.Body.Close()
	text, err := io.ReadAll(io.LimitReader(out.Body, yamldoc.MaxBytes+1))
	switch {
	case err != nil:
		return Document{}, fmt.Errorf("reading the object: %w", err)
	case len(text) > yamldoc.MaxBytes:
		return Document{}, errTooLarge
	}
	return Document{Version: strings.Trim(aws.ToString(out.ETag), `"`), Text: text, Taken: now}, nil
}

// parameter reads a parameter of Systems Manager, which cannot be asked whether
// it has changed.
func (c *clients) parameter(ctx context.Context, name string) (Document, error) {
	now := time.Now()
	out, err := c.ssm.GetParameter(ctx, &ssm.GetParameterInput{Name: &name, WithDecryption: aws.Bool(true)})
	switch {
	case err != nil:
		return Document{}, err
	case out.Parameter == nil:
		return Document{}, errors.New("an answer without a parameter")
	}
	return Document{Version: strconv.FormatInt(out.Parameter.Version, 10), Text: []byte(aws.ToString(out.Parameter.Value)), Taken: now}, nil
}

// classified returns the code for what AWS answered, "" if it said nothing that
// is known.
func classified(err error) reason.Code {
	if errors.Is(err, errTooLarge) {
		return "remote.too-large"
	}
	if errors.Is(err, errNoRegion) {
		return "remote.no-region"
	}
	if r, ok := errors.AsType[*smithyhttp.ResponseError](err); ok && r.HTTPStatusCode() == http.StatusMovedPermanently {
		return "remote.elsewhere"
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		switch api.ErrorCode() {
		case "NoSuchKey", "NoSuchBucket", "ParameterNotFound", "ParameterVersionNotFound":
			return "remote.missing"
		case "AccessDenied", "AccessDeniedException", "Forbidden", "InvalidAccessKeyId", "SignatureDoesNotMatch",
			"ExpiredToken", "ExpiredTokenException", "UnrecognizedClientException", "InvalidClientTokenId":
			return "remote.denied"
		case "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException":
			return "remote.elsewhere"
		}
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return "remote.unreachable"
	}
	return ""
}

// bounded is a client whose answers end at maxAnswer.
type bounded struct{ next aws.HTTPClient }

func (b bounded) Do(r *http.Request) (*http.Response, error) {
	resp, err := b.next.Do(r)
	if err == nil {
		resp.Body = &boundedBody{resp.Body, maxAnswer}
	}
	return resp, err
}

type boundedBody struct {
	io.ReadCloser
	left int
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLarge
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
