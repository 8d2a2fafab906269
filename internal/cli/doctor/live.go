package doctor

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/probe"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// Examine collects facts here, tries the ways and shows what is wrong. It
// reports whether anything is.
func (c *Clinic) Examine(ctx context.Context, q *Question) (wrong bool, err error) {
	if err := q.check(); err != nil {
		return false, err
	}
	subject, err := q.subject()
	if err != nil {
		return false, err
	}
	f := &facts.Sheet{
		Tool: "deguchi " + c.Version, Subject: subject, Region: q.Region, Proxy: q.Proxy, Programs: q.Programs,
	}
	if err := probe.Collect(ctx, c.World, f); err != nil {
		if e, ok := errors.AsType[*probe.NoSubjectError](err); ok {
			err = &Failure{reason.New("cli.doctor.no-subject", e.Subject.String())}
		}
		return false, err
	}
	targets, open, err := q.targets(f)
	if err != nil {
		return false, err
	}
	f.Targets = targets
	plan := diagnose.Prepare(f)
	if q.Identity && subject.Kind == facts.Shell { // others' credentials are not ours to use
		plan.Sign(f)
	}
	f.Contacts = plan.Addresses()
	c.announce(plan, open)
	limits := c.Limits
	limits.Idle = q.Slow
	probe.Run(ctx, c.World, limits, f, plan, c.waiting)
	if err := ctx.Err(); err != nil {
		return false, err
	}
	r := diagnose.Examine(f)
	if q.Archive != "" {
		if err := writeFile(q.Archive, func(w io.Writer) error { return c.archive(w, r) }); err != nil {
			return false, err
		}
	}
	if c.JSON {
		return isWrong(r), c.Print("doctor", c.document(r))
	}
	return isWrong(r), c.show(c.Out, r)
}

// isWrong reports whether some check found something.
func isWrong(r *diagnose.Report) bool { return len(r.Causes) > 0 }

// announce says whom the plan contacts, before anybody is.
func (c *Clinic) announce(plan diagnose.Plan, open []string) {
	if len(plan.Contacts) == 0 {
		fmt.Fprintln(c.Stderr, c.say("doctor.nothing-to-contact"))
	} else {
		fmt.Fprintln(c.Stderr, c.say("doctor.will-contact"))
	}
	for _, contact := range plan.Contacts {
		fmt.Fprintf(c.Stderr, "  %s  %s\n", contact.Address, contact.Because.In(c.Lang))
	}
	if len(open) > 0 {
		fmt.Fprintln(c.Stderr, c.say("doctor.open-hosts", strings.Join(open, ", ")))
	}
}

// waiting says what takes its time.
func (c *Clinic) waiting(errands []diagnose.Errand) {
	var what []string
	for _, e := range errands {
		address := diagnose.Address(e.URL)
		if e.Way == facts.ByProxy {
			address += " (" + c.say("doctor.contact.through", diagnose.Address(e.Proxy)) + ")"
		}
		what = append(what, address)
	}
	if len(what) > 0 {
		fmt.Fprintln(c.Stderr, c.say("doctor.waiting", strings.Join(what, ", ")))
	}
}

// archive writes facts and report as a tar.gz for whoever is asked for help.
// Secrets are in none of them.
func (c *Clinic) archive(w io.Writer, r *diagnose.Report) error {
	var seen, text bytes.Buffer
	if err := r.Facts.Write(&seen); err != nil {
		return err
	}
	if err := c.show(&text, r); err != nil {
		return err
	}
	report, err := json.MarshalIndent(c.document(r), "", "  ")
	if err != nil {
		return err
	}
	z := gzip.NewWriter(w)
	t := tar.NewWriter(z)
	for _, file := range []struct {
		name string
		body []byte
	}{{"facts.txt", seen.Bytes()}, {"report.json", append(report, '\n')}, {"report.txt", text.Bytes()}} {
		head := &tar.Header{Name: "deguchi-doctor/" + file.name, Mode: 0o600, Size: int64(len(file.body)), ModTime: r.Facts.Time}
		if err := t.WriteHeader(head); err != nil {
			return err
		}
		if _, err := t.Write(file.body); err != nil {
			return err
		}
	}
	if err := t.Close(); err != nil {
		return err
	}
	return z.Close()
}
