package symptom

import (
	"slices"
	"strings"
	"testing"
)

// variants are what other versions, other programs and other places make of the
// texts in the table, by what they mean. Of several causes each is to be named.
var variants = []struct{ text, want string }{
	// The AWS CLI of today names the class of an error in front.
	{"aws: [ERROR]: An error occurred (NoCredentials): Unable to locate credentials. You can configure credentials by running \"aws login\".", "creds-imds-via-proxy imds-hoplimit"},
	{"fatal error: Unable to locate credentials", "creds-imds-via-proxy imds-hoplimit ssm-norole"},
	{"botocore.exceptions.NoCredentialsError: Unable to locate credentials", "creds-imds-via-proxy imds-hoplimit"},
	{"aws: [ERROR]: An error occurred (ProxyConnectionError): Failed to connect to proxy URL: \"http://10.40.7.3:8080\"", "proxy-refused proxy-dns proxy-403 proxy-407 lb-not-nlb proxy-5xx imds-via-dead-proxy"},
	{"botocore.exceptions.ProxyConnectionError: Failed to connect to proxy URL: \"http://user:***@[fd00::5]:3128/\"", "proxy-refused proxy-dns proxy-403 proxy-407"},

	// Credentials, as other SDKs say it.
	{"software.amazon.awssdk.core.exception.SdkClientException: Unable to load credentials from any of the providers in the chain AwsCredentialsProviderChain(credentialsProviders=[...])", "creds-imds-via-proxy imds-hoplimit"},
	{"CredentialsProviderError: Could not load credentials from any providers\n    at /app/node_modules/@aws-sdk/credential-provider-node/dist-cjs/index.js:124:13", "creds-imds-via-proxy"},
	{"Amazon.Runtime.AmazonServiceException: Unable to get IAM security credentials from EC2 Instance Metadata Service.", "creds-imds-via-proxy"},
	{"Aws::Errors::MissingCredentialsError: unable to sign request without credentials set", "creds-imds-via-proxy"},
	{"Error: No valid credential sources found\n\nError: failed to refresh cached credentials, no EC2 IMDS role found, operation error ec2imds: GetMetadata, exceeded maximum number of attempts, 3", "go-nocred"},
	{"no providers in chain provided credentials", "creds-imds-via-proxy"},
	{"2026-11-22 10:00:01,120 - MainThread - botocore.utils - DEBUG - Caught retryable HTTP exception while making metadata service request to http://169.254.169.254/latest/api/token: Failed to connect to proxy URL: \"http://10.0.0.5:3128\"", "imds-via-dead-proxy"},
	{"botocore.utils - DEBUG - Caught retryable HTTP exception while making metadata service request to http://169.254.169.254/latest/api/token: Connect timeout on endpoint URL: \"http://169.254.169.254/latest/api/token\"", "imds-unreachable"},

	{"Put \"http://169.254.169.254/latest/api/token\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)", "imds-hoplimit"},
	{"Connect timeout on endpoint URL: \"http://169.254.169.254/latest/api/token\"", "imds-unreachable"},
	{"botocore.exceptions.CredentialRetrievalError: Error when retrieving credentials from container-role: Error retrieving metadata: Received error when attempting to retrieve container metadata: Read timeout on endpoint URL: \"http://169.254.170.2/v2/credentials/x\"", "creds-imds-via-proxy"},
	{"Error: Retrieving AWS account details: validating provider credentials: retrieving caller identity from STS: operation error STS: GetCallerIdentity, https response error StatusCode: 0, RequestID: , request send failed, Post \"https://sts.us-east-1.amazonaws.com/\": net/http: TLS handshake timeout", "go-pq-clienthello"},
	{"error configuring Terraform AWS Provider: error validating provider credentials: error calling sts:GetCallerIdentity: RequestError: send request failed\ncaused by: Post \"https://sts.us-east-1.amazonaws.com/\": dial tcp 52.46.150.4:443: i/o timeout", "terraform-sts-timeout"},
	{"TimeoutError: Socket timed out without establishing a connection within 1000 ms", "js-v3-noproxy"},
	{"botocore.exceptions.ConnectionClosedError: Connection was closed before we received a valid response from endpoint URL: \"https://sns.eu-west-1.amazonaws.com/\".", "proxy-closed ppv2-mismatch"},
	{"An error occurred (InvalidSignatureException) when calling the ListParameters operation: Signature expired: 20261122T095500Z is now earlier than 20261122T100512Z (20261122T101012Z - 5 min.)", "clock-skew"},

	// What a proxy answered to CONNECT, by program.
	{"Caused by: org.apache.http.impl.execchain.TunnelRefusedException: CONNECT refused by proxy: HTTP/1.1 403 Forbidden", "proxy-403"},
	{"java.io.IOException: Unable to tunnel through proxy. Proxy returns \"HTTP/1.0 407 Proxy Authentication Required\"", "proxy-407"},
	{"java.io.IOException: Unexpected response code for CONNECT: 503", "proxy-5xx"},
	{"npm ERR! network tunneling socket could not be established, statusCode=403", "proxy-403"},
	{"System.Net.Http.HttpRequestException: The proxy tunnel request to proxy 'http://p.corp.example:8080/' failed with status code '502'.\"", "proxy-5xx"},
	{"fatal: unable to access 'https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/a/': Received HTTP code 405 from proxy after CONNECT", "lb-not-nlb"},
	{"OSError('Tunnel connection failed: 403 Access Denied by policy')", "proxy-403"},
	{"urllib3.exceptions.ProxyError: ('Unable to connect to proxy', OSError('Tunnel connection failed: 504 Gateway Time-out'))", "proxy-5xx"},
	{"OSError: Tunnel connection failed: 302 Found", "captive-portal"},
	{"curl: (56) CONNECT tunnel failed, response 511", "captive-portal"},
	{"requests.exceptions.ProxyError: HTTPSConnectionPool(host='corp-reports.s3.eu-central-1.amazonaws.com', port=443): Max retries exceeded with url: / (Caused by ProxyError('Unable to connect to proxy', OSError('Tunnel connection failed: 403 Forbidden')))", "proxy-403-virtualhost proxy-403"},
	{"Error response from daemon: Get \"https://123456789012.dkr.ecr.us-west-2.amazonaws.com/v2/\": Forbidden", "proxy-403"},

	// A proxy that is not reached.
	{"curl: (7) Failed to connect to proxy.corp.example port 3128: Connection refused", "proxy-refused"},
	{"curl: (7) Failed to connect to sts.us-west-2.amazonaws.com port 443 via proxy.corp.example after 1 ms: Could not connect to server", "proxy-refused proxy-unreachable"},
	{"curl: (7) Failed to connect to 10.0.0.9 port 3128: No route to host", "proxy-unreachable"},
	{"HTTPSConnectionPool(host='sts.amazonaws.com', port=443): Max retries exceeded with url: / (Caused by ProxyError('Cannot connect to proxy.', NewConnectionError('<urllib3.connection.HTTPSConnection object at 0x7f>: Failed to establish a new connection: [Errno 111] Connection refused')))", "proxy-refused"},
	{"proxyconnect tcp: dial tcp: lookup proxy.internal on 10.0.0.2:53: server misbehaving", "proxy-dns"},
	{"curl: (5) Could not resolve proxy: proxy.internal", "proxy-dns"},

	// Nobody in between.
	{"Could not connect to the endpoint URL: \"https://monitoring.eu-west-3.amazonaws.com/\"", "direct-no-route noproxy-too-broad"},
	{"Connect timeout on endpoint URL: \"https://corp-reports.s3.ap-northeast-3.amazonaws.com/?list-type=2\"", "direct-no-route noproxy-too-broad"},
	{"ConnectionError: HTTPSConnectionPool(host='sts.amazonaws.com', port=443): Max retries exceeded with url: / (Caused by NameResolutionError(\"<urllib3.connection.HTTPSConnection object at 0x7f>: Failed to resolve 'sts.amazonaws.com' ([Errno -2] Name or service not known)\"))", "direct-no-route"},
	{"Get \"https://ec2.eu-west-1.amazonaws.com/\": dial tcp 67.220.226.1:443: connect: network is unreachable", "direct-no-route"},

	// TLS, by library and version.
	{"ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self signed certificate in certificate chain (_ssl.c:1129)", "tls-intercept"},
	{"curl: (60) SSL certificate problem: self signed certificate in certificate chain", "tls-intercept"},
	{"Error: unable to verify the first certificate\n  code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'", "tls-intercept"},
	{"sun.security.validator.ValidatorException: PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target", "tls-intercept"},
	{"tls: failed to verify certificate: x509: certificate is valid for *.zscaler.net, not sts.amazonaws.com", "tls-intercept"},
	{"curl: (60) schannel: SEC_E_UNTRUSTED_ROOT (0x80090325)", "tls-intercept"},
	{"SSL validation failed for https://kms.eu-west-1.amazonaws.com/ EOF occurred in violation of protocol (_ssl.c:2427)", "tls-eof"},
	{"SSL validation failed for https://ec2.sa-east-1.amazonaws.com/ [Errno 2] No such file or directory", "ca-bundle-missing"},
	{"Could not find a suitable TLS CA certificate bundle, invalid path: C:\\certs\\corp.pem", "ca-bundle-missing"},
	{"curl: (77) error adding trust anchors from file: /etc/ssl/nowhere.pem", "ca-bundle-missing"},
	{"curl: (35) error:1408F10B:SSL routines:ssl3_get_record:wrong version number", "scheme-https tunnel-not-tls"},

	// The clock.
	{"An error occurred (SignatureDoesNotMatch) when calling the GetCallerIdentity operation: Signature not yet current: 20261122T101112Z is still later than 20261122T095500Z (20261122T095000Z + 5 min.)", "clock-skew"},
	{"An error occurred (RequestTimeTooSkewed) when calling the PutObject operation: The difference between the request time and the current time is too large.", "clock-skew"},
	{"x509: certificate has expired or is not yet valid: current time 1970-01-01T00:03:11Z is before 2026-02-01T00:00:00Z", "clock-skew"},
	{"[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate is not yet valid (_ssl.c:1000)", "clock-skew"},

	// Somebody else answers.
	{"'ListTopicsResult'", "html-200"},
	{"aws: [ERROR]: 'AssumeRoleResult'", "html-200"},
	{"KeyError: 'DescribeStacksResult'", "html-200"},
	{"Unable to parse response (not well-formed (invalid token): line 1, column 2), invalid XML received. Further retries may succeed:\nb'<!DOCTYPE html>'", "html-200"},
	{"An error occurred (502) when calling the ListTopics operation (reached max retries: 4): Bad Gateway", "html-503-in-tunnel"},

	// Policies and regions.
	{"An error occurred (AccessDenied) when calling the PutObject operation: User: arn:aws:sts::111122223333:assumed-role/app/i-0abc is not authorized to perform: s3:PutObject on resource: \"arn:aws:s3:::b/k\" because no VPC endpoint policy allows the s3:PutObject action", "vpce-policy-deny"},
	{"An error occurred (AccessDenied) when calling the ListObjectsV2 operation: User: arn:aws:iam::1:role/a is not authorized to perform: s3:ListBucket with an explicit deny in a VPC endpoint policy", "vpce-policy-deny"},
	{"An error occurred (AccessDenied) when calling the GetObject operation: Access Denied", "sourcevpce-deny"},
	{"operation error S3: ListObjectsV2, https response error StatusCode: 403, RequestID: A, HostID: B, api error AccessDenied: Access Denied", "sourcevpce-deny"},
	{"An error occurred (AuthorizationHeaderMalformed) when calling the GetObject operation: The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'ap-northeast-3'", "s3-redirect"},
	{"Could not connect to the endpoint URL: \"https://ec2.ap-northeast-1a.amazonaws.com/\"", "region-is-az"},
	{"curl: (6) Could not resolve host: ssm.eu-west-2c.amazonaws.com", "region-is-az"},

	// The SSM agent and its plugin.
	{"2026-11-22 10:11:12 INFO Proxy environment variables:\n2026-11-22 10:11:12 INFO https_proxy: \n2026-11-22 10:11:12 INFO http_proxy: \n2026-11-22 10:11:12 INFO no_proxy: \n", "ssm-proxy-env-not-in-unit"},
	{"2026-11-22 10:12:00 ERROR [ssm-agent-worker] [MessageService] error when calling AWS APIs. error details - RequestError: send request failed\ncaused by: Post \"https://ssm.ap-northeast-1.amazonaws.com/\": dial tcp 52.119.205.3:443: i/o timeout", "ssm-user-data-typo ssm-proxy-env-not-in-unit"},
	{"failed to connect data channel: websocket: bad handshake", "ssm-hang-after-start"},
	{"Starting session with SessionId: ops-0a1b2c3d4e5f60718\n\n^C", "ssm-hang-after-start"},
	{"EC2RoleRequestError: no EC2 instance role found\ncaused by: EC2MetadataError: failed to make EC2Metadata request\n\n\tstatus code: 404, request id: ", "ssm-norole ssm-role-after-update"},
	{"dial tcp: lookup ec2messages.eu-west-1.amazonaws.com on 10.0.0.2:53: no such host", "ec2messages-retired"},
	{"Errors during downloading metadata for repository 'amazonlinux':\n  - Status code: 403 for https://al2023-repos-eu-west-1-de612dc2.s3.dualstack.eu-west-1.amazonaws.com/core/mirrors/latest/x86_64/mirror.list", "dnf-repo-blocked"},
	{"Unable to execute HTTP request: Connect to sns.eu-west-1.amazonaws.com:443 failed", "java-unable"},
	{"software.amazon.awssdk.core.exception.SdkClientException: Unable to execute HTTP request: sts.eu-west-1.amazonaws.com", "java-unable"},
}

