package iampolicy

// truth is Kleene's: what is not told may be either.
type truth uint8

const (
	no truth = iota
	maybe
	yes
)

// is turns what is known into a truth.
func is(b bool) truth {
	if b {
		return yes
	}
	return no
}

func (t truth) not() truth { return yes - t }
