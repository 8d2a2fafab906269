//go:build !unix

package proxy

// descriptorBudget returns what is safe where the system has no such limit.
func descriptorBudget() int64 { return 1 << 16 }
