package check

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// agentBuckets finds policies of S3 endpoints that keep a client from buckets of
// AWS without which its agent fails: those of the SSM agent and of Patch Manager,
// and the one that holds the layers of container images.
//
// Systems Manager user guide, "Create VPC endpoints" and "SSM Agent communications
// with AWS managed S3 buckets"; ECR user guide, "Create the Amazon S3 gateway
// endpoint"; table of jobs of package awsdata.
func agentBuckets(f *finder) {
	type finding struct {
		client  *topology.Client
		buckets []string
	}
	found := make(map[*topology.Endpoint]*finding)
	for _, c := range f.t.Clients {
		for _, need := range needsOf(c) {
			t := f.asked.trace(f.asked.plain[c], need.host, "/a")
			if t.Verdict != route.DeniedByEndpointPolicy || t.Endpoint == nil {
				continue
			}
			if found[t.Endpoint] == nil {
				found[t.Endpoint] = &finding{client: c}
			}
			if one := found[t.Endpoint]; one.client == c {
				one.buckets = append(one.buckets, need.bucket)
			}
		}
	}
	for e, one := range found { // Topology sorts what is found
		list := one.buckets
		if len(list) > 3 {
			list = append(slices.Clone(list[:3]), "…")
		}
		at := ofEndpoint(e).to("policy")
		f.add(diag.Warning, at, say("DG3602", e.Path(), one.client.Name, strings.Join(list, ", "))).Hint = say("DG3602.hint")
	}
}

// need is a bucket of AWS with its host.
type need struct{ bucket, host string }

// needsOf returns the buckets without which what c does fails.
func needsOf(c *topology.Client) (needs []need) {
	if c.At.Subnet == nil {
		return nil
	}
	v := c.At.Subnet.VPC
	if isAgent(c) {
		needs = append(needs, bucketsOf("run-command-patch-manager", v.Region)...)
	}
	if endpointFor(v, "ecr.dkr") != nil {
		needs = append(needs, bucketsOf("ecr-pull", v.Region)...)
	}
	return needs
}

// bucketsOf returns the buckets that a job requires in region.
func bucketsOf(job, region string) (needs []need) {
	j, _ := awsdata.JobNamed(job)
	for _, h := range j.Hosts {
		host := h.Expand(region, awsdata.PartitionOf(region))
		if _, n, err := awsdata.Names().Parse(host); err == nil && n.Parts.Bucket != "" {
			needs = append(needs, need{n.Parts.Bucket, host})
		}
	}
	return needs
}

// awsBuckets returns the buckets of all agents in the Regions of t. AWS owns
// them.
func awsBuckets(t *topology.Topology) (buckets []*topology.Bucket) {
	seen := make(map[string]bool)
	for _, v := range t.VPCs {
		if seen[v.Region] {
			continue
		}
		seen[v.Region] = true
		owner := topology.Setting[*topology.Account]{V: t.Account(topology.AWS), State: topology.Written}
		for _, n := range slices.Concat(bucketsOf("run-command-patch-manager", v.Region), bucketsOf("ecr-pull", v.Region)) {
			buckets = append(buckets, &topology.Bucket{Name: n.bucket, Region: v.Region, Account: owner})
		}
	}
	return buckets
}
