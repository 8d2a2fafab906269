package settings

// writeSSMAgent is for the Systems Manager agent, by the names that its
// documents have: Systems Manager user guide, "Configure SSM Agent to use a
// proxy". What it starts inherits the variables, so that the list is the one
// that every program reads.
func writeSSMAgent(q Question) (Answer, error) {
	var a Answer
	switch q.OS {
	case Windows:
		q.service(&a, "ssm-agent", "AmazonSSMAgent", q.Exclude)
	case Ubuntu:
		q.dropIn(&a, "ssm-agent", "override.conf", q.Exclude, "snap.amazon-ssm-agent.amazon-ssm-agent.service")
		a.note("ssm-snap")
	case MacOS:
		q.networkSetup(&a)
		return a, nil
	default:
		q.dropIn(&a, "ssm-agent", "override.conf", q.Exclude, "amazon-ssm-agent.service")
	}
	if q.OS == RHEL || q.OS == Debian {
		a.note("ssm-install")
	}
	a.note("ssm-hosts")
	q.Exclude.notes(&a)
	return a, nil
}

// networkSetup is for macOS, where the agent takes what scutil --proxy shows
// and overwrites its variables with it (amazon-ssm-agent,
// agent/proxyconfig/proxy_darwin.go). scutil shows no credentials.
func (q Question) networkSetup(a *Answer) {
	const service = `"Wi-Fi"`
	bypass := ""
	list, needed := q.Exclude.apple()
	for _, entry := range list {
		bypass += " " + shellQuoted(entry)
	}
	a.run("networksetup -listallnetworkservices")
	for _, kind := range []string{"web", "secureweb"} {
		a.run("networksetup -set" + kind + "proxy " + service + " " + q.Proxy.Host + " " + q.Proxy.port())
	}
	if needed > appleRead {
		a.note("ssm-macos-ten", listed(list[appleRead:needed]))
	}
	if q.Proxy.Secret() {
		a.note("no-credentials", "scutil --proxy")
	}
	a.run("networksetup -setproxybypassdomains "+service+bypass,
		"launchctl kickstart -k system/com.amazon.aws.ssm")
	a.note("ssm-macos")
	q.Exclude.wide(a)
}

// writeCloudWatch is for common-config.toml, which the agent prefers to its
// environment. Source: amazon-cloudwatch-agent, cfg/commonconfig.
func writeCloudWatch(q Question) (Answer, error) {
	list := q.Exclude.golang()
	content := "[proxy]\n" +
		"   http_proxy = " + jsonQuoted(q.Proxy.URL()) + "\n" +
		"   https_proxy = " + jsonQuoted(q.Proxy.URL()) + "\n" +
		"   no_proxy = " + jsonQuoted(list) + "\n"
	path, restart := "/opt/aws/amazon-cloudwatch-agent/etc/common-config.toml", ""
	switch q.OS {
	case Windows:
		path = programData + `Amazon\AmazonCloudWatchAgent\common-config.toml`
		restart = "Restart-Service AmazonCloudWatchAgent"
	case MacOS:
		restart = "launchctl kickstart -k system/com.amazon.cloudwatch.agent"
	default:
		restart = "systemctl restart amazon-cloudwatch-agent.service"
	}
	f := block(path, "cloudwatch-agent", "", content, "[proxy]")
	f.Mode = q.private()
	a := Answer{Files: []File{f}}
	a.run(restart)
	a.note("cloudwatch")
	q.Exclude.wide(&a)
	return a, nil
}

// writeECS is for the ECS agent, the unit that starts it, and the Docker
// daemon that pulls for it: Amazon ECS developer guide, "HTTP proxy
// configuration". The agent's file takes quotes as part of the value.
func writeECS(q Question) (Answer, error) {
	var a Answer
	if q.OS == Windows {
		// The machine's environment is every program's, not the agent's alone.
		body := setEnvironment(variables(q.Proxy.URL(), q.Exclude.Variable()+`,\\.\pipe\docker_engine`)[3:], "Machine")
		a.Files = []File{q.script("ecs-agent", body+"Restart-Service AmazonECS\n")}
		q.machineWide(&a)
		a.run(runScript(a.Files[0].Path))
	} else {
		list := q.Exclude.golang() + ",/var/run/docker.sock"
		vars := []variable{{"HTTP_PROXY", q.Proxy.URL()}, {"NO_PROXY", list}}
		f := block("/etc/ecs/ecs.config", "ecs-agent", "", lines(vars, plain), names(vars, "")...)
		f.Mode = q.private()
		a.Files = []File{f}
		q.dropIn(&a, "ecs-agent", "http-proxy.conf", q.Exclude, "docker.service", "ecs.service")
	}
	a.note("ecs-https")
	a.note("ecs-tasks")
	q.Exclude.wide(&a)
	return a, nil
}

// writeCodeDeploy is for the CodeDeploy agent, whose SDK is given the proxy and
// then knows no exceptions.
func writeCodeDeploy(q Question) (Answer, error) {
	path, restart := "/etc/codedeploy-agent/conf/codedeployagent.yml", "systemctl restart codedeploy-agent.service"
	if q.OS == Windows {
		path, restart = programData+`Amazon\CodeDeploy\conf.yml`, "Restart-Service codedeployagent"
	}
	f := block(path, "codedeploy-agent", "", ":proxy_uri: "+jsonQuoted(q.Proxy.URL())+"\n", ":proxy_uri:")
	f.Mode = q.private()
	a := Answer{Files: []File{f}}
	a.run(restart)
	a.note("codedeploy-install", q.Proxy.Bare())
	a.note("explicit", "codedeploy-agent", listed(q.OS.environment()))
	return a, nil
}

// clusterNames are what a node finds inside its cluster.
var clusterNames = []string{"svc", "cluster.local"}

// writeEKS is for a node of EKS: what pulls images, what joins the cluster, and
// the pods of the system. Sources: repost.aws, eks-http-proxy-containerd-
// automation; awslabs/amazon-eks-ami, nodeadm/test/e2e/cases/http-proxy.
func writeEKS(q Question) (Answer, error) {
	units := []string{"containerd.service", "kubelet.service"}
	if q.OS == AL2 {
		units = append(units, "sandbox-image.service")
	} else {
		units = append(units, "nodeadm-config.service", "nodeadm-run.service")
	}
	x := q.Exclude.with(clusterNames...)
	var a Answer
	q.dropIn(&a, "eks-node", "http-proxy.conf", x, units...)
	a.note("eks-before")
	a.note("eks-cidr")
	if q.composing {
		a.Commands = a.Commands[:1] // nothing has started yet
		return a, nil
	}
	a.Commands = a.Commands[:3] // what prepares the node runs once, before any restart would help
	const config = "proxy-environment-variables"
	content := head("#", "eks-node") + "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " + config +
		"\n  namespace: kube-system\ndata:\n" +
		lines(variables(q.Proxy.URL(), x.Variable()), func(v variable) string { return "  " + v.name + ": " + jsonQuoted(v.value) })
	a.Files = append(a.Files, File{Path: config + ".yaml", Mode: q.private(), Content: content})
	q.copied(&a, config+".yaml")
	a.run("kubectl apply -f "+config+".yaml",
		"kubectl set env daemonset/aws-node daemonset/kube-proxy --namespace kube-system --from=configmap/"+config+" --containers='*'")
	if q.Region != "" {
		a.note("eks-private", q.Region)
	}
	if q.OS == AL2023 {
		a.note("eks-nodeconfig")
	}
	q.Exclude.notes(&a)
	return a, nil
}
