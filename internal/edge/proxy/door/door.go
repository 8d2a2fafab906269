// Package door accepts connections, bare ones where the system lets it.
package door

import (
	"errors"
	"time"
)

// KeepAlive is how long a connection may be silent before the kernel probes it:
// below the 350 s after which load balancers and NAT gateways forget a flow.
const KeepAlive = 60 * time.Second

var errNotTCP = errors.New("not a TCP socket")
