package settings

import (
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// programData is where Windows keeps what belongs to all users.
const programData = `C:\ProgramData\`

// script is a PowerShell script of ours. It is ASCII: Windows PowerShell reads
// a file without a mark in the machine's code page.
func (q Question) script(target, body string) File {
	return File{
		Path: programData + `deguchi\` + target + ".ps1", Mode: q.private(),
		Content: crlf(head("#", target) + "$ErrorActionPreference = 'Stop'\n" + body),
	}
}

// open adds a note if the password stands in files for all users: below
// programData they may read what nobody has taken from them, and a mode of Unix
// takes nothing.
func (q Question) open(a *Answer) {
	var paths []string
	for _, f := range a.Files {
		if f.Mode != readable && strings.HasPrefix(f.Path, programData) {
			paths = append(paths, f.Path)
		}
	}
	if len(paths) > 0 && !q.composing {
		a.once(reason.New("settings.note.secret-readable", strings.Join(paths, ", ")))
	}
}

// runScript is the command that runs a script, whatever the machine's policy
// for scripts is.
func runScript(path string) string {
	return "powershell -NoProfile -ExecutionPolicy Bypass -File " + path
}

// setEnvironment sets vars in a store of Windows. setx is no substitute: it
// cuts values at 1,024 characters. Names have no case there, so each is set
// once.
func setEnvironment(vars []variable, store string) string {
	return lines(vars, func(v variable) string {
		return "[Environment]::SetEnvironmentVariable(" + powershellQuoted(v.name) + ", " + powershellQuoted(v.value) + ", '" + store + "')"
	})
}

// machineWide adds a note if p's password stands in the machine's environment.
func (q Question) machineWide(a *Answer) {
	if q.Proxy.Secret() {
		a.note("secret-machine")
	}
}

// upper are the variables in upper case alone.
func (q Question) upper() []variable { return q.variables()[3:] }

// writePowerShell is for the environment that all programs of Windows find
// which read variables: one script for the machine, and one for a user.
func writePowerShell(q Question) (Answer, error) {
	machine := q.script("powershell", setEnvironment(q.upper(), "Machine")+setEnvironment(q.upper(), "Process"))
	user := q.script("powershell", setEnvironment(q.upper(), "User")+setEnvironment(q.upper(), "Process"))
	machine.Path = strings.Replace(machine.Path, "powershell.ps1", "proxy-machine.ps1", 1)
	user.Path = strings.Replace(user.Path, "powershell.ps1", "proxy-user.ps1", 1)
	a := Answer{Files: []File{machine, user}}
	q.machineWide(&a)
	a.run(runScript(machine.Path), runScript(user.Path))
	if !q.composing { // user data takes the machine's alone
		a.note("windows-choose")
	}
	a.note("windows-new")
	a.note("windows-stores")
	q.Exclude.notes(&a)
	return a, nil
}

// service adds a script that gives variables to a Windows service: the value
// Environment of its key, one string each.
func (q Question) service(a *Answer, target, name string, x Exclusions) {
	a.Files = append(a.Files, q.script(target, serviceEnvironment(name, variables(q.Proxy.URL(), x.Variable())[:3])))
	a.run(runScript(a.Files[len(a.Files)-1].Path))
	if q.Proxy.Secret() {
		a.note("secret-registry", name)
	}
}

func serviceEnvironment(name string, vars []variable) string {
	items := make([]string, len(vars))
	for i, v := range vars {
		items[i] = "    " + powershellQuoted(v.name+"="+v.value)
	}
	return "$variables = @(\n" + strings.Join(items, ",\n") + "\n)\n" +
		`New-ItemProperty -Path 'HKLM:\SYSTEM\CurrentControlSet\Services\` + name + `' -Name Environment ` +
		"-PropertyType MultiString -Value $variables -Force | Out-Null\n" +
		"Restart-Service " + name + "\n"
}

// writeWinHTTP is for what reads neither variables nor a user's settings:
// services such as Windows Update. The proxy is named for both schemes: a bare
// host:port becomes http_proxy alone for the Systems Manager agent
// (agent/proxyconfig/proxy_windows.go), and its calls go direct.
func writeWinHTTP(q Question) (Answer, error) {
	address := q.Proxy.Address()
	set := `netsh winhttp set proxy "proxy-server=http=` + address + ";https=" + address +
		`" "bypass-list=` + q.Exclude.winhttp() + `"`
	script := q.script("windows-winhttp", set+"\n")
	script.Mode = readable // it has no credentials
	a := Answer{Files: []File{script}}
	a.run(runScript(a.Files[0].Path), "netsh winhttp show proxy")
	if q.Proxy.Secret() {
		a.note("no-credentials", "WinHTTP")
	}
	q.Exclude.netless(&a)
	a.note("winhttp")
	q.Exclude.wide(&a)
	return a, nil
}
