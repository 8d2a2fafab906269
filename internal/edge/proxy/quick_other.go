//go:build !linux

package proxy

import "github.com/deguchi-project/deguchi/internal/edge/relay"

// arrive has c served at once: here the runtime's scheduler gives the turns.
func (c *conn) arrive() (whose uint64) {
	c.turn()
	return 0
}

// quick is for systems whose relay can wait for a connection.
func (c *conn) quick() bool { return false }

type asking struct{}

func (*asking) explain(*entry, relay.Result) bool { return false }
