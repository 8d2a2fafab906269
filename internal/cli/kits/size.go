package kits

import (
	"fmt"
	"math"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/engine/kit/sizing"
)

// sizeJSON is the answer of "deguchi kit size --json". Monthly is left out where a
// price is unknown; then Total is what is known of it.
type sizeJSON struct {
	Load        loadJSON    `json:"load"`
	Instances   int         `json:"instances"`
	Type        string      `json:"type"`
	Zones       int         `json:"zones"`
	Limits      []limitJSON `json:"limits"`
	Addresses   []usedJSON  `json:"addresses"`
	Bill        []lineJSON  `json:"bill"`
	Total       float64     `json:"total"`
	Complete    bool        `json:"complete"`
	Warnings    []string    `json:"warnings"`
	Assumptions []string    `json:"assumptions"`
	Prices      pricesJSON  `json:"prices"`
}

type loadJSON struct {
	Tunnels int `json:"tunnels"`
	New     int `json:"new_per_second"`
	GB      int `json:"gb_per_month"`
}

type limitJSON struct {
	Name      string `json:"name"`
	Instances int    `json:"instances"`
	Why       string `json:"why"`
}

type usedJSON struct {
	Name  string  `json:"name"`
	Used  float64 `json:"used"`
	Limit float64 `json:"limit"`
}

type lineJSON struct {
	Name    string   `json:"name"`
	Count   float64  `json:"count"`
	Price   *float64 `json:"price,omitempty"`
	Monthly *float64 `json:"monthly,omitempty"`
	PaidBy  string   `json:"paid_by"`
}

type pricesJSON struct {
	File   string `json:"file"`
	Region string `json:"region"`
	Taken  string `json:"taken"`
	Source string `json:"source"`
}

// size is "deguchi kit size".
func (h House) size() *cobra.Command {
	var file, prices string
	var load sizing.Load
	cmd := &cobra.Command{
		Use:     "size",
		Short:   h.Say("cli.kit.size"),
		Long:    h.Say("cli.kit.size.long"),
		Example: "deguchi kit size --tunnels 20000 --new 50 --gb 3000\ndeguchi kit prices > prices.yaml; deguchi kit size --tunnels 20000 --prices prices.yaml",
		Args:    h.Args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			for name, n := range map[string]int{"--tunnels": load.Tunnels, "--new": load.New, "--gb": load.GB} {
				if n < 0 || n > most {
					return h.Usage(cmd, "cli.bad-choice", name, strconv.Itoa(n), "0 … "+strconv.Itoa(most))
				}
			}
			table, err := h.prices(prices)
			if err != nil {
				return err
			}
			p, err := h.sound(file)
			if err != nil {
				return err
			}
			return h.Desk().size(sizing.For(p, load, table))
		},
	}
	cmd.Flags().StringVar(&file, "kit", "kit.yaml", h.Say("cli.flag.kit"))
	cmd.Flags().IntVar(&load.Tunnels, "tunnels", 0, h.Say("cli.flag.size-tunnels"))
	cmd.Flags().IntVar(&load.New, "new", 0, h.Say("cli.flag.size-new"))
	cmd.Flags().IntVar(&load.GB, "gb", 0, h.Say("cli.flag.size-gb"))
	cmd.Flags().StringVar(&prices, "prices", "", h.Say("cli.flag.size-prices"))
	return cmd
}

// most bounds what a load may be: beyond it sums mean nothing.
const most = 1_000_000_000

// pricesFile is "deguchi kit prices".
func (h House) pricesFile() *cobra.Command {
	return &cobra.Command{
		Use:     "prices",
		Short:   h.Say("cli.kit.prices"),
		Long:    h.Say("cli.kit.prices.long"),
		Example: "deguchi kit prices > prices.yaml",
		Args:    h.Args(0, 0, ""),
		RunE: func(*cobra.Command, []string) error {
			_, err := h.Desk().Out.Write(sizing.Default)
			return err
		},
	}
}

// prices reads a file of prices, or those that are built in.
func (h House) prices(file string) (*sizing.Prices, error) {
	src := sizing.Default
	if file != "" {
		var err error
		if src, err = h.Read(file); err != nil {
			return nil, err
		}
	}
	p, problems := sizing.Read(file, src)
	if err := h.Problems(file, src, problems); err != nil {
		return nil, err
	}
	if p == nil {
		return nil, h.Failed("cli.kit.invalid-prices", file)
	}
	return p, nil
}

