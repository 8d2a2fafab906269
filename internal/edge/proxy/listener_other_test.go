//go:build !unix

package proxy

import (
	"testing"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// fullListener would return a listener whose backlog is full.
func fullListener(t *testing.T) string {
	t.Helper()
	requiretest.That(t, false, "a backlog that can be filled, as on Unix")
	return ""
}
