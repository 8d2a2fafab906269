package standin

import (
	"maps"
	"strings"
	"sync"
)

// Principal is who an access key belongs to. A key that nobody told of belongs
// to an IAM user of the account 123456789012 with the key as name, so that an
// answer always shows whose key was used.
type Principal struct {
	Account string
	ARN     string
	UserID  string
}

// account of whoever was not told of.
const account = "123456789012"

type principals struct {
	mu    sync.Mutex
	byKey map[string]Principal
}

func newPrincipals(given map[string]Principal) *principals {
	p := &principals{byKey: map[string]Principal{}}
	maps.Copy(p.byKey, given)
	return p
}

// add makes key one of who's.
func (p *principals) add(key string, who Principal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.byKey[key] = who
}

func (p *principals) of(key string) Principal {
	p.mu.Lock()
	defer p.mu.Unlock()
	if who, ok := p.byKey[key]; ok {
		return who
	}
	return Principal{Account: account, ARN: "arn:aws:iam::" + account + ":user/" + key, UserID: key}
}

// assume gives a new access key to session of role, an ARN.
func (p *principals) assume(role, session string) (key string, who Principal) {
	id := strings.ToUpper(randomID(8))
	key = "ASIA" + id
	parts := strings.SplitN(role, ":", 6) // arn:aws:iam::ACCOUNT:role/PATH/NAME
	owner, name := account, role
	if len(parts) == 6 {
		owner, name = parts[4], parts[5]
	}
	name = name[strings.LastIndexByte(name, '/')+1:]
	who = Principal{
		Account: owner,
		ARN:     "arn:aws:sts::" + owner + ":assumed-role/" + name + "/" + session,
		UserID:  "AROA" + id + ":" + session,
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.byKey[key] = who
	return key, who
}
