package planner

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// TestProgress: what is done soon is done silently; what takes long speaks, not
// too often, and leaves a clean line.
func TestProgress(t *testing.T) {
	tests := []struct {
		why  string
		each time.Duration // for a client
		want string
	}{
		{"soon done", 100 * time.Millisecond, ""},
		{"long", 500 * time.Millisecond, "\r4 of 6 clients\r5 of 6 clients\r6 of 6 clients\r\x1b[K"},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out strings.Builder
				p := newProgress(&out, reason.English)
				for i := range 6 {
					time.Sleep(tt.each)
					p.done(i+1, 6)
				}
				p.done(6, 6) // at once: not worth saying
				p.end()
				if out.String() != tt.want {
					t.Errorf("progress writes %q, want %q", out.String(), tt.want)
				}
			})
		})
	}
}
