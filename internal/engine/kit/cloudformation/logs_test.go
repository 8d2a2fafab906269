package cloudformation_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/engine/kit/cloudformation"
	"github.com/deguchi-project/deguchi/internal/engine/kit/kittest"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// kept is how a stack keeps the access log. A moto that deploys stacks does not
// look at these properties.
type kept struct {
	Days, Key                string // of the log group
	Archive, Encrypted, Lock string // days, key and lock of the bucket
}

// TestLogs: the access log stays as long as the kit says, encrypted and locked
// as it says, and longer than the stack.
func TestLogs(t *testing.T) {
	for name, want := range map[string]struct {
		src string
		kept
	}{
		"as kits have it":     {kittest.Closed, kept{"90", "Key.Arn", "400", "aws:kms Key.Arn", ""}},
		"locked":              {kittest.NAT, kept{"30", "Key.Arn", "2557", "aws:kms Key.Arn", "COMPLIANCE 2557"}},
		"no archive, no key":  {kittest.There, kept{"90", "", "", "", ""}},
		"through PrivateLink": {kittest.Consumers, kept{"90", "Key.Arn", "400", "aws:kms Key.Arn", ""}},
	} {
		resources := cloudformation.Stacks(kittest.Plan(t, want.src))[0].Root.Find("Resources")
		group := resources.Find("LogGroup")
		got := kept{Days: at(group, "Properties", "RetentionInDays"), Key: at(group, "Properties", "KmsKeyId")}
		stays := []string{"LogGroup"}
		if bucket := resources.Find("Archive"); bucket != nil {
			stays = append(stays, "Archive")
			p := bucket.Find("Properties")
			got.Archive = at(p.Find("LifecycleConfiguration").Find("Rules").Items[0], "ExpirationInDays")
			rule := p.Find("BucketEncryption").Find("ServerSideEncryptionConfiguration").Items[0].Find("ServerSideEncryptionByDefault")
			got.Encrypted = at(rule, "SSEAlgorithm") + " " + at(rule, "KMSMasterKeyID")
			if lock := p.Find("ObjectLockConfiguration"); lock != nil {
				got.Lock = at(lock, "Rule", "DefaultRetention", "Mode") + " " + at(lock, "Rule", "DefaultRetention", "Days")
			}
			for _, e := range p.Find("PublicAccessBlockConfiguration").Entries {
				if e.Value.Text != "true" {
					t.Errorf("%s: the archive's %s is %s", name, e.Key.Text, e.Value.Text)
				}
			}
			if at(p, "ObjectLockEnabled") != map[bool]string{true: "true"}[got.Lock != ""] || at(p, "VersioningConfiguration", "Status") != "Enabled" {
				t.Errorf("%s: lock %q without versions, or without being enabled", name, got.Lock)
			}
		}
		if diff := cmp.Diff(want.kept, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		for _, id := range stays {
			if at(resources, id, "DeletionPolicy") != "Retain" {
				t.Errorf("%s: %s goes with the stack", name, id)
			}
		}
	}
}

// at is the text at the end of a path of keys, "" if there is none.
func at(n *yamldoc.Node, path ...string) string {
	for _, key := range path {
		if n = n.Find(key); n == nil {
			return ""
		}
	}
	return n.Text
}
