//go:build unix

package observe

import (
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/deguchi-project/deguchi/internal/model/config"
)

// BenchmarkLinesPerSecond writes for a second at each rate, and tells what a line
// costs, how long whoever writes it waits, and how many are lost.
func BenchmarkLinesPerSecond(b *testing.B) {
	for _, rate := range []int{1, 10, 100, 1000, 10_000, 100_000} {
		b.Run(strconv.Itoa(rate), func(b *testing.B) {
			l, err := OpenLog(filepath.Join(b.TempDir(), "access.log"), config.LogJSON, nil, newJournal().logger())
			if err != nil {
				b.Fatal(err)
			}
			r := tunnel()
			lines := rate * b.N
			waits := make([]time.Duration, 0, lines)
			before, start := processTime(), time.Now()
			for len(waits) < lines {
				due := min(lines, 1+int(time.Since(start).Seconds()*float64(rate)))
				for len(waits) < due {
					t := time.Now()
					l.Write(r)
					waits = append(waits, time.Since(t))
				}
				time.Sleep(max(time.Millisecond, time.Second/time.Duration(rate)))
			}
			spent := processTime() - before
			if err := l.Close(); err != nil {
				b.Error(err)
			}
			slices.Sort(waits)
			b.ReportMetric(float64(spent.Nanoseconds())/float64(lines), "cpu-ns/line")
			b.ReportMetric(float64(waits[len(waits)*99/100].Nanoseconds())/1000, "p99-µs")
			b.ReportMetric(float64(l.Lost()), "lost")
		})
	}
}

// processTime is the CPU time that the process has taken.
func processTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