// surroundings are what stands around a message.
var surroundings = map[string]func(string) string{
	"alone": func(s string) string { return s },
	"in a log": func(s string) string {
		return "Nov 22 10:11:12 ip-10-0-0-1 app[4711]: INFO started\nNov 22 10:11:13 ip-10-0-0-1 app[4711]: " + s + "\n"
	},
	"as Windows has":  func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") + "\r\n" },
	"of 80 columns":   func(s string) string { return wrap(s, 80) },
	"in GitHub's log": func(s string) string { return "2026-11-22T10:11:12.1234567Z \x1b[31m" + s + "\x1b[0m" },
	"of a container":  func(s string) string { return "app-1  | " + strings.ReplaceAll(s, "\n", "\napp-1  | ") },
}

func TestVariants(t *testing.T) {
	for _, v := range variants {
		for where, around := range surroundings {
			if where == "of a container" && strings.Contains(v.text, "\n") {
				continue // its name stands in the middle of the message
			}
			e := Explain(around(v.text))
			if len(e.Messages) == 0 {
				t.Errorf("%s: Explain(%q) finds nothing, want %s", where, v.text, v.want)
				continue
			}
			for want := range strings.FieldsSeq(v.want) {
				if !slices.Contains(e.Messages[0].Causes, want) {
					t.Errorf("%s: Explain(%q): %q, want %s", where, v.text, e.Messages[0].Causes, want)
				}
			}
		}
	}
}

