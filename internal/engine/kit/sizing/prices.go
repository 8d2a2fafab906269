package sizing

import (
	_ "embed"
	"strconv"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// Default is the file of prices that is built in.
//
//go:embed prices.yaml
var Default []byte

// Prices are what things cost, in US dollars. A price of nil is unknown.
type Prices struct {
	File, Region, Taken, Source string
	Hours                       int // of a month
	Instances                   map[string]Instance
	Address, Balancer, NLCU     *float64
	NAT, NATGB                  *float64
	Endpoint, EndpointGB        *float64
}

// Instance is what a type of instance has, and what an hour of it costs.
type Instance struct {
	Processors int
	Memory     int // GiB
	Hourly     *float64
}

// draft is Prices while they are read.
type draft struct {
	version   int
	hours     int
	region    string
	taken     string
	source    string
	instances []yamldoc.Named[machine]
	prices    [7]string
}

type machine struct {
	processors, memory int
	hourly             string
}

var machineType = yamldoc.Object("instance", machine{},
	yamldoc.Required("processors", "vCPUs.", yamldoc.Integer(1, 1024), func(m *machine) *int { return &m.processors }),
	yamldoc.Required("memory", "GiB.", yamldoc.Integer(1, 32768), func(m *machine) *int { return &m.memory }),
	yamldoc.Optional("hourly", "US dollars an hour.", price(), func(m *machine) *string { return &m.hourly }),
)

// names are the keys of prices, in the order of draft.prices.
var names = [7]string{"address", "balancer", "nlcu", "nat", "nat_gb", "endpoint", "endpoint_gb"}

var fileType = yamldoc.Object("", draft{hours: 730}, append([]yamldoc.Field[draft]{
	yamldoc.Required("version", "The version of this format: 1.", yamldoc.Integer(1, 1), func(d *draft) *int { return &d.version }),
	yamldoc.Required("region", "Where the prices hold.", yamldoc.String(), func(d *draft) *string { return &d.region }),
	yamldoc.Required("taken", "The day on which they were read.", yamldoc.String(), func(d *draft) *string { return &d.taken }),
	yamldoc.Required("source", "Where.", yamldoc.String(), func(d *draft) *string { return &d.source }),
	yamldoc.Optional("hours", "Of a month.", yamldoc.Integer(1, 744), func(d *draft) *int { return &d.hours }),
	yamldoc.Required("instances", "By type.", yamldoc.MapOf(machineType), func(d *draft) *[]yamldoc.Named[machine] { return &d.instances }),
}, priceFields()...)...)

func priceFields() (fields []yamldoc.Field[draft]) {
	for i, name := range names {
		fields = append(fields, yamldoc.Optional(name, "US dollars.", price(), func(d *draft) *string { return &d.prices[i] }))
	}
	return fields
}

// price is a number of dollars, kept as text until all of them are there.
func price() yamldoc.Type[string] {
	t := yamldoc.Free()
	read := t.Read
	t.Read = func(d *yamldoc.Decoder, n *yamldoc.Node) (string, bool) {
		text, ok := read(d, n)
		if v, err := strconv.ParseFloat(text, 64); ok && (err != nil || !(v >= 0 && v <= 1e6)) { // which NaN is not
			d.Add(n, "DG1207", reason.New("DG1207", d.Key, n.Text, "0", "1000000"))
			return "", false
		}
		return text, ok
	}
	return t
}

// Read returns the prices in a file, nil if there is a problem.
func Read(file string, src []byte) (*Prices, []diag.Problem) {
	root, problems := yamldoc.Parse(file, src)
	if root == nil || len(problems) > 0 {
		return nil, problems
	}
	d, problems := yamldoc.Decode(fileType, root)
	if len(problems) > 0 {
		return nil, problems
	}
	p := &Prices{File: file, Region: d.region, Taken: d.taken, Source: d.source, Hours: d.hours, Instances: make(map[string]Instance)}
	for _, m := range d.instances {
		p.Instances[m.Name.V] = Instance{m.V.processors, m.V.memory, dollars(m.V.hourly)}
	}
	for i, to := range []**float64{&p.Address, &p.Balancer, &p.NLCU, &p.NAT, &p.NATGB, &p.Endpoint, &p.EndpointGB} {
		*to = dollars(d.prices[i])
	}
	return p, nil
}

func dollars(text string) *float64 {
	if v, err := strconv.ParseFloat(text, 64); err == nil {
		return &v
	}
	return nil
}
