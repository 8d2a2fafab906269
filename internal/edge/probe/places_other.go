//go:build !windows

package probe

import "github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"

// windowsPlaces are Windows's places for proxies, of which there are none here.
func windowsPlaces() []facts.Source { return nil }
