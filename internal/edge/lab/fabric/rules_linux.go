package fabric

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"

	"github.com/google/nftables"
	"github.com/google/nftables/binaryutil"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"

	"github.com/deguchi-project/deguchi/internal/engine/blueprint"
)

// ruleset is the packet filter of a space, and its counters.
type ruleset struct {
	conn     *nftables.Conn
	table    *nftables.Table
	counters map[string]bool
}

func (r *ruleset) close() error { return r.conn.CloseLasting() }

// connect gives r a socket in the namespace of s.
func (r *ruleset) connect(s *space) error {
	conn, err := nftables.New(nftables.WithNetNSFd(s.fd), nftables.AsLasting())
	if err == nil {
		r.conn = conn
	}
	return err
}

// install gives s its packet filter.
func (s *space) install(v6 bool) error {
	r := &ruleset{counters: map[string]bool{}}
	if err := r.connect(s); err != nil {
		return err
	}
	s.rules = r
	r.table = r.conn.AddTable(&nftables.Table{Name: "lab", Family: nftables.TableFamilyINet})
	for i, c := range s.node.Chains {
		if len(c.Rules) > 0 {
			r.chain(&c, i, v6)
		}
	}
	for i, p := range s.node.Ports {
		if p.Returns {
			r.returns(p, uint32(i+1))
		}
	}
	r.count(Passed, nftables.ChainHookForward, nil)
	r.count(Arrived, nftables.ChainHookInput, port(expr.MetaKeyIIFNAME, "lo", expr.CmpOpNeq))
	r.count(Sent, nftables.ChainHookOutput, port(expr.MetaKeyOIFNAME, "lo", expr.CmpOpNeq))
	if len(s.node.Sources) > 0 {
		r.sources(s.node.Sources)
	}
	return r.conn.Flush()
}

var hooks = map[blueprint.Hook]*nftables.ChainHook{
	blueprint.Arriving: nftables.ChainHookPrerouting, blueprint.Ending: nftables.ChainHookInput,
	blueprint.Passing: nftables.ChainHookForward, blueprint.Originated: nftables.ChainHookOutput,
}

// chain adds c, the ith of its node. Chains of one hook are passed in order.
func (r *ruleset) chain(c *blueprint.Chain, i int, v6 bool) {
	at := nftables.ChainPriority(i)
	if c.Hook == blueprint.Arriving {
		at += *nftables.ChainPriorityMangle // before addresses are rewritten
	}
	chain := r.conn.AddChain(&nftables.Chain{
		Name: "c" + string(rune('0'+i)), Table: r.table, Type: nftables.ChainTypeFilter, Hooknum: hooks[c.Hook], Priority: &at,
	})
	for _, rule := range c.Rules {
		if !v6 && (rule.From.IsValid() && rule.From.Addr().Is6() || rule.To.IsValid() && rule.To.Addr().Is6()) {
			continue
		}
		match := matches(rule)
		verdict := &expr.Verdict{Kind: expr.VerdictAccept}
		if !rule.Let {
			r.add(chain, append(append(matches(rule), flags(syn)...), r.counter(rule.Drop.String())))
			r.add(chain, append(append(matches(rule), flags(syn|ack)...), r.counter(rule.Drop.Answers())))
			verdict.Kind = expr.VerdictDrop
		}
		r.add(chain, append(match, verdict))
	}
}

func (r *ruleset) add(chain *nftables.Chain, exprs []expr.Any) {
	r.conn.AddRule(&nftables.Rule{Table: r.table, Chain: chain, Exprs: exprs})
}

// counter returns a reference to the counter called name, which it makes if
// there is none.
func (r *ruleset) counter(name string) expr.Any {
	if !r.counters[name] {
		r.counters[name] = true
		r.conn.AddObj(&nftables.NamedObj{Table: r.table, Name: name, Type: nftables.ObjTypeCounter, Obj: &expr.Counter{}})
	}
	return &expr.Objref{Type: unix.NFT_OBJECT_COUNTER, Name: name}
}

