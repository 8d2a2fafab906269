package settings

import (
	"slices"
	"strconv"
	"strings"
)

// writeShell is for login shells: a file of /etc/profile.d, and for macOS, whose
// shell is zsh, a part of /etc/zshenv, which Apple does not ship and so does
// not replace.
func writeShell(q Question) (Answer, error) {
	var a Answer
	vars := q.variables()
	content := lines(vars, exported)
	if q.OS == MacOS {
		a.Files = []File{block("/etc/zshenv", "shell", "", content, names(vars, "export ")...)}
		a.run(". /etc/zshenv")
		a.note("macos-apps")
	} else {
		a.Files = []File{{Path: "/etc/profile.d/proxy.sh", Mode: readable, Content: head("#", "shell") + content}}
		a.run(". /etc/profile.d/proxy.sh")
		a.note("login-shells")
	}
	q.exposed(&a, a.Files[0].Path)
	q.Exclude.notes(&a)
	return a, nil
}

// pamLine is how many bytes of a line of /etc/environment PAM takes: it reads
// nothing from a longer one on (Linux-PAM 1.5.2, measured). oldPAMLine is how many
// it takes before 1.4: it drops the rest of the line
// (https://github.com/linux-pam/linux-pam/issues/31).
const (
	pamLine    = 8190
	oldPAMLine = 1023
)

// writeEnvironment is for /etc/environment, which PAM reads at every login and
// units may name as EnvironmentFile. Quotes would become part of the value for
// some of its readers, so that there are none.
func writeEnvironment(q Question) (Answer, error) {
	var a Answer
	vars := q.variables()
	a.Files = []File{block("/etc/environment", "environment", "", lines(vars, plain), slices.Concat(names(vars, ""), names(vars, "export "))...)}
	a.note("environment")
	longest := 0
	for _, v := range vars {
		longest = max(longest, len(plain(v)))
	}
	switch old := q.OS == AL2 || q.OS == RHEL; {
	case longest > pamLine:
		a.note("environment-long", strconv.Itoa(longest), strconv.Itoa(pamLine))
	case old && longest > oldPAMLine:
		a.note("environment-long-old", strconv.Itoa(longest), strconv.Itoa(oldPAMLine))
	}
	q.exposed(&a, "/etc/environment")
	q.Exclude.notes(&a)
	return a, nil
}

// envFile is a file of variables for one program, which the shell can read as
// well as `docker run --env-file`, CI systems and units.
func envFile(q Question, target string) File {
	return File{Path: target + ".env", Mode: q.private(), Content: head("#", target) + lines(q.variables(), plain)}
}

// forProgram is an answer with a file of variables for target alone, and the
// command that reads it into a shell.
func (q Question) forProgram(target string) Answer {
	var a Answer
	if q.OS == Windows {
		a.Files = []File{{
			Path: target + "-env.ps1", Mode: q.private(),
			Content: crlf(head("#", target) + setEnvironment(q.upper(), "Process")),
		}}
		a.run(`. .\` + target + "-env.ps1")
		q.copied(&a, a.Files[0].Path)
		return a
	}
	a.Files = []File{envFile(q, target)}
	a.run("set -a; . ./" + target + ".env; set +a")
	q.copied(&a, a.Files[0].Path)
	return a
}

func writeTerraform(q Question) (Answer, error) {
	a := q.forProgram("terraform")
	a.run("terraform init")
	a.note("terraform")
	q.Exclude.wide(&a)
	return a, nil
}

// writeKubectl: kubectl reads variables as every Go program does, and a
// kubeconfig can name a proxy for a cluster, which knows no exceptions.
func writeKubectl(q Question) (Answer, error) {
	a := q.forProgram("kubectl")
	proxy := "$https_proxy"
	if q.OS == Windows {
		proxy = "$env:HTTPS_PROXY"
	}
	region := q.Region
	if region == "" {
		region = "REGION"
	}
	a.run("aws eks update-kubeconfig --name CLUSTER --region " + region + " --proxy-url \"" + proxy + "\"")
	a.note("kubectl")
	q.Exclude.wide(&a)
	return a, nil
}

// writeAWSConfig: no AWS CLI and no SDK reads a proxy from ~/.aws/config. What
// helps, where only the AWS CLI is to use the proxy, is a command that sets the
// variables for it. Source: awscli 1.45.11 and 2.9.19 with the keys
// cli_http_proxy, cli_https_proxy, http_proxy and proxies all went direct;
// https://github.com/aws/aws-cli/issues/7898 asks for such a key.
func writeAWSConfig(q Question) (Answer, error) {
	var a Answer
	if q.OS == Windows {
		body := lines(q.variables(), func(v variable) string {
			return `set "` + v.name + "=" + batchQuoted(v.value) + `"`
		})
		a.Files = []File{{
			Path: programData + `deguchi\aws-via-proxy.cmd`, Mode: q.private(),
			Content: crlf("@echo off\n" + head("rem", "aws-config") + "setlocal\n" + body + "aws %*\n"),
		}}
		a.run(programData + `deguchi\aws-via-proxy.cmd sts get-caller-identity`)
	} else {
		body := lines(q.variables(), exported)
		a.Files = []File{{
			Path: "/usr/local/bin/aws-via-proxy", Mode: 0o755,
			Content: "#!/bin/sh\n" + head("#", "aws-config") + body + "exec aws \"$@\"\n",
		}}
		a.run("aws-via-proxy sts get-caller-identity")
		q.exposed(&a, a.Files[0].Path)
	}
	a.note("aws-config", q.OS.environment()[0])
	a.note("aws-config-keys")
	q.Exclude.notes(&a)
	return a, nil
}

// crlf ends lines as batch files need it.
func crlf(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }
