package settings

import (
	"fmt"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// environmentReaders are the programs that a login, or a unit, mostly starts.
var environmentReaders = []string{"aws-cli-v2", "botocore", "curl", "go", "git", "python-requests", "wget"}

// Targets returns all targets, in the order of help: what many programs read,
// agents, containers, packages, programs, Windows, code, and the rest.
func Targets() []Target {
	return []Target{
		{"shell", unix, environmentReaders, writeShell},
		{"environment", linux, environmentReaders, writeEnvironment},
		{"systemd", linux, environmentReaders, writeSystemd},
		{"user-data", servers, environmentReaders, writeUserData},
		{"ssm-agent", everywhere, []string{"amazon-ssm-agent", "aws-cli-v2"}, writeSSMAgent},
		{"cloudwatch-agent", everywhere, []string{"amazon-cloudwatch-agent"}, writeCloudWatch},
		{"ecs-agent", servers, []string{"amazon-ecs-agent"}, writeECS},
		{"codedeploy-agent", []OS{AL2, AL2023, RHEL, Ubuntu, Windows}, []string{"aws-sdk-ruby-client"}, writeCodeDeploy},
		{"eks-node", []OS{AL2023, AL2}, []string{"go"}, writeEKS},
		{"docker", everywhere, []string{"go"}, writeDocker},
		{"containerd", linux, []string{"go"}, writeContainerd},
		{"dnf", []OS{AL2023, RHEL}, []string{"curl"}, writeDNF},
		{"yum", []OS{AL2, AL2023, RHEL}, []string{"curl"}, writeYum},
		{"apt", []OS{Debian, Ubuntu}, []string{"apt"}, writeApt},
		{"git", everywhere, []string{"git"}, writeGit},
		{"npm", everywhere, []string{"npm"}, writeNPM},
		{"pip", everywhere, []string{"pip"}, writePip},
		{"maven", everywhere, []string{"java-httpurlconnection-d"}, writeMaven},
		{"gradle", everywhere, []string{"java-httpurlconnection-d"}, writeGradle},
		{"java", everywhere, []string{"java-httpurlconnection-d", "java-httpclient-d"}, writeJava},
		{"terraform", everywhere, []string{"terraform-init"}, writeTerraform},
		{"kubectl", everywhere, []string{"kubectl"}, writeKubectl},
		{"powershell", []OS{Windows}, []string{"aws-cli-v2", "go", "aws-sdk-dotnet"}, writePowerShell},
		{"windows-winhttp", []OS{Windows}, nil, writeWinHTTP},
		{"boto3", everywhere, []string{"botocore"}, writeBoto3},
		{"sdk-go", everywhere, []string{"aws-sdk-go-v2-client"}, writeSDKGo},
		{"sdk-js", everywhere, []string{"aws-sdk-js-v3-proxy-agent"}, writeSDKJS},
		{"sdk-java", everywhere, []string{"aws-sdk-java-v2"}, writeSDKJava},
		{"pac", everywhere, nil, writePAC},
		{"aws-config", everywhere, []string{"aws-cli-v2"}, writeAWSConfig},
	}
}

// Names returns the names of all targets.
func Names() []string {
	var list []string
	for _, t := range Targets() {
		list = append(list, t.Name)
	}
	return list
}

// Named returns the target with that name, or a *Refusal that says which one
// was probably meant.
func Named(name string) (*Target, error) {
	for _, t := range Targets() {
		if t.Name == name {
			return &t, nil
		}
	}
	r := &Refusal{Why: reason.New("settings.unknown", fmt.Sprintf("%q", name)), Hint: reason.New("settings.unknown.hint")}
	if near, ok := yamldoc.Nearest(name, Names()); ok {
		r.Hint = reason.New("cli.meant", "deguchi settings "+near)
	}
	return nil, r
}
