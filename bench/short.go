package main

import (
	"errors"
	"fmt"
	"slices"
)

// short runs every test of Deguchi for a moment and asserts what holds at any
// speed. A figure that is not there is a failure like one that is wrong.
func short(w *world, o *options) error {
	o.tests, o.only = "", "deguchi"
	if w.sni == nil {
		return errors.New("port 443 is needed, to check server names on")
	}
	p := peerOf("deguchi")
	f, err := w.measure(p, o)
	if err != nil {
		return err
	}
	var wrong []error
	check := func(figure string, good func(v float64) bool, want string) {
		v, ok := f[figure]
		if !ok || !good(v) {
			wrong = append(wrong, fmt.Errorf("%s is %v (measured: %v), want %s", figure, v, ok, want))
		}
	}
	positive := func(v float64) bool { return v > 0 }
	for _, t := range p.can {
		if !slices.ContainsFunc(tests, func(known test) bool { return known.name == t }) {
			wrong = append(wrong, fmt.Errorf("no test is called %q", t))
		}
	}
	for _, figure := range []string{"setup32.per_s", "setup256.per_s", "rtt.p50_us", "down1.mb_s", "down8.mb_s", "up1.mb_s", "up8.mb_s",
		"tls.per_s", "sni.per_s", "http.per_s", "setup32.cpu_10k", "down8.cpu_gb"} {
		check(figure, positive, "more than 0")
	}
	check("errors", func(v float64) bool { return v == 0 }, "0")
	check("idle.files", func(v float64) bool { return v == 2 }, "2 descriptors for an idle tunnel")
	check("idle.rss", func(v float64) bool { return v < 6000 }, "less than 6000 bytes for an idle tunnel")
	check("halfclose", func(v float64) bool { return v == 1 }, "1: every half-closed stream answered, every byte counted")
	fmt.Printf("%d figures of Deguchi, an idle tunnel takes %.0f bytes and %.2f descriptors\n", len(f), f["idle.rss"], f["idle.files"])
	return errors.Join(wrong...)
}
