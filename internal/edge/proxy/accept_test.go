package proxy

import "testing"

// The first connection that a listener accepts has its client's address like any
// other. (It is accepted on a goroutine whose stack is about to grow, and the kernel
// writes the address into that stack.)
func TestFirstConnectionIsSomebodys(t *testing.T) {
	origin := echoServer(t)
	for range 20 {
		f := start(t, permissive)
		if _, r := f.connect(origin); r.StatusCode != 200 {
			t.Fatalf("%q, want 200", r.Status)
		}
	}
}
