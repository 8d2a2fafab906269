package settings

import (
	"slices"
	"strings"
)

// writeDNF is for dnf. The credentials stand in the URL: what proxy_password
// holds is decoded once more by libdnf before 0.70, and a % in it changes.
func writeDNF(q Question) (Answer, error) { return q.repositories("dnf", "/etc/dnf/dnf.conf") }

// writeYum is for yum, which has a file of its own on Amazon Linux 2 and is
// another name of dnf everywhere else.
func writeYum(q Question) (Answer, error) {
	if q.OS == AL2 {
		return q.repositories("yum", "/etc/yum.conf")
	}
	return q.repositories("yum", "/etc/dnf/dnf.conf")
}

// mainSection is the one that dnf.conf and yum.conf have.
const mainSection = "[main]"

func (q Question) repositories(target, path string) (Answer, error) {
	var a Answer
	f := block(path, target, mainSection, "proxy="+q.Proxy.URL()+"\n", "proxy", "proxy_username", "proxy_password")
	f.Block.Within = mainSection // a repository's own proxy is for it alone
	a.Files = []File{f}
	a.note("repositories", target)
	if q.OS == AL2 || q.OS == AL2023 {
		a.note("repositories-s3")
	}
	q.exposed(&a, path)
	return a, nil
}

// writeApt is for apt, in which a host that goes direct is named in full: there
// is no form for what is below a name, and none for networks. It honours
// no_proxy besides.
func writeApt(q Question) (Answer, error) {
	const path = "/etc/apt/apt.conf.d/95proxy"
	var b strings.Builder
	b.WriteString(head("//", "apt"))
	for _, scheme := range []string{"http", "https"} {
		b.WriteString("Acquire::" + scheme + "::Proxy \"" + q.Proxy.URL() + "\";\n")
		for _, n := range slices.Concat([]string{"localhost"}, q.Exclude.addresses(), q.Exclude.names) {
			b.WriteString("Acquire::" + scheme + "::Proxy::" + n + " \"DIRECT\";\n")
		}
	}
	a := Answer{Files: []File{{Path: path, Mode: readable, Content: b.String()}}}
	a.note("apt-exact")
	q.Exclude.netless(&a)
	q.exposed(&a, path)
	q.Exclude.wide(&a)
	return a, nil
}

// writeGit is for git. An empty proxy for a URL is git's word for none
// (git-config(1), http.proxy and http.<url>.*); a * there stands for one label.
func writeGit(q Question) (Answer, error) {
	direct := []string{"localhost"}
	for _, addr := range q.Exclude.addresses() {
		if strings.Contains(addr, ":") {
			addr = "[" + addr + "]"
		}
		direct = append(direct, addr)
	}
	for _, n := range q.Exclude.names {
		direct = append(direct, n, "*."+n)
	}
	content := "[http]\n\tproxy = \"" + q.Proxy.URL() + "\"\n"
	for _, host := range direct {
		for _, scheme := range []string{"https", "http"} {
			content += "[http \"" + scheme + "://" + host + "\"]\n\tproxy = \"\"\n"
		}
	}
	path, mode := "/etc/gitconfig", readable
	if q.OS == MacOS || q.OS == Windows {
		path, mode = q.home(".gitconfig"), q.private()
	}
	f := block(path, "git", "", content, "proxy")
	f.Mode, f.Block.Within = mode, "[http]"
	a := Answer{Files: []File{f}}
	if mode == readable {
		q.exposed(&a, path)
	}
	a.note("git")
	q.Exclude.netless(&a)
	q.Exclude.wide(&a)
	return a, nil
}

// writeNPM is for a user's .npmrc: the file of the whole machine stands
// elsewhere in every distribution.
func writeNPM(q Question) (Answer, error) {
	content := "proxy=" + q.Proxy.URL() + "\nhttps-proxy=" + q.Proxy.URL() + "\nnoproxy=" + q.Exclude.npm() + "\n"
	f := block(q.home(".npmrc"), "npm", "", content, "proxy", "https-proxy", "noproxy")
	f.Mode = q.private()
	a := Answer{Files: []File{f}}
	a.note("npm")
	q.Exclude.netless(&a)
	six := slices.DeleteFunc(q.Exclude.addresses(), func(addr string) bool { return !strings.Contains(addr, ":") })
	if len(six) > 0 {
		a.note("npm-six", listed(six))
	}
	q.Exclude.wide(&a)
	return a, nil
}

// writePip is for pip, which ignores every exception where its file names a
// proxy (pip 23.2.1: session.trust_env is off then).
func writePip(q Question) (Answer, error) {
	var path string
	switch q.OS {
	case MacOS:
		path = "/Library/Application Support/pip/pip.conf"
	case Windows:
		path = programData + `pip\pip.ini`
	default:
		path = "/etc/pip.conf"
	}
	a := Answer{Files: []File{block(path, "pip", "[global]", "proxy = "+q.Proxy.URL()+"\n", "proxy")}}
	a.note("explicit", "pip", listed(q.OS.environment()))
	q.exposed(&a, path)
	return a, nil
}

// writeMaven is for Maven's settings.xml. A proxy of protocol http serves https
// as well. Maven takes ${…} for a variable and {…} for an encrypted password.
func writeMaven(q Question) (Answer, error) {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!--" + strings.TrimSuffix(strings.ReplaceAll(head("", "maven"), "--", "the flag "), "\n") + " -->\n")
	b.WriteString(`<settings xmlns="http://maven.apache.org/SETTINGS/1.0.0">` + "\n  <proxies>\n    <proxy>\n")
	fields := [][2]string{
		{"id", "deguchi"},
		{"active", "true"},
		{"protocol", "http"},
		{"host", q.Proxy.Host},
		{"port", q.Proxy.port()},
	}
	if q.Proxy.Secret() {
		fields = append(fields, [2]string{"username", q.Proxy.User}, [2]string{"password", q.Proxy.Password})
	}
	for _, f := range append(fields, [2]string{"nonProxyHosts", q.Exclude.java()}) {
		b.WriteString("      <" + f[0] + ">" + xmlQuoted(f[1]) + "</" + f[0] + ">\n")
	}
	b.WriteString("    </proxy>\n  </proxies>\n</settings>\n")
	a := Answer{Files: []File{{Path: q.home(".m2/settings.xml"), Mode: q.private(), Content: b.String()}}}
	a.note("maven")
	trimmed := strings.TrimSpace(q.Proxy.User) != q.Proxy.User || strings.TrimSpace(q.Proxy.Password) != q.Proxy.Password
	if trimmed || strings.ContainsAny(q.Proxy.User+q.Proxy.Password, "{}") {
		a.note("maven-braces")
	}
	q.javaNotes(&a)
	return a, nil
}
