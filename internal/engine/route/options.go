package route

// Options returns what p was made with, for a planner of another topology that
// is to answer like p.
func (p *Planner) Options() Options { return p.options }
