package diagnose

import "github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"

// checkMetadata asks the instance's metadata service directly, as every program
// should.
func checkMetadata(x *exam) Finding {
	if !x.wantsMetadata() {
		return skip("metadata.not-needed")
	}
	var a facts.Attempt
	for _, t := range x.Attempts {
		if t.Way == facts.Direct && isMetadata(t.URL) {
			a = t
		}
	}
	token, asked := a.Step(facts.Token)
	switch {
	case len(a.Steps) == 0 && x.EC2 == facts.No:
		return skip("metadata.no-instance")
	case len(a.Steps) == 0:
		return untested("metadata.not-asked")
	case token.Outcome == facts.OK && token.Status() < 300:
		return x.metadataRole(a)
	}
	f := Finding{
		Status: Fail, Evidence: []string{shown(a, a.Last())},
		Verify: "curl -sS -m 2 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' " + Metadata + "latest/api/token",
	}
	switch {
	case asked && x.EC2 != facts.Yes && token.Field("Server") != "EC2ws" && token.Outcome != facts.Timeout:
		return skip("metadata.no-instance") // something else answers at this address
	case asked && token.Outcome == facts.Timeout && x.EC2 != facts.No:
		f.Cause, f.Because, f.Fix = "imds-hoplimit", because("metadata.hops"), because("metadata.hops.fix")
		f.Commands = []string{"aws ec2 modify-instance-metadata-options --instance-id INSTANCE --http-put-response-hop-limit 2"}
	case asked && token.Status() == 403:
		f.Cause, f.Because, f.Fix = "imds-disabled", because("metadata.disabled"), because("metadata.disabled.fix")
		f.Commands = []string{"aws ec2 modify-instance-metadata-options --instance-id INSTANCE --http-endpoint enabled"}
	case x.EC2 != facts.Yes:
		return skip("metadata.no-instance")
	default:
		f.Cause, f.Because, f.Fix = "imds-unreachable", because("metadata.unreachable"), because("metadata.unreachable.fix")
		f.Commands = []string{"ip route get 169.254.169.254"}
	}
	x.report(f)
	return Finding{}
}

// metadataRole looks for the role of an instance whose metadata service works.
func (x *exam) metadataRole(a facts.Attempt) Finding {
	role, ok := a.Step(facts.Role)
	if ok && role.Status() == 404 {
		x.report(Finding{
			Status: Fail, Cause: "ssm-norole", Because: because("metadata.no-role"),
			Evidence: []string{shown(a, role)},
			Fix:      because("metadata.no-role.fix"), Commands: []string{"aws ec2 associate-iam-instance-profile --instance-id INSTANCE --iam-instance-profile Name=PROFILE"},
			Verify: "aws sts get-caller-identity",
		})
		return Finding{}
	}
	f := good("metadata.fine")
	f.Evidence = []string{shown(a, a.Last())}
	return f
}
