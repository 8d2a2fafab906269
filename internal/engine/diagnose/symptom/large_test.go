package symptom

import (
	"strings"
	"testing"
	"time"
)

// TestLargePaste: of a long log, in which everything could mean something, only
// what is wrong is told. How long it took is shown, and decides nothing.
func TestLargePaste(t *testing.T) {
	line := "2026-11-22T10:11:12.123Z INFO [app] request 200 for ssm.ap-northeast-1.amazonaws.com took 12 ms, error rate 0, response ok, failed 0\n"
	text := strings.Repeat(line, MaxText/4/len(line)) + "curl: (56) CONNECT tunnel failed, response 407\n"
	began := time.Now()
	e := Explain(text)
	t.Logf("%d bytes took %v", len(text), time.Since(began))
	if len(e.Messages) != 1 || e.Messages[0].Causes[0] != "proxy-407" {
		t.Errorf("messages %+v, want proxy-407", e.Messages)
	}
}
