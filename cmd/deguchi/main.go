// Command deguchi is an AWS-aware forward proxy for closed networks, and the
// tools around it. Everything it can do is in internal/cli.
package main

import (
	"context"
	"os"

	"github.com/deguchi-project/deguchi/internal/cli"
)

func main() {
	os.Exit(cli.Main(context.Background(), cli.Process(), os.Args[1:]))
}
