package probe

import (
	"bufio"
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/environ"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// maxFile bounds what is read of one file.
const maxFile = 1 << 20

// NoSubjectError says that there is no such user, unit or process.
type NoSubjectError struct{ Subject facts.Subject }

// Error names whom.
func (e *NoSubjectError) Error() string { return "there is no " + e.Subject.String() }

// Collect reads what the machine says about the subject of f, which its caller
// has filled in as far as the command line goes. It contacts nobody.
func Collect(ctx context.Context, w World, f *facts.Sheet) error {
	f.Time, f.OS = w.Now(), w.OS
	f.Machine, _ = os.Hostname() // a machine without a name has none in the report
	f.Release, f.EC2, f.Container = w.release(), w.ec2(), w.container()
	there := true
	switch f.Subject.Kind {
	case facts.Shell:
		f.Sources = append(f.Sources, variables("environment", w.Environ))
	case facts.User:
		there = w.user(f)
	case facts.Process:
		there = w.process(f)
	case facts.Unit:
		there = w.unit(f)
	case facts.SSMAgent:
		there = w.ssmAgent(ctx, f)
	}
	if !there {
		return &NoSubjectError{f.Subject}
	}
	if f.Subject.Kind != facts.User {
		w.beside(f)
	}
	w.awsConfig(f)
	w.bundles(f)
	if f.Region == "" {
		f.Region = regionOf(f)
	}
	return nil
}

// rooted is a path as an fs.FS wants it.
func rooted(name string) string {
	return strings.TrimPrefix(path.Clean(strings.ReplaceAll(name, `\`, "/")), "/")
}

// read returns the beginning of a file.
func (w World) read(name string) ([]byte, error) {
	file, err := w.Root.Open(rooted(name))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxFile))
}

// exists reports whether there is such a file.
func (w World) exists(name string) bool {
	_, err := fs.Stat(w.Root, rooted(name))
	return err == nil
}

// missing is why a file could not be read that is not there.
const missing = "no such file"

// why says in one word or two why a file could not be read.
func why(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return missing
	case errors.Is(err, fs.ErrPermission):
		return "permission denied"
	}
	return err.Error()
}

func (w World) release() string {
	text, err := w.read("/etc/os-release")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "PRETTY_NAME="); ok {
			return strings.Trim(name, `"'`)
		}
	}
	return ""
}

// ec2 reads what the firmware says (EC2 user guide, "Detect whether a host is an
// EC2 instance").
func (w World) ec2() facts.Answer {
	if vendor, err := w.read("/sys/devices/virtual/dmi/id/sys_vendor"); err == nil {
		if strings.HasPrefix(string(vendor), "Amazon EC2") {
			return facts.Yes
		}
		if !strings.HasPrefix(string(vendor), "Xen") {
			return facts.No
		}
	}
	if id, err := w.read("/sys/hypervisor/uuid"); err == nil && strings.HasPrefix(string(id), "ec2") {
		return facts.Yes
	}
	return facts.Unknown
}

func (w World) container() facts.Answer {
	if w.exists("/.dockerenv") || w.exists("/run/.containerenv") {
		return facts.Yes
	}
	if w.OS == "linux" {
		return facts.No
	}
	return facts.Unknown
}

// variables keeps what matters of an environment.
func variables(name string, vars []string) facts.Source {
	s := facts.Source{Form: facts.Environ, Name: name}
	for _, v := range vars {
		key, value, ok := strings.Cut(v, "=")
		if ok && environ.Matters(key) {
			s.Lines = append(s.Lines, key+"="+shownValue(key, value))
		}
	}
	slices.Sort(s.Lines)
	return s
}

// shownValue is a variable's value without secrets: of keys and tokens nothing
// but that they are there. A proxy's password is kept until the facts are
// written or printed, for it has to be sent.
func shownValue(name, value string) string {
	upper := strings.ToUpper(name)
	if strings.Contains(upper, "SECRET") || strings.Contains(upper, "TOKEN") && !strings.HasSuffix(upper, "_FILE") || strings.HasSuffix(upper, "ACCESS_KEY_ID") {
		return "***"
	}
	if strings.HasSuffix(upper, "_PROXY") {
		return value
	}
	return diag.Redact(value)
}

// numbered keeps the lines of a file that matter, with their numbers.
func (w World) numbered(form facts.Form, name string, matters func(string) bool) facts.Source {
	s := facts.Source{Form: form, Name: name}
	text, err := w.read(name)
	if err != nil {
		s.Err = why(err)
		return s
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, maxFile)
	continued := false
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if continued || matters(line) {
			s.Lines = append(s.Lines, strconv.Itoa(n)+":"+line)
			continued = strings.HasSuffix(line, `\`)
		}
	}
	return s
}

// telling are the parts of names and values that say something about the way to
// AWS; what has one of secretive is not read at all.
var (
	telling   = []string{"proxy", "ca_bundle", "ssl_cert", "node_extra_ca", "aws_", "java_tool_options", "godebug"}
	secretive = []string{"secret", "token", "access_key"}
)

// mentions reports whether a line of a file of variables says something about
// one that matters.
func mentions(line string) bool {
	low := strings.ToLower(line)
	has := func(part string) bool { return strings.Contains(low, part) }
	return slices.ContainsFunc(telling, has) && !slices.ContainsFunc(secretive, has)
}

// beside adds what other places say, which do not make the subject's
// environment: a setting is often found there.
func (w World) beside(f *facts.Sheet) {
	if w.OS == "windows" {
		return
	}
	for _, s := range w.login() {
		if s.Err == "" && len(s.Lines) > 0 {
			f.Sources = append(f.Sources, s)
		}
	}
}

// login are the files that a login shell of anybody's reads.
func (w World) login() []facts.Source {
	all := []facts.Source{w.numbered(facts.EnvFile, "/etc/environment", mentions), w.numbered(facts.Profile, "/etc/profile", mentions)}
	for _, name := range w.glob("/etc/profile.d", ".sh") {
		all = append(all, w.numbered(facts.Profile, name, mentions))
	}
	return all
}

// glob are the files of a folder whose names end so, sorted.
func (w World) glob(dir, end string) []string {
	entries, err := fs.ReadDir(w.Root, rooted(dir))
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), end) {
			names = append(names, dir+"/"+e.Name())
		}
	}
	return names
}

// user adds what a login of a user reads, if there is one.
func (w World) user(f *facts.Sheet) bool {
	for _, s := range w.login() {
		if s.Err != missing {
			f.Sources = append(f.Sources, s)
		}
	}
	home := w.homeOf(f.Subject.Name)
	if home == "" {
		return false
	}
	for _, name := range []string{".bash_profile", ".bash_login", ".profile"} { // bash(1): the first that there is
		if w.exists(home + "/" + name) {
			f.Sources = append(f.Sources, w.numbered(facts.Profile, home+"/"+name, mentions))
			break
		}
	}
	for _, name := range []string{".bashrc", ".zprofile", ".zshrc"} {
		if w.exists(home + "/" + name) {
			f.Sources = append(f.Sources, w.numbered(facts.Profile, home+"/"+name, mentions))
		}
	}
	return true
}

func (w World) homeOf(user string) string {
	text, err := w.read("/etc/passwd")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if parts := strings.Split(strings.TrimSpace(line), ":"); len(parts) > 5 && parts[0] == user {
			return parts[5]
		}
	}
	return ""
}

// process adds the environment of a process, as the kernel has it, if there is
// one.
func (w World) process(f *facts.Sheet) bool {
	s := w.environOf(f.Subject.Name)
	if s.Err == missing {
		return false
	}
	f.Sources = append(f.Sources, s)
	if name, err := w.read("/proc/" + f.Subject.Name + "/comm"); err == nil && len(f.Programs) == 0 {
		f.Programs = diagnose.UsualPrograms(strings.TrimSpace(string(name)))
	}
	return true
}

func (w World) environOf(pid string) facts.Source {
	name := "/proc/" + pid + "/environ"
	text, err := w.read(name)
	if err != nil {
		return facts.Source{Form: facts.Environ, Name: name, Err: why(err)}
	}
	return variables(name, strings.Split(string(text), "\x00"))
}

// configKeys are the keys of ~/.aws/config and ~/.aws/credentials that matter.
var configKeys = []string{"region", "ca_bundle", "credential_process", "sso_session", "sso_start_url", "login_session", "web_identity_token_file", "aws_access_key_id", "role_arn", "source_profile", "proxies"}

// awsConfig adds the AWS configuration of whoever the subject is, if it is a
// person.
func (w World) awsConfig(f *facts.Sheet) {
	home := w.Home
	switch f.Subject.Kind {
	case facts.Shell:
	case facts.User:
		home = w.homeOf(f.Subject.Name)
	case facts.Unit, facts.Process, facts.SSMAgent:
		return
	}
	names := []string{home + "/.aws/config", home + "/.aws/credentials"}
	vars := environ.Variables(f)
	for i, v := range []string{"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"} {
		if vars[v] != "" {
			names[i] = vars[v]
		}
	}
	for _, name := range names {
		s := w.numbered(facts.Config, name, func(line string) bool {
			key, _, _ := strings.Cut(line, "=")
			key = strings.TrimSpace(key)
			return strings.HasPrefix(key, "[") || strings.Contains(key, "proxy") || slices.Contains(configKeys, key)
		})
		if s.Err != "" {
			continue
		}
		for i, line := range s.Lines {
			if key, _, ok := strings.Cut(line, "="); ok && (strings.Contains(key, "aws_access_key_id") || strings.Contains(key, "credential_process")) {
				s.Lines[i] = strings.TrimSpace(key) + " = ***"
			}
		}
		f.Sources = append(f.Sources, s)
	}
}

// bundles adds the files of certificates that variables name.
func (w World) bundles(f *facts.Sheet) {
	vars := environ.Variables(f)
	for _, name := range []string{"AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"} {
		file := vars[name]
		if file == "" {
			continue
		}
		s := facts.Source{Form: facts.PEM, Name: name + "=" + file}
		text, err := w.read(file)
		if err != nil {
			s.Err = why(err)
		} else {
			s.Lines = []string{"certificates " + strconv.Itoa(certificates(text))}
		}
		f.Sources = append(f.Sources, s)
	}
}

func certificates(text []byte) int {
	n := 0
	for {
		block, rest := pem.Decode(text)
		if block == nil {
			return n
		}
		if block.Type == "CERTIFICATE" || block.Type == "TRUSTED CERTIFICATE" {
			n++
		}
		text = rest
	}
}

// regionOf is the region that the subject's settings name.
func regionOf(f *facts.Sheet) string {
	vars := environ.Variables(f)
	for _, name := range []string{"AWS_REGION", "AWS_DEFAULT_REGION"} {
		if vars[name] != "" {
			return vars[name]
		}
	}
	section, want := "", "default"
	if p := vars["AWS_PROFILE"]; p != "" {
		want = "profile " + p
	}
	for _, s := range f.Sources {
		if s.Form != facts.Config {
			continue
		}
		for _, line := range s.Lines {
			_, text, _ := strings.Cut(line, ":")
			text = strings.TrimSpace(text)
			if strings.HasPrefix(text, "[") {
				section = strings.Trim(text, "[] ")
			} else if key, value, ok := strings.Cut(text, "="); ok && strings.TrimSpace(key) == "region" && section == want {
				return strings.TrimSpace(value)
			}
		}
	}
	return ""
}
