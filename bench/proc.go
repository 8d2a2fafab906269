package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

// cpu is the user and system time that a process has taken so far, by the clock
// that the kernel keeps for each process (clock_getcpuclockid(3)).
func cpu(pid int) time.Duration {
	if pid == 0 {
		return 0
	}
	const perProcess = 2 // CPUCLOCK_SCHED: as scheduled, not as sampled by ticks
	var t syscall.Timespec
	_, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, uintptr(^pid<<3|perProcess), uintptr(unsafe.Pointer(&t)), 0) //nolint:gosec // unsafe is how a system call gets memory
	if errno != 0 {
		return 0
	}
	return time.Duration(t.Nano())
}

// memory is what a process and, for the kernel's part, the machine take.
type memory struct{ rss, files, slab int }

func memoryOf(pid int) (m memory) {
	m.rss = value(fmt.Sprintf("/proc/%d/smaps_rollup", pid), "Rss") << 10
	files, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	m.files = len(files)
	m.slab = value("/proc/meminfo", "Slab") << 10
	return m
}

// value returns the number behind a key.
func value(path, key string) int {
	f, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if k, v, ok := strings.Cut(s.Text(), ":"); ok && k == key {
			n, _ := strconv.Atoi(strings.Fields(v)[0])
			return n
		}
	}
	return 0
}

// machine says what was measured on.
func machine(l lang) string {
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	control, _ := os.ReadFile("/proc/sys/net/ipv4/tcp_congestion_control")
	load, _ := os.ReadFile("/proc/loadavg")
	return fmt.Sprintf(l.of("%s, Linux %s, %d processors, %s, congestion control %s; load of the machine at the end %s.\n",
		"%s、Linux %s、%d プロセッサー、%s、輻輳制御 %s、終了時のマシンの負荷 %s。\n"),
		time.Now().UTC().Format("2006-01-02 15:04 UTC"), bytes.TrimSpace(kernel), runtime.NumCPU(), runtime.Version(),
		bytes.TrimSpace(control), strings.Fields(string(load))[0])
}