// count counts what passes hook, after every filter.
func (r *ruleset) count(name string, hook *nftables.ChainHook, match []expr.Any) {
	last := nftables.ChainPriority(50)
	chain := r.conn.AddChain(&nftables.Chain{Name: name, Table: r.table, Type: nftables.ChainTypeFilter, Hooknum: hook, Priority: &last})
	r.add(chain, append(match, r.counter(name)))
}

// returns marks connections that begin at p, and the packets that answer them.
func (r *ruleset) returns(p *blueprint.Port, mark uint32) {
	at := *nftables.ChainPriorityMangle
	chain := r.conn.AddChain(&nftables.Chain{
		Name: "returns-" + p.Name, Table: r.table, Type: nftables.ChainTypeFilter, Hooknum: nftables.ChainHookPrerouting, Priority: &at,
	})
	value := binaryutil.NativeEndian.PutUint32(mark)
	fresh := binaryutil.NativeEndian.PutUint32(expr.CtStateBitNEW)
	zero := binaryutil.NativeEndian.PutUint32(0)
	r.add(chain, append(port(expr.MetaKeyIIFNAME, p.Name, expr.CmpOpEq),
		&expr.Ct{Key: expr.CtKeySTATE, Register: 1},
		&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: 4, Mask: fresh, Xor: zero},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: 1, Data: zero},
		&expr.Immediate{Register: 1, Data: value},
		&expr.Ct{Key: expr.CtKeyMARK, Register: 1, SourceRegister: true}))
	r.add(chain, append(port(expr.MetaKeyIIFNAME, p.Name, expr.CmpOpNeq),
		&expr.Ct{Key: expr.CtKeyMARK, Register: 1},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: value},
		&expr.Immediate{Register: 1, Data: value},
		&expr.Meta{Key: expr.MetaKeyMARK, SourceRegister: true, Register: 1}))
}

// sources rewrites the sources of what leaves.
func (r *ruleset) sources(all []blueprint.Rewrite) {
	chain := r.conn.AddChain(&nftables.Chain{
		Name: "sources", Table: r.table, Type: nftables.ChainTypeNAT,
		Hooknum: nftables.ChainHookPostrouting, Priority: nftables.ChainPriorityNATSource,
	})
	for _, w := range all {
		e := matches(blueprint.Rule{Out: w.Port.Name, From: w.From})
		e = append(e,
			&expr.Immediate{Register: 1, Data: w.Source.AsSlice()},
			&expr.NAT{Type: expr.NATTypeSourceNAT, Family: unix.NFPROTO_IPV4, RegAddrMin: 1})
		r.add(chain, e)
	}
}

// matches returns what r compares.
func matches(r blueprint.Rule) (e []expr.Any) {
	if r.In != "" {
		e = append(e, port(expr.MetaKeyIIFNAME, r.In, expr.CmpOpEq)...)
	}
	if r.Out != "" {
		e = append(e, port(expr.MetaKeyOIFNAME, r.Out, expr.CmpOpEq)...)
	}
	if r.From.IsValid() {
		op := expr.CmpOpEq
		if r.Except {
			op = expr.CmpOpNeq
		}
		e = append(e, address(r.From, false, op)...)
	}
	if r.To.IsValid() {
		e = append(e, address(r.To, true, expr.CmpOpEq)...)
	}
	if r.Last > 0 {
		e = append(e, tcp()...)
		e = append(e, &expr.Payload{DestRegister: 1, Base: expr.PayloadBaseTransportHeader, Offset: 2, Len: 2},
			&expr.Range{Op: expr.CmpOpEq, Register: 1, FromData: big16(r.First), ToData: big16(r.Last)})
	}
	if r.Reply || r.Stray {
		bits := binaryutil.NativeEndian.PutUint32(expr.CtStateBitESTABLISHED | expr.CtStateBitRELATED)
		if r.Stray {
			bits = binaryutil.NativeEndian.PutUint32(expr.CtStateBitINVALID)
		}
		zero := binaryutil.NativeEndian.PutUint32(0)
		e = append(e, &expr.Ct{Key: expr.CtKeySTATE, Register: 1},
			&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: 4, Mask: bits, Xor: zero},
			&expr.Cmp{Op: expr.CmpOpNeq, Register: 1, Data: zero})
	}
	return e
}

