package lab

import (
	"errors"
	"os/exec"

	"github.com/deguchi-project/deguchi/internal/engine/blueprint"
)

func (l *Lab) balancer(n *blueprint.Node, s blueprint.Service, id string) error { return nil }
func (l *Lab) metadata(n *blueprint.Node) error { return nil }
func (l *Lab) squid(n *blueprint.Node) (*exec.Cmd, error) { return nil, errors.New("later") }
