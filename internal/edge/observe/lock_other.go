//go:build !unix

package observe

import "os"

// alone is true: no process hands over here.
func alone(*os.File) bool { return true }

func share(*os.File) {}
