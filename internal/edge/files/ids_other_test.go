//go:build !unix

package files

import "testing"

func ids(*testing.T, string) (uid, gid int) { return 0, 0 }
