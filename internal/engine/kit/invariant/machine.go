package invariant

import (
	"strconv"
	"strings"
)

// metadata finds instances whose credentials a request without a token gets, or
// one that has passed a router on its way.
func metadata(f *finder) {
	for _, t := range f.Of(typeTemplate) {
		o := find(t.Props, "LaunchTemplateData", "MetadataOptions")
		tokens, known := text(o, "HttpTokens")
		switch {
		case o == nil || find(o, "HttpTokens") == nil:
			f.fail(t.Place("LaunchTemplateData"), say("DG6501", t.ID), hint("DG6501"))
		case known && tokens != "required":
			f.fail(find(o, "HttpTokens"), say("DG6501", t.ID), hint("DG6501"))
		}
		if hops, ok := text(o, "HttpPutResponseHopLimit"); ok {
			if n, err := strconv.Atoi(hops); err == nil && n > 1 {
				f.warn(find(o, "HttpPutResponseHopLimit"), say("DG6501.hops", t.ID, hops), hint("DG6501.hops"))
			}
		}
	}
}

// policies finds roles with managed policies that give too much away.
// AmazonEC2RoleforSSM lets every instance read and write every bucket; AWS calls
// it deprecated (Systems Manager user guide, "Configure instance permissions").
func policies(f *finder) {
	for _, r := range f.Of("AWS::IAM::Role") {
		all, _ := items(r.Props, "ManagedPolicyArns")
		for _, n := range all {
			_, name, _ := strings.Cut(n.Text, ":policy/")
			name = strings.TrimPrefix(name, "service-role/")
			switch name {
			case "AmazonEC2RoleforSSM":
				f.fail(n, say("DG6502", r.ID, name), hint("DG6502"))
			case "AdministratorAccess", "PowerUserAccess", "AmazonS3FullAccess", "AmazonSSMFullAccess":
				f.fail(n, say("DG6502.wide", r.ID, name), hint("DG6502.wide"))
			}
		}
	}
}

// service finds an endpoint service that anybody may use.
func service(f *finder) {
	var open bool
	for _, p := range f.Of("AWS::EC2::VPCEndpointServicePermissions") {
		all, _ := items(p.Props, "AllowedPrincipals")
		for _, n := range all {
			if n.Text == "*" && n.Tag == "" {
				open = true
				f.warn(n, say("DG6503", p.ID), hint("DG6503"))
			}
		}
	}
	for _, s := range f.Of("AWS::EC2::VPCEndpointService") {
		if v, ok := text(s.Props, "AcceptanceRequired"); ok && v == "false" && open {
			f.fail(s.Place("AcceptanceRequired"), say("DG6503.accept", s.ID), hint("DG6503"))
		}
	}
}
