package check

import (
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/model/policy"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// sparedWithoutAccount finds statements that deny all but a user or role and do
// not spare its account: AWS may deny the account, and all in it.
//
// IAM User Guide, "AWS JSON policy elements: NotPrincipal": "you must also
// specify the account ARN of the not-denied principal. Otherwise, the policy
// might deny access to the entire account containing the principal."
func sparedWithoutAccount(f *finder) {
	for _, v := range f.t.VPCs {
		for _, e := range v.Endpoints {
			if e.Kind != topology.Gateway { // names nobody: see gatewayPrincipal
				f.spared(e.Policy.V)
			}
		}
	}
	for _, b := range f.t.Buckets {
		f.spared(b.Policy.V)
	}
}

func (f *finder) spared(p policy.Policy) {
	for _, s := range p.Statements {
		if s.Effect != policy.Deny || !s.Principal.Not {
			continue
		}
		whole := make(map[string]bool)
		for _, n := range s.Principal.Names {
			if account, part := f.accountOf(n); part == "root" {
				whole[account] = true
			}
		}
		for _, n := range s.Principal.Names {
			if account, part := f.accountOf(n); account != "" && part != "root" && !whole[account] {
				f.addAt(diag.Warning, n.Name, say("DG3606", quote(n.Name.V), account)).Hint = say("DG3606.hint", account)
				break
			}
		}
	}
}

// accountOf returns the account of an AWS principal, by its name in the file if
// it has one, and who of it is meant: "root" is all of it.
func (f *finder) accountOf(p policy.Principal) (account, part string) {
	if p.Sort != policy.AWS {
		return "", ""
	}
	account, part = p.Name.V, "root"
	if arn := strings.SplitN(p.Name.V, ":", 6); len(arn) == 6 {
		account, part = arn[4], arn[5]
	}
	for _, a := range f.t.Accounts {
		if a.ID.Is() && a.ID.V == account {
			return a.Name, part
		}
	}
	return account, part
}