// TestInnocent is about texts in which nothing of this is wrong.
func TestInnocent(t *testing.T) {
	for _, text := range []string{
		"",
		"FileNotFoundError: [Errno 2] No such file or directory: 'report.csv'",
		"cat: /etc/foo: No such file or directory",
		"10.0.0.4 - - [22/Nov/2026:10:11:12 +0000] \"POST / HTTP/1.1\" 405 Method Not Allowed",
		"An error occurred (MethodNotAllowed) when calling the DeleteObject operation: The specified method is not allowed against this resource.",
		"An error occurred (404) when calling the HeadObject operation: Not Found",
		"An error occurred (NoSuchBucket) when calling the ListObjectsV2 operation: The specified bucket does not exist",
		"An error occurred (AccessDenied) when calling the DescribeInstances operation: User: arn:aws:iam::1:user/a is not authorized to perform: ec2:DescribeInstances because no identity-based policy allows the ec2:DescribeInstances action",
		"An error occurred (ThrottlingException) when calling the DescribeInstances operation (reached max retries: 4): Rate exceeded",
		"Starting session with SessionId: ops-0a1b2c\nsh-5.2$ uptime\nsh-5.2$ exit\nexit\n\nExiting session with sessionId: ops-0a1b2c.\n",
		"Starting session with SessionId: ops-0a1b2c\nPort 5432 opened for sessionId ops-0a1b2c.\nWaiting for connections...",
		"2026-11-22 INFO Proxy environment variables:\n2026-11-22 INFO http_proxy: http://p:3128\n2026-11-22 INFO https_proxy: http://p:3128\n2026-11-22 INFO no_proxy: 169.254.169.254\n",
		"Set HTTP proxy environment variables:\nexport HTTP_PROXY=http://proxy.example:3128\n",
		"nginx: using a self-signed certificate for localhost",
		"W: GPG error: the signing key is not trusted.",
		"{\n    \"UserId\": \"AIDA\",\n    \"Account\": \"123456789012\",\n    \"Arn\": \"arn:aws:iam::123456789012:user/ops\"\n}",
		"upload: ./a.csv to s3://corp-reports/a.csv",
		"INFO calling ec2messages.eu-west-1.amazonaws.com, 200 OK",
		"Downloading https://al2023-repos-eu-west-1-de612dc2.s3.dualstack.eu-west-1.amazonaws.com/core/x.rpm  100%",
		"result = response['GetCallerIdentityResult']['Arn']",
		"http://socks.example.com/shop is up",
		"The service is running in us-east-1a.",
		"panic: runtime error: index out of range [3] with length 3",
		"ssh: connect to host 10.0.0.1 port 22: Connection refused",
		"500 Internal Server Error",
	} {
		if e := Explain(text); len(e.Matches) > 0 {
			t.Errorf("Explain(%q) = %q by %q, want nothing", text, ids(e), e.Matches[0].Texts)
		}
	}
}

