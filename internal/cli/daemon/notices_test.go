package daemon

import (
	"slices"
	"testing"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

func parsed(t *testing.T, src string) *config.Config {
	t.Helper()
	cfg, problems := config.Parse("test.yaml", []byte(src), time.Now())
	if cfg == nil {
		t.Fatalf("%s: %v", src, problems)
	}
	return cfg
}

func TestNotices(t *testing.T) {
	const anyBucket, observes, unsafe = "cli.serve.any-bucket", "cli.serve.observe", "cli.serve.unsafe"
	tests := map[string]struct {
		src  string
		want []reason.Code
	}{
		"the default opens every bucket": {string(config.DefaultSource()), []reason.Code{anyBucket}},
		"named buckets":                  {"version: 1\nrules: [{allow: {services: [s3], buckets: [corp]}}]\n", nil},
		"buckets of one region":          {"version: 1\nrules: [{allow: {services: [s3], regions: [ap-northeast-3]}}]\n", []reason.Code{anyBucket}},
		"for a consumer of PrivateLink": {"version: 1\nlisten: [{address: \":1\", proxy_protocol: required, trust: [10.0.0.0/8]}]\n" +
			"clients: {c: {endpoints: [vpce-0123456789abcdef0]}}\nrules: [{allow: {services: [s3]}}]\n", []reason.Code{anyBucket}},
		"a deny in front":     {"version: 1\nrules: [{deny: {services: [s3]}}, {allow: {kinds: [api, resource]}}]\n", nil},
		"past its until":      {"version: 1\nrules: [{allow: {services: [s3]}, until: 2020-01-01}]\n", nil},
		"observing":           {"version: 1\nmode: observe\n", []reason.Code{observes}},
		"unsafe addresses":    {"version: 1\nunsafe: {addresses: [127.0.0.0/8]}\n", []reason.Code{unsafe}},
		"nothing to speak of": {"version: 1\n", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []reason.Code
			for _, n := range notices(parsed(t, tt.src), time.Now()) {
				got = append(got, n.Code)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("notices = %v, want %v", got, tt.want)
			}
		})
	}
}
