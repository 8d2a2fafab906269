package fabric

import (
	"errors"

	"github.com/google/nftables"
)

// CountersAfter is Counters after a socket has failed.
func (f *Fabric) CountersAfter(failed error) ([]Counter, error) {
	tries := map[*nftables.Table]int{}
	return f.counters(func(c *nftables.Conn, t *nftables.Table) ([]nftables.Obj, error) {
		if tries[t]++; tries[t] == 1 {
			return nil, errors.Join(failed, c.CloseLasting())
		}
		return c.GetNamedObjects(t)
	})
}
