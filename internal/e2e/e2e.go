// Package e2e is the proof that the program does its job: its tests run
// "deguchi serve" as a process of its own, between real clients (the AWS CLI,
// curl, apt) and a stand-in for AWS, with a name server that lies on demand.
// There is nothing in it but tests.
//
// The program is this very test binary, started again under another name: no
// build, and with -race the process under test is watched as well. Proxies
// listen on loopback addresses of their own, so that tests run side by side.
// AWS is on port 443 of such an address: root may listen there, and everybody
// else gets a network namespace where he is root. Where the kernel gives none,
// the tests that need real URLs are skipped.
package e2e