// TestSeveralMessages: one paste, several things that are wrong, and each is
// told by itself; but what the debug log tells about a message is no message of
// its own.
func TestSeveralMessages(t *testing.T) {
	const ambiguous = "Failed to connect to proxy URL: \"http://10.0.0.5:3128\"\n"
	for why, tt := range map[string]struct {
		text string
		want []string // the causes of each message; "*" for several
	}{
		"two that have nothing to do with each other": {
			"$ aws s3 ls\n" + ambiguous + "$ aws sts get-caller-identity\nAn error occurred (RequestTimeTooSkewed) when calling the ListBuckets operation: The difference between the request time and the current time is too large.\n",
			[]string{"clock-skew", "*"},
		},
		"one three times":                       {ambiguous + ambiguous + ambiguous, []string{"*"}},
		"the debug log tells which":             {ambiguous + "OSError: Tunnel connection failed: 407 Proxy Authentication Required\n", []string{"proxy-407"}},
		"with two answers, both are told":       {"curl: (56) CONNECT tunnel failed, response 403\ncurl: (5) Could not resolve proxy: proxy.corp\n", []string{"proxy-403", "proxy-dns"}},
		"what wraps a message stands behind it": {"SdkClientException: Unable to execute HTTP request: PKIX path building failed", []string{"tls-intercept", "java-unable"}},
	} {
		e := Explain(tt.text)
		var got []string
		for _, m := range e.Messages {
			if c := strings.Join(m.Causes, " "); len(m.Causes) == 1 {
				got = append(got, c)
			} else {
				got = append(got, "*")
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: messages %q, want %q", why, got, tt.want)
		}
	}
}

// TestNothingToPaste: what is taken out of a text into a command means nothing
// to a shell.
func TestNothingToPaste(t *testing.T) {
	e := Explain("Failed to connect to proxy URL: \"http://p.example:3128;reboot\" for https://sts.amazonaws.com/$(reboot)`reboot`&x")
	if e.Proxy != "http://p.example:3128" || e.Target != "https://sts.amazonaws.com/" {
		t.Errorf("proxy %q, target %q", e.Proxy, e.Target)
	}
	e = Explain("HTTPSConnectionPool(host='sts.eu-west-1.amazonaws.com', port=443): Read timed out. (read timeout=60)")
	if e.Target != "https://sts.eu-west-1.amazonaws.com/" {
		t.Errorf("target %q", e.Target)
	}
}
