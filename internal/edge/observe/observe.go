// Package observe is what the proxy tells about itself: the logger, the access
// log with one line for each tunnel or request, and the metrics. Nothing in it
// can hold up a tunnel: what cannot be written is counted and dropped.
//
// It decides nothing and knows no rules; callers hand it what they found out.
package observe

import (
	"io"
	"log/slog"
)

// NewLogger returns the logger of the process: one line of text for each
// event on w, those for debugging too if it is to be verbose.
func NewLogger(w io.Writer, verbose bool) *slog.Logger {
	level := slog.LevelInfo
	if verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
}
