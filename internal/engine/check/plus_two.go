package check

// plusTwo finds sites that ask a VPC's resolver at its own address, base+2,
// which answers nobody outside the VPC.
//
// Route 53 guide, "Resolving DNS queries between VPCs and your network": use an
// inbound endpoint (awsdocs/amazon-route53-docs@b5a28eb).
func plusTwo(f *finder) {
	for _, s := range f.t.Sites {
		for _, z := range s.DNS.Forward {
			if !z.Inbound {
				f.fail(ofSite(s).to("dns", "forward", zoneKey(z.Zone)), say("DG3410", s.Name, z.VPC.Name)).Hint = say("DG3410.hint", z.VPC.Name)
			}
		}
	}
}

// zoneKey returns how a zone is written; one with dots at its ends is found by
// its map alone.
func zoneKey(zone string) string {
	if zone == "" {
		return "."
	}
	return zone
}
