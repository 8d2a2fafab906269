package noproxy

import "testing"

// BenchmarkRoute is the question that a survey of routes asks most.
func BenchmarkRoute(b *testing.B) {
	vars := Everywhere(p1, p1, "localhost,127.0.0.1,169.254.169.254,169.254.170.2,10.0.0.0/8,.internal,.s3.ap-northeast-1.amazonaws.com")
	for _, id := range []string{"aws-cli-v2", "go", "curl", "java-v2"} {
		p, err := Named(id)
		if err != nil {
			b.Fatal(err)
		}
		t := Target{Scheme: "https", Host: "corp-reports.s3.ap-northeast-1.amazonaws.com"}
		b.Run(id, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = p.Route(vars, t)
			}
		})
	}
}
