// Package instance is the proof that an instance of a kit does its job: the user
// data that the kit writes is run by cloud-init in a throwaway root, a copy of
// this machine's, under a systemd of its own, in a network with a stand-in for
// AWS. It has tests only. What Amazon Linux has and this machine has not, the package manager and
// the CloudWatch agent, is stood in for by a script.
package instance
