// Package systemd is how the proxy talks to the manager that started it:
// listeners handed over by socket activation, and readiness. Where there is no
// such manager, it does nothing and says nothing.
package systemd

import "net"

// Listeners returns the stream sockets that systemd handed over, none if there
// are none, and takes the variables that told of them out of the environment.
func Listeners() ([]net.Listener, error) { return nil, nil }

// Ready tells that the process serves.
func Ready() {}

// Reloading tells that the configuration is being read again. Ready follows.
func Reloading() {}

// Stopping tells that the process is on its way out.
func Stopping() {}

// Status tells in one line what the process is doing.
func Status(text string) {}
