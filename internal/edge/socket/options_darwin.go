package socket

import "golang.org/x/sys/unix"

const keepIdle = unix.TCP_KEEPALIVE
