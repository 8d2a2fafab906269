package relay

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails on goroutines left behind. On Linux the test binary also plays
// the proxy whose memory is measured.
func TestMain(m *testing.M) {
	if !playedChild() {
		goleak.VerifyTestMain(m)
	}
}