// size prints a.
func (d Desk) size(a *sizing.Answer) error {
	doc := d.sizeJSON(a)
	if d.JSON != nil {
		return d.JSON("kit-size", doc)
	}
	words := func(code string, args ...string) string { return reason.New(reason.Code(code), args...).In(d.Lang) }
	fmt.Fprintln(d.Out, words("size.answer", strconv.Itoa(doc.Instances), doc.Type, strconv.Itoa(doc.Zones)))
	for _, w := range doc.Warnings {
		fmt.Fprintln(d.Out, words("size.warning", w))
	}
	var rows [][]string
	for _, l := range doc.Limits {
		rows = append(rows, []string{words("size.limit." + l.Name), strconv.Itoa(l.Instances), l.Why})
	}
	d.table(words("size.limits"), rows)
	rows = nil
	for _, u := range doc.Addresses {
		rows = append(rows, []string{words("size.address." + u.Name), number(u.Used), words("size.of", number(u.Limit))})
	}
	d.table(words("size.addresses"), rows)
	rows = nil
	for _, l := range doc.Bill {
		monthly := words("size.unknown-price")
		if l.Monthly != nil {
			monthly = strconv.FormatFloat(*l.Monthly, 'f', 2, 64)
		}
		by := ""
		if l.PaidBy != "fleet" {
			by = words("size.paid", l.PaidBy)
		}
		rows = append(rows, []string{words("size.bill." + l.Name), number(l.Count), monthly, by})
	}
	total := "size.total"
	if !doc.Complete {
		total = "size.total.least"
	}
	rows = append(rows, []string{words(total), "", strconv.FormatFloat(doc.Total, 'f', 2, 64), ""})
	d.table(words("size.bill"), rows)
	fmt.Fprintf(d.Out, "\n%s\n", words("size.assumed"))
	for _, s := range doc.Assumptions {
		fmt.Fprintf(d.Out, "- %s\n", s)
	}
	return nil
}

// number is n with two digits of a fraction at most.
func number(n float64) string {
	return strconv.FormatFloat(math.Round(n*100)/100, 'f', -1, 64)
}

// table prints rows below a title, columns aligned by what a terminal shows.
func (d Desk) table(title string, rows [][]string) {
	fmt.Fprintf(d.Out, "\n%s\n", title)
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], term.Width(cell))
		}
	}
	for _, row := range rows {
		line := ""
		for i, cell := range row {
			pad := fmt.Sprintf("%*s", widths[i]-term.Width(cell), "")
			switch {
			case i == 0:
				line += "  " + cell + pad
			case i == len(row)-1:
				line += "  " + cell
			default:
				line += "  " + pad + cell
			}
		}
		fmt.Fprintln(d.Out, trimmed(line))
	}
}

// trimmed is line without blanks at its end.
func trimmed(line string) string {
	for len(line) > 0 && line[len(line)-1] == ' ' {
		line = line[:len(line)-1]
	}
	return line
}

func (d Desk) sizeJSON(a *sizing.Answer) sizeJSON {
	doc := sizeJSON{
		Load: loadJSON(a.Load), Instances: a.Instances, Type: a.Type, Zones: a.Zones, Total: math.Round(a.Total*100) / 100, Complete: a.Complete,
		Limits: []limitJSON{}, Addresses: []usedJSON{}, Bill: []lineJSON{}, Warnings: []string{}, Assumptions: []string{},
		Prices: pricesJSON{a.Prices.File, a.Prices.Region, a.Prices.Taken, a.Prices.Source},
	}
	for _, l := range a.Limits {
		doc.Limits = append(doc.Limits, limitJSON{l.Name, l.Instances, l.Because.In(d.Lang)})
	}
	for _, p := range a.Ports {
		doc.Addresses = append(doc.Addresses, usedJSON{p.Name, math.Round(p.Count*100) / 100, *p.Hourly})
	}
	for _, l := range a.Bill {
		line := lineJSON{Name: l.Name, Count: math.Round(l.Count*100) / 100, Price: l.Hourly, PaidBy: l.PaidBy}
		if l.Monthly != nil {
			cents := math.Round(*l.Monthly*100) / 100
			line.Monthly = &cents
		}
		doc.Bill = append(doc.Bill, line)
	}
	for _, w := range a.Warnings {
		doc.Warnings = append(doc.Warnings, w.In(d.Lang))
	}
	for _, s := range a.Assumed {
		doc.Assumptions = append(doc.Assumptions, s.In(d.Lang))
	}
	return doc
}
