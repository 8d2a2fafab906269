package cloudformation_test

import (
	"bufio"
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/engine/kit/cloudformation"
	"github.com/deguchi-project/deguchi/internal/engine/kit/kittest"
	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// cloud is a stand-in for AWS and the CLI that asks it.
type cloud struct {
	t   *testing.T
	aws string
	url string
	env []string
}

var running = regexp.MustCompile(`Running on (http://127\.0\.0\.1:[0-9]+)`)

// moto starts the stand-in on a port that is free.
func moto(t *testing.T) cloud {
	t.Helper()
	requiretest.Program(t, "moto_server") // then python3 has the module
	python := requiretest.Program(t, "python3")
	c := cloud{t: t, aws: requiretest.Program(t, "aws")}
	server := exec.Command(python, "testdata/standin.py", "-p", "0")
	out, err := server.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = server.Process.Kill(), server.Wait() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := running.FindStringSubmatch(lines.Text()); m != nil {
			c.url = m[1]
			c.env = append(os.Environ(), "AWS_ACCESS_KEY_ID=x", "AWS_SECRET_ACCESS_KEY=x",
				"AWS_DEFAULT_REGION=ap-northeast-1", "AWS_CONFIG_FILE=/nonexistent", "NO_PROXY=127.0.0.1", "PYTHONWARNINGS=ignore")
			break
		}
	}
	if c.env == nil {
		t.Fatalf("moto does not say where it runs: %v", lines.Err())
	}
	go func() { // it blocks once nobody reads
		for lines.Scan() {
		}
	}()
	return c
}

// ask runs the CLI and returns its answer, blanks made one.
func (c cloud) ask(args ...string) string {
	c.t.Helper()
	cmd := exec.Command(c.aws, append(args, "--output", "text", "--endpoint-url", c.url)...)
	cmd.Env = c.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		c.t.Fatalf("aws %s = %v:\n%s", strings.Join(args, " "), err, out)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

// deploy writes s and has the real CLI deploy it.
func (c cloud) deploy(s *cloudformation.Stack, parameters ...string) {
	c.t.Helper()
	file := filepath.Join(c.t.TempDir(), s.File())
	if err := os.WriteFile(file, []byte(s.Text()), 0o600); err != nil {
		c.t.Fatal(err)
	}
	args := []string{"cloudformation", "deploy", "--stack-name", s.Name, "--template-file", file, "--capabilities", "CAPABILITY_IAM"}
	if len(parameters) > 0 {
		args = append(append(args, "--parameter-overrides"), parameters...)
	}
	c.ask(args...)
	if got := c.ask("cloudformation", "describe-stacks", "--stack-name", s.Name, "--query", "Stacks[0].StackStatus"); got != "CREATE_COMPLETE" {
		c.t.Fatalf("%s is %s", s.Name, got)
	}
}

// TestDeploy: the real CLI deploys the stacks, and describes what was meant.
func TestDeploy(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	// Moto knows no virtual private gateway of that id.
	closed := strings.Replace(kittest.Closed, ", through: vgw-0a1b2c3d4e5f60718", "", 1)
	for name, src := range map[string]string{"closed": closed, "consumers": kittest.Consumers} {
		t.Run(name, func(t *testing.T) {
			p, c := kittest.Plan(t, src), moto(t)
			c.deploy(cloudformation.Stacks(p)[0])
			port := map[string]string{"closed": "3128", "consumers": "8080"}[name]
			expect := map[string][2]string{
				"the load balancer": {"network internal", c.ask("elbv2", "describe-load-balancers", "--query", "LoadBalancers[].[Type,Scheme]")},
				"the targets": {"TCP " + port + " HTTP 3129 /readyz",
					c.ask("elbv2", "describe-target-groups", "--query", "TargetGroups[].[Protocol,Port,HealthCheckProtocol,HealthCheckPort,HealthCheckPath]")},
				"the fleet": {"exit-provider-fleet 2", c.ask("autoscaling", "describe-auto-scaling-groups", "--query", "AutoScalingGroups[].[AutoScalingGroupName,length(Instances)]")},
				"the hook": {"autoscaling:EC2_INSTANCE_TERMINATING",
					c.ask("autoscaling", "describe-lifecycle-hooks", "--auto-scaling-group-name", "exit-provider-fleet", "--query", "LifecycleHooks[].LifecycleTransition")},
				"metadata": {"required 1", c.template("MetadataOptions.[HttpTokens,HttpPutResponseHopLimit]")},
				"rules":    {strings.Join(strings.Fields(p.Source), " "), c.ask("ssm", "get-parameter", "--name", "/deguchi/exit/configuration", "--query", "Parameter.Value")},
				"gateway endpoints": {map[string]string{"closed": "2", "consumers": ""}[name],
					c.ask("ec2", "describe-vpc-endpoints", "--filters", "Name=vpc-endpoint-type,Values=Gateway", "--query", "VpcEndpoints[].length(RouteTableIds)")},
				"interface endpoints": {map[string]string{"closed": "autoscaling logs ssm ssmmessages", "consumers": ""}[name],
					strings.ReplaceAll(c.ask("ec2", "describe-vpc-endpoints", "--filters", "Name=vpc-endpoint-type,Values=Interface", "--query", "sort(VpcEndpoints[].ServiceName)"), "com.amazonaws.ap-northeast-1.", "")},
				"PROXY protocol": {"true", c.ask("elbv2", "describe-target-group-attributes", "--target-group-arn",
					c.ask("elbv2", "describe-target-groups", "--query", "TargetGroups[0].TargetGroupArn"),
					"--query", "Attributes[?Key=='proxy_protocol_v2.enabled'].Value")},
				"the service": {map[string]string{"closed": "", "consumers": "True"}[name],
					c.ask("ec2", "describe-vpc-endpoint-service-configurations", "--query", "ServiceConfigurations[].AcceptanceRequired")},
			}
			for what, e := range expect {
				if diff := cmp.Diff(e[0], e[1]); diff != "" {
					t.Errorf("%s (-want +got):\n%s", what, diff)
				}
			}
			c.userData()
		})
	}
}

// template returns a part of the launch template.
func (c cloud) template(query string) string {
	c.t.Helper()
	id := c.ask("ec2", "describe-launch-templates", "--query", "LaunchTemplates[0].LaunchTemplateId")
	return c.ask("ec2", "describe-launch-template-versions", "--launch-template-id", id, "--versions", "$Latest",
		"--query", "LaunchTemplateVersions[0].LaunchTemplateData."+query)
}

// userData is a script that bash reads, and in which nothing is left to fill in.
func (c cloud) userData() {
	c.t.Helper()
	script, err := base64.StdEncoding.DecodeString(c.template("UserData"))
	if err != nil {
		c.t.Fatal(err)
	}
	if strings.Contains(string(script), "${") {
		c.t.Errorf("something is left to fill in:\n%s", script)
	}
	cmd := exec.Command("bash", "-n")
	cmd.Stdin = strings.NewReader(string(script))
	if out, err := cmd.CombinedOutput(); err != nil {
		c.t.Errorf("bash -n = %v:\n%s", err, out)
	}
}
