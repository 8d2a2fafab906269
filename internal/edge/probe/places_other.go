//go:build !windows

package probe

import "github.com/deguchi-project/deguchi/internal/engine/diagnose"

// windowsPlaces are Windows's places for proxies, of which there are none here.
func windowsPlaces() []diagnose.Source { return nil }
