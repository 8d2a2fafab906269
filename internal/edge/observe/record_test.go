package observe

import (
	"net/netip"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tunnel is a tunnel to S3 that has ended, with all there is to know of it.
func tunnel() *Record {
	return &Record{
		Time:       time.Date(2026, 11, 22, 13, 4, 5, 6_999_999, time.FixedZone("JST", 9*3600)),
		Trace:      Trace{0, 1, 2, 3, 0xfc, 0xfd, 0xfe, 0xff},
		Client:     netip.MustParseAddrPort("10.20.1.5:40312"),
		Peer:       netip.MustParseAddrPort("10.0.0.9:1024"),
		Endpoint:   "vpce-0a1b2c3d4e5f60718",
		ClientName: "other-cloud",
		Method:     "CONNECT",
		Host:       "corp-reports.s3.ap-northeast-1.amazonaws.com",
		Port:       443,
		Addr:       netip.MustParseAddrPort("52.219.0.1:443"),
		Answer:     "public",
		Partition:  "aws",
		Service:    "s3",
		Region:     "ap-northeast-1",
		Kind:       "resource",
		Bucket:     "corp-reports",
		Rule:       "our buckets",
		Ticket:     "CHG-1234",
		Verdict:    "allowed",
		Reason:     "rule-allows",
		Status:     200,
		Up:         1234,
		Down:       567890,
		Took:       89 * time.Millisecond,
		Config:     "0123456789ab",
	}
}

// with returns a tunnel that change has been at.
func with(change func(r *Record)) *Record {
	r := tunnel()
	change(r)
	return r
}

func TestTrace(t *testing.T) {
	if got, want := tunnel().Trace.String(), "00010203fcfdfeff"; got != want {
		t.Errorf("String = %q, want %q", got, want)
	}
}