func big16(n uint16) []byte { return binary.BigEndian.AppendUint16(nil, n) }

// port compares the name of a port.
func port(key expr.MetaKey, name string, op expr.CmpOp) []expr.Any {
	data := make([]byte, unix.IFNAMSIZ)
	copy(data, name)
	return []expr.Any{&expr.Meta{Key: key, Register: 1}, &expr.Cmp{Op: op, Register: 1, Data: data}}
}

// address compares the source or the destination of a packet of p's family.
func address(p netip.Prefix, to bool, op expr.CmpOp) []expr.Any {
	family, offset, size := byte(unix.NFPROTO_IPV4), uint32(12), uint32(4)
	if p.Addr().Is6() {
		family, offset, size = unix.NFPROTO_IPV6, 8, 16
	}
	if to {
		offset += size
	}
	e := []expr.Any{&expr.Meta{Key: expr.MetaKeyNFPROTO, Register: 1}, &expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{family}}}
	if p.Bits() == 0 {
		return e
	}
	mask := make([]byte, size)
	for i := range p.Bits() {
		mask[i/8] |= 0x80 >> (i % 8)
	}
	return append(e, &expr.Payload{DestRegister: 1, Base: expr.PayloadBaseNetworkHeader, Offset: offset, Len: size},
		&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: size, Mask: mask, Xor: make([]byte, size)},
		&expr.Cmp{Op: op, Register: 1, Data: p.Masked().Addr().AsSlice()})
}

func tcp() []expr.Any {
	return []expr.Any{&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: 1}, &expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{unix.IPPROTO_TCP}}}
}

// Flags of TCP.
const (
	syn = 0x02
	ack = 0x10
)

// flags matches TCP packets with these of SYN and ACK.
func flags(which byte) []expr.Any {
	return append(tcp(),
		&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseTransportHeader, Offset: 13, Len: 1},
		&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: 1, Mask: []byte{syn | ack}, Xor: []byte{0}},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{which}})
}

// Counters returns what every node has counted since it was built, or since
// Reset, in the order of the plan.
func (f *Fabric) Counters() ([]Counter, error) { return f.counters((*nftables.Conn).GetNamedObjects) }

// Reset returns the counters, and sets them to zero.
func (f *Fabric) Reset() ([]Counter, error) { return f.counters((*nftables.Conn).ResetNamedObjects) }

// reader reads the counters of a table.
type reader func(*nftables.Conn, *nftables.Table) ([]nftables.Obj, error)

func (f *Fabric) counters(read reader) (all []Counter, err error) {
	for _, n := range f.plan.Nodes {
		objects, err := f.spaces[n].objects(read)
		if err != nil {
			return nil, fmt.Errorf("reading the counters of %s: %w", n.Name, err)
		}
		for _, o := range objects {
			named, ok := o.(*nftables.NamedObj)
			if !ok {
				continue
			}
			if c, ok := named.Obj.(*expr.Counter); ok && c.Packets > 0 {
				all = append(all, Counter{Node: n.Name, Name: named.Name, Packets: c.Packets, Bytes: c.Bytes})
			}
		}
	}
	return all, nil
}

// objects reads the counters of s. A socket whose last answer was not read to its
// end is busy for good (EBUSY), so a second try is made on a new one.
func (s *space) objects(read reader) ([]nftables.Obj, error) {
	r := s.rules
	objects, err := read(r.conn, r.table)
	if err == nil {
		return objects, nil
	}
	if err := errors.Join(r.close(), r.connect(s)); err != nil {
		return nil, err
	}
	return read(r.conn, r.table)
}
