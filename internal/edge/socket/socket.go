// Package socket is the few system calls on TCP connections that forwarding
// bytes takes, on bare descriptors that never block (Linux), and the options of
// sockets that package net makes. It decides nothing and keeps nothing.
//
// The calls do not tell the Go scheduler. It would be ready to run other
// goroutines meanwhile, and under load it would often do so in the middle of
// calls that take microseconds: a tenth of the CPU time of a busy proxy. No
// descriptor that can block may be given to it.
package socket
