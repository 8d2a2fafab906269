package script_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/engine/kit/script"
)

const (
	take = "aws s3 cp s3://corp/deguchi /tmp/deguchi\n"
	use  = "install -m 0755 /tmp/deguchi /usr/local/bin/deguchi\n"
)

// TestCompares: what is taken from elsewhere is compared before it is run, and what
// the comparison says counts.
func TestCompares(t *testing.T) {
	for why, c := range map[string]struct {
		script string
		want   script.Comparison
	}{
		"nothing is taken":                       {"#!/bin/sh\n" + use, script.NoNeed},
		"nothing is run":                         {"#!/bin/sh\n" + take, script.NoNeed},
		"run as it is":                           {"#!/bin/sh -e\n" + take + use, script.Missing},
		"compared":                               {"#!/bin/sh -e\n" + take + "echo 'aa /tmp/deguchi' | sha256sum -c -\n" + use, script.Effective},
		"compared, by the long word":             {"#!/bin/sh\nset -eu\n" + take + "sha512sum --status --check list\n" + use, script.Effective},
		"compared by shasum":                     {"#!/bin/sh\nset -eu\n" + take + "shasum -a 256 -c list\n" + use, script.Effective},
		"a signature":                            {"#!/bin/sh\nset -o errexit\n" + take + "gpg --verify deguchi.sig deguchi\n" + use, script.Effective},
		"printed":                                {"#!/bin/sh -e\n" + take + "sha256sum /tmp/deguchi\n" + use, script.Missing},
		"printed with other words":               {"#!/bin/sh -e\n" + take + "echo \"$(sha256sum /tmp/deguchi | cut -d' ' -f1)\" = aa ] || exit 1\n" + use, script.Missing},
		"compared by a test":                     {"#!/bin/sh -e\n" + take + "[ \"$(sha256sum /tmp/deguchi | cut -d' ' -f1)\" = aa ]\n" + use, script.Effective},
		"compared by a variable":                 {"#!/bin/sh -e\n" + take + "got=$(sha256sum /tmp/deguchi)\ntest \"$got\" = aa\n" + use, script.Effective},
		"compared, and it goes on":               {"#!/bin/sh\n" + take + "echo 'aa /tmp/deguchi' | sha256sum -c -\n" + use, script.Unheeded},
		"compared, and it ends":                  {"#!/bin/sh\n" + take + "echo 'aa /tmp/deguchi' | sha256sum -c - || exit 1\n" + use, script.Effective},
		"compared, and never mind":               {"#!/bin/sh -e\n" + take + "echo 'aa /tmp/deguchi' | sha256sum -c - || true\n" + use, script.Unheeded},
		"compared, and said":                     {"#!/bin/sh -e\n" + take + "echo 'aa /tmp/deguchi' | sha256sum -c - || echo other\n" + use, script.Unheeded},
		"only then":                              {"#!/bin/sh\n" + take + "echo 'aa /tmp/deguchi' | sha256sum -c - &&\n" + use, script.Effective},
		"if not, it ends":                        {"#!/bin/sh\n" + take + "if ! echo 'aa /tmp/deguchi' | sha256sum -c -; then\n  exit 1\nfi\n" + use, script.Effective},
		"compared by a variable, if not it ends": {"#!/bin/sh\n" + take + "got=$(sha256sum /tmp/deguchi)\nif [ \"$got\" != aa ]; then exit 1; fi\n" + use, script.Effective},
		"compared by a variable, and it goes on": {"#!/bin/sh\n" + take + "got=$(sha256sum /tmp/deguchi)\n[ \"$got\" = aa ]\n" + use, script.Unheeded},
		"compared afterwards":                    {"#!/bin/sh -e\n" + take + use + "echo 'aa /tmp/deguchi' | sha256sum -c -\n", script.Missing},
		"unpacked":                               {"#!/bin/sh -e\ncurl -sSfo /tmp/a.tgz https://example.com/a.tgz\ntar -C /usr/local -xzf /tmp/a.tgz\n", script.Missing},
		"unpacked in the old way":                {"#!/bin/sh -e\nwget https://example.com/a.tgz\ntar xzf a.tgz\n", script.Missing},
		"packed is not unpacked":                 {"#!/bin/sh -e\nwget https://example.com/a\ntar czf /tmp/linux.tgz /var/log\n", script.NoNeed},
		"a package of Debian's":                  {"#!/bin/sh -e\nwget https://example.com/a.deb\ndpkg -i a.deb\n", script.Missing},
		"run from the network":                   {"#!/bin/sh -e\ncurl -fsSL https://example.com/setup.sh | sudo bash -s\n", script.Missing},
		"run from the network by a file":         {"#!/bin/bash -e\nbash <(curl -s https://example.com/setup.sh)\n", script.Missing},
		"run from the network by a word":         {"#!/bin/bash -e\nsh -c \"$(curl -fsSL https://example.com/setup.sh)\"\n", script.Missing},
		"installed from the network":             {"#!/bin/bash -e\ndnf install -y https://example.com/a.rpm\n", script.Missing},
		"asked, not run":                         {"#!/bin/bash -e\ncurl -s http://169.254.169.254/latest | grep sh\n", script.NoNeed},
	} {
		if got := script.Compares(c.script); got != c.want {
			t.Errorf("%s: Compares = %v, want %v:\n%s", why, got, c.want, c.script)
		}
	}
}

// TestStarts: a proxy that is installed is started, too.
func TestStarts(t *testing.T) {
	for text, want := range map[string]bool{
		"systemctl enable --now deguchi\n":  true,
		"systemctl daemon-reload\n":         false,
		"exec /usr/local/bin/deguchi serve": true,
		"chmod 0755 deguchi":                false,
	} {
		if got := script.Starts(text); got != want {
			t.Errorf("Starts(%q) = %v, want %v", text, got, want)
		}
	}
}

// TestTexts: what stands between a word and its end, whatever the word is.
func TestTexts(t *testing.T) {
	got := script.Texts("a\ncat > x <<EOF\n1\n2\nEOF\ncat <<-'END' > y\n\t3\n\tEND\ncat <<OPEN\n4\n")
	if diff := cmp.Diff([]string{"1\n2\n", "\t3\n"}, got); diff != "" {
		t.Errorf("Texts (-want +got):\n%s", diff)
	}
}

// FuzzTexts: whatever a script says, it is read.
func FuzzTexts(f *testing.F) {
	f.Add("cat <<EOF\nx\nEOF\n")
	f.Fuzz(func(_ *testing.T, text string) {
		script.Texts(text)
		script.Compares(text)
	})
}
