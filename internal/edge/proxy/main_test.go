package proxy

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if is, code := crowdMain(); is {
		os.Exit(code)
	}
	goleak.VerifyTestMain(m)
}
