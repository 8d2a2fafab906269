package topology

import (
	"reflect"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// inLine is a change that stands on one line of a test.
var inLine = regexp.MustCompile(`(?m)^ *change: (\{.*\})$`)

// FuzzReadChange: whatever the change, reading it and laying it on a topology
// ends, says the same twice, and leaves that topology as it was; either there
// is a new one or a problem says why not.
func FuzzReadChange(f *testing.F) {
	sources := files(f)
	for _, src := range sources {
		for _, m := range inLine.FindAllStringSubmatch(src, 3) {
			f.Add(m[1])
		}
	}
	for _, src := range []string{
		"{}", "", "[]", "null", "clients: null", "clients: {pc: null}", "clients: {pc: {at: null}}", "vpcs: {app: {subnets: {a: null}}}", "version: 2",
		"clients: {new: {at: app/a, proxy: null}}", "buckets: {b: {policy: null}}", "sites: {office: {cidr: [10.0.0.0/8]}}", "a: &x 1\nb: *x",
	} {
		f.Add(src)
	}
	base, untouched := parse(f, sources["policies.yaml"]), parse(f, sources["policies.yaml"])
	f.Fuzz(func(t *testing.T, src string) {
		change, problems := ReadChange("c", []byte(src))
		again, more := ReadChange("c", []byte(src))
		if diff := cmp.Diff(problems, more); diff != "" {
			t.Fatalf("twice the same change (-first +second):\n%s", diff)
		}
		if len(problems) > 0 {
			return
		}
		first, problems := base.Apply(change)
		second, more := base.Apply(again)
		if (first == nil) != (len(problems) > 0) {
			t.Fatalf("%q gives topology %v with problems %v", src, first != nil, shown(problems))
		}
		if diff := cmp.Diff(problems, more); diff != "" || !reflect.DeepEqual(first, second) {
			t.Fatalf("%q twice gives two topologies; problems (-first +second):\n%s", src, diff)
		}
		if !reflect.DeepEqual(base, untouched) {
			t.Fatalf("%q changes the topology that it is laid on", src)
		}
	})
}
