package probe

import (
	"context"
	"maps"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// unitFolders are where systemd looks for units, the first one wins
// (systemd.unit(5), "UNIT FILE LOAD PATH").
var unitFolders = []string{"/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"}

// unit adds the files of a unit in the order in which systemd reads them, the
// files that they include, and the environment of its process, if there is such
// a unit.
func (w World) unit(f *facts.Sheet) bool {
	name := f.Subject.Name
	if path.Ext(name) == "" {
		name += ".service"
		f.Subject.Name = name
	}
	fragment := w.fragment(name)
	if fragment == "" {
		return false
	}
	files := append(w.managerFiles(), fragment)
	files = append(files, w.dropIns(name)...)
	for _, file := range files {
		s := w.numbered(facts.UnitFile, file, unitLine)
		f.Sources = append(f.Sources, s)
		for _, included := range includedBy(s) {
			f.Sources = append(f.Sources, w.numbered(facts.EnvFile, included, mentions))
		}
	}
	f.Sources = append(f.Sources, w.misnamed(name)...)
	if pid := w.mainProcess(name); pid != "" {
		f.Sources = append(f.Sources, w.environOf(pid))
	}
	return true
}

// managerFiles are the files of systemd's own configuration, which may give every
// unit variables, if there are any with some (systemd-system.conf(5)).
func (w World) managerFiles() []string {
	var found []string
	byName := map[string]string{}
	for _, dir := range []string{"/etc/systemd", "/run/systemd", "/usr/local/lib/systemd", "/usr/lib/systemd"} {
		for _, file := range w.glob(dir+"/system.conf.d", ".conf") {
			if base := path.Base(file); byName[base] == "" {
				byName[base] = file
			}
		}
	}
	files := []string{"/etc/systemd/system.conf"}
	for _, base := range slices.Sorted(maps.Keys(byName)) {
		files = append(files, byName[base])
	}
	for _, file := range files {
		if s := w.numbered(facts.UnitFile, file, unitLine); slices.ContainsFunc(s.Lines, func(l string) bool { return strings.Contains(l, "Environment") }) {
			found = append(found, file)
		}
	}
	return found
}

// unitLine keeps headings and what makes an environment.
func unitLine(line string) bool {
	line = strings.TrimSpace(line)
	if strings.HasPrefix(line, "DefaultEnvironment") || strings.HasPrefix(line, "ManagerEnvironment") {
		return mentions(line)
	}
	return strings.HasPrefix(line, "[") || strings.HasPrefix(line, "EnvironmentFile") || strings.HasPrefix(line, "UnsetEnvironment") ||
		strings.HasPrefix(line, "Environment") && (mentions(line) || strings.HasSuffix(line, "=") || strings.HasSuffix(line, `\`))
}

// fragment is the file of the unit itself.
func (w World) fragment(name string) string {
	for _, dir := range unitFolders {
		if w.exists(dir + "/" + name) {
			return dir + "/" + name
		}
	}
	return ""
}

// dropIns are the drop-ins of a unit, sorted by their names whatever folder
// they are in; of two with one name the first folder's is read.
func (w World) dropIns(name string) []string {
	byName := map[string]string{}
	var names []string
	for _, dir := range unitFolders {
		for _, file := range w.glob(dir+"/"+name+".d", ".conf") {
			base := path.Base(file)
			if byName[base] == "" {
				byName[base] = file
				names = append(names, base)
			}
		}
	}
	slices.Sort(names)
	for i, n := range names {
		names[i] = byName[n]
	}
	return names
}

// kept are endings of what editors, people and package managers leave beside a
// file: nobody takes it for one that is read.
var kept = []string{"~", ".bak", ".old", ".orig", ".save", ".swp", ".disabled", ".off", ".rpmsave", ".rpmnew", ".dpkg-old", ".dpkg-dist", ".dpkg-new"}

// misnamed are files among the drop-ins that systemd passes over, and in which
// somebody set something that matters.
func (w World) misnamed(name string) []facts.Source {
	var odd []facts.Source
	for _, dir := range unitFolders {
		for _, file := range w.glob(dir+"/"+name+".d", "") {
			left := slices.ContainsFunc(kept, func(end string) bool { return strings.HasSuffix(file, end) })
			if left || strings.HasSuffix(file, ".conf") {
				continue
			}
			s := w.numbered(facts.Log, file, mentions)
			if s.Err == "" && len(s.Lines) == 0 {
				continue
			}
			s.Err = facts.WrongName
			odd = append(odd, s)
		}
	}
	return odd
}

// includedBy are the files that EnvironmentFile= names in s.
func includedBy(s facts.Source) []string {
	var files []string
	for _, line := range s.Lines {
		_, text, _ := strings.Cut(line, ":")
		if file, ok := strings.CutPrefix(strings.TrimSpace(text), "EnvironmentFile="); ok && file != "" {
			files = append(files, strings.TrimPrefix(strings.TrimSpace(file), "-"))
		}
	}
	return files
}

// mainProcess is the oldest process in the unit's control group.
func (w World) mainProcess(name string) string {
	for _, group := range []string{"/sys/fs/cgroup/system.slice/", "/sys/fs/cgroup/systemd/system.slice/"} {
		if text, err := w.read(group + name + "/cgroup.procs"); err == nil {
			pid, _, _ := strings.Cut(string(text), "\n")
			return strings.TrimSpace(pid)
		}
	}
	return ""
}

// agentUnits are the units of the SSM agent, as packages and as the snap of
// Ubuntu name them.
var agentUnits = []string{"amazon-ssm-agent.service", "snap.amazon-ssm-agent.amazon-ssm-agent.service"}

// ssmAgent adds what there is of the SSM agent, if it is installed.
func (w World) ssmAgent(ctx context.Context, f *facts.Sheet) bool {
	if w.OS == "windows" {
		f.Sources = append(f.Sources, windowsPlaces()...)
	} else {
		f.Subject.Name = agentUnits[0]
		for _, u := range agentUnits {
			if w.fragment(u) != "" {
				f.Subject.Name = u
				break
			}
		}
		if !w.unit(f) {
			return false
		}
	}
	f.Sources = append(f.Sources, w.agentVersion(ctx))
	for _, log := range []string{"/var/log/amazon/ssm/amazon-ssm-agent.log", "/var/log/cloud-init-output.log", "/var/log/cloud-init.log"} {
		s := w.numbered(facts.Log, log, func(line string) bool {
			low := strings.ToLower(line)
			return strings.Contains(low, "error") || strings.Contains(low, "proxy") || strings.Contains(low, "failed")
		})
		if s.Err == "" {
			s.Lines = s.Lines[max(0, len(s.Lines)-maxLog):]
			f.Sources = append(f.Sources, s)
		}
	}
	return true
}

// maxLog is how many lines of a log are kept: the last ones.
const maxLog = 50

var versionNumber = regexp.MustCompile(`\d+\.\d+\.\d+\.\d+`)

// agentVersion asks the agent's program, if it is there.
func (w World) agentVersion(ctx context.Context) facts.Source {
	s := facts.Source{Form: facts.Version, Name: "amazon-ssm-agent"}
	program, err := exec.LookPath("amazon-ssm-agent")
	if err != nil {
		s.Err = "not installed, or not in PATH"
		return s
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, program, "-version").CombinedOutput() //nolint:gosec // the name is ours, the place PATH's
	if v := versionNumber.FindString(string(out)); v != "" {
		s.Lines = []string{v}
	} else if err != nil {
		s.Err = why(err)
	}
	return s
}
