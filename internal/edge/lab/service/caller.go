package service

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/edge/standin"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// accounts tell the twelve digits that real clients see and the names of the
// topology apart.
type accounts struct{ ids, names map[string]string }

// mainID is the account of who is not told of, here and in the stand-in.
const mainID = "123456789012"

// accountsOf gives an id to every account of t that has none.
func accountsOf(t *topology.Topology) accounts {
	as := accounts{ids: map[string]string{}, names: map[string]string{}}
	add := func(name, id string) { as.ids[name], as.names[id] = id, name }
	for _, a := range t.Accounts {
		if a.ID.Is() {
			add(a.Name, a.ID.V)
		}
	}
	if as.ids[topology.Main] == "" && as.names[mainID] == "" {
		add(topology.Main, mainID)
	}
	next := 0
	for _, a := range t.Accounts {
		for id := as.ids[a.Name]; id == ""; next++ {
			if id = fmt.Sprintf("9%011d", next); as.names[id] != "" {
				id = ""
				continue
			}
			add(a.Name, id)
		}
	}
	return as
}

// id returns the digits of the account called name, which may be digits itself.
func (as accounts) id(name string) string {
	if id, ok := as.ids[name]; ok {
		return id
	}
	return name
}

// name returns the name of the account with that id, else the id.
func (as accounts) name(id string) string {
	if name, ok := as.names[id]; ok {
		return name
	}
	return id
}

// principal returns id as AWS names it.
func (as accounts) principal(id Identity) standin.Principal {
	account := as.id(id.Account)
	if id.Role == "" {
		return standin.Principal{Account: account, ARN: "arn:aws:iam::" + account + ":user/lab", UserID: "AIDA" + account}
	}
	session := id.Session
	if session == "" {
		session = "lab"
	}
	return standin.Principal{
		Account: account, ARN: "arn:aws:sts::" + account + ":assumed-role/" + id.Role + "/" + session,
		UserID: "AROA" + strings.ToUpper(id.Role) + ":" + session,
	}
}

// identity is the reverse of principal, for sessions of any role.
func (as accounts) identity(p standin.Principal) Identity {
	id := Identity{Account: as.name(p.Account)}
	if _, session, ok := strings.Cut(p.ARN, ":assumed-role/"); ok {
		id.Role, id.Session, _ = strings.Cut(session, "/")
	}
	return id
}

// validity of credentials: SDKs renew them when less is left than some minutes.
const validity = 6 * time.Hour

// newCredential makes a key of the sort that id has: only those of users last
// for ever and need no token.
func newCredential(id Identity) Credential {
	c := Credential{KeyID: "AKIA" + strings.ToUpper(randomHex(8)), Secret: randomHex(20)}
	if id.Role != "" {
		c.KeyID = "ASIA" + c.KeyID[4:]
		c.Token, c.Expires = randomHex(64), time.Now().Add(validity)
	}
	return c
}

// Environ returns c as environment variables of AWS clients.
func (c Credential) Environ() []string {
	env := []string{"AWS_ACCESS_KEY_ID=" + c.KeyID, "AWS_SECRET_ACCESS_KEY=" + c.Secret}
	if c.Token != "" {
		env = append(env, "AWS_SESSION_TOKEN="+c.Token)
	}
	return env
}

// randomHex returns n random bytes as hexadecimal digits.
func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: crypto/rand
	return hex.EncodeToString(b)
}
