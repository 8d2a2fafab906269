// Package settings says what to write where so that a program uses a proxy:
// files, the commands that put them into force, and what to know about them.
//
//	proxy, err := settings.ParseProxy("http://proxy.example:3128")
//	answer, err := target.Settings(settings.Question{Proxy: proxy, OS: settings.AL2023})
//	fmt.Print(answer.Files[0].Content)
//
// Every target has its own syntax and its own spelling of what goes direct; the
// same question has the same answer, byte for byte. The package writes nothing
// (package files does), looks at no machine, and does not decide what the
// client can reach without the proxy (package exclude does).
package settings

import (
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// OS is an operating system, as far as settings differ.
type OS string

// The systems.
const (
	AL2     OS = "al2"    // Amazon Linux 2
	AL2023  OS = "al2023" // Amazon Linux 2023
	RHEL    OS = "rhel"   // and what is built from it, 8 and later
	Debian  OS = "debian"
	Ubuntu  OS = "ubuntu"
	MacOS   OS = "macos"
	Windows OS = "windows"
)

// OSes returns all systems, as contract and help name them.
func OSes() []OS { return []OS{AL2, AL2023, RHEL, Debian, Ubuntu, MacOS, Windows} }

var (
	everywhere = OSes()
	linux      = []OS{AL2, AL2023, RHEL, Debian, Ubuntu}
	unix       = []OS{AL2, AL2023, RHEL, Debian, Ubuntu, MacOS}
	servers    = []OS{AL2, AL2023, RHEL, Debian, Ubuntu, Windows}
)

// Question is what settings are asked for.
type Question struct {
	Proxy   Proxy
	OS      OS // empty: AL2023, or the first system that the target knows
	Exclude Exclusions
	Region  string // of the client; empty if nobody told
	Unit    string // the unit of target systemd
	Home    string // the home directory of files of a user, absolute; "~" if empty
	// Format and Parts are for target user-data: the form, and the targets
	// that it composes. If they are empty, they follow from OS.
	Format Format
	Parts  []string

	composing bool // for user data, which runs on one machine before its services do
}

// Answer is what to write, to run and to know.
type Answer struct {
	OS       OS
	Files    []File
	Commands []string // in this order, after the files are there
	Notes    []reason.Because
}

// note adds a note to a.
func (a *Answer) note(code reason.Code, args ...string) {
	a.Notes = append(a.Notes, reason.New("settings.note."+code, args...))
}

// once adds n to a, if no note of its kind is there.
func (a *Answer) once(n reason.Because) {
	if !slices.ContainsFunc(a.Notes, func(m reason.Because) bool { return m.Code == n.Code }) {
		a.Notes = append(a.Notes, n)
	}
}

// run adds commands to a.
func (a *Answer) run(commands ...string) { a.Commands = append(a.Commands, commands...) }

// File is a file with settings, or the part of one that is ours.
type File struct {
	// Path is absolute, begins with "~" (a home that nobody named), or is a
	// name alone: then it belongs wherever the code stands that uses it.
	Path    string
	Mode    fs.FileMode
	Content string
	// Block tells where Content stands in a file that others write, too. If it
	// is nil, the whole file is ours.
	Block *Block
}

// Block is the place of our lines in a file that is not ours alone.
type Block struct {
	// Open and Close are the lines around it.
	Open, Close string
	// Under is the section that the block begins, such as "[main]". A file
	// without it gets it. If it is empty, the block stands at the end.
	Under string
	// Keys are settings that contradict ours where they stand in lines outside
	// the block: in the section Within or, if that is empty, anywhere.
	Keys   []string
	Within string
}

// Refusal says why there is no answer, and what to ask instead.
type Refusal struct{ Why, Hint reason.Because }

// Error returns the reason in English.
func (r *Refusal) Error() string { return r.Why.In(reason.English) }

func refuse(why, hint reason.Because) error { return &Refusal{why, hint} }

// Target is a program, or a place that many programs read.
type Target struct {
	Name string
	OSes []OS // the systems that it can be written for
	// Programs are those of package noproxy that read what is written.
	Programs []string

	write func(q Question) (Answer, error)
}

// About is what t is for, in one clause.
func (t *Target) About() reason.Because { return reason.New(reason.Code("settings.target." + t.Name)) }

// Settings returns the answer to q for t, or a *Refusal.
func (t *Target) Settings(q Question) (Answer, error) {
	if q.OS == "" {
		q.OS = AL2023
		if !slices.Contains(t.OSes, q.OS) {
			q.OS = t.OSes[0]
		}
	}
	if !slices.Contains(t.OSes, q.OS) {
		return Answer{}, refuse(
			reason.New("settings.no-os", t.Name, string(q.OS)),
			reason.New("settings.no-os.hint", listed(t.OSes)))
	}
	if q.Region != "" && !awsdata.RegionShape(q.Region) { // it stands in commands and scripts
		return Answer{}, refuse(reason.New("cli.not-a-region", strconv.Quote(q.Region)), reason.New("settings.region.hint"))
	}
	if err := q.settle(); err != nil {
		return Answer{}, err
	}
	a, err := t.write(q)
	a.OS = q.OS
	q.open(&a)
	if strings.ContainsFunc(q.Proxy.User+q.Proxy.Password, func(r rune) bool { return r >= utf8.RuneSelf }) {
		a.once(reason.New("settings.note.not-ascii"))
	}
	return a, err
}
