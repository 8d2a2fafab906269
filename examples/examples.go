// Package examples holds topologies and configurations to copy, one for each of
// the five stories. The program brings the stories with it, for "deguchi lab
// demo"; a test keeps them true.
package examples

import "embed"

// Files are the topologies and the configurations that they name.
//
//go:embed *.yaml
var Files embed.FS
