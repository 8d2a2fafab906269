"""Moto 5.2 with what its CloudFormation lacks of the resources of a kit: load balancers with a type and
attributes, target group attributes, route tables of subnets, names of endpoints, endpoint services, hooks, and resources that nothing but a name is asked of.
It shows the wiring of a stack, not the behaviour of AWS. Written 2026-11-22 against moto 5.2.1."""
import sys
from moto.core.common_models import CloudFormationModel
from moto.elbv2 import models as elb
from moto.ec2.models import ec2_backends
from moto.ec2.models.subnets import SubnetBackend
from moto.ec2.models.vpcs import VPCEndPoint
from moto.ec2.models.vpc_service_configuration import VPCServiceConfiguration
from moto.autoscaling.models import autoscaling_backends
import moto.cloudformation.parsing  # noqa

def lb_create(cls, resource_name, cloudformation_json, account_id, region_name, **kw):
    p = cloudformation_json["Properties"]
    lb = elb.elbv2_backends[account_id][region_name].create_load_balancer(
        resource_name, p.get("SecurityGroups", []), p.get("Subnets"), p.get("SubnetMappings"),
        scheme=p.get("Scheme", "internet-facing"), loadbalancer_type=p.get("Type", "application"),
        ip_address_type=p.get("IpAddressType", "ipv4"))
    for a in p.get("LoadBalancerAttributes", []):
        lb.attrs[a["Key"]] = str(a["Value"])
    return lb
elb.FakeLoadBalancer.create_from_cloudformation_json = classmethod(lb_create)
_old = elb.FakeLoadBalancer.get_cfn_attribute
def lb_att(self, n):
    if n == "CanonicalHostedZoneID": return "Z31USIVHYNEOWT"
    if n == "LoadBalancerFullName": return self.arn.split(":loadbalancer/", 1)[1]
    if n == "SecurityGroups": return self.security_groups
    return _old(self, n)
elb.FakeLoadBalancer.get_cfn_attribute = lb_att
_tg = elb.FakeTargetGroup.create_from_cloudformation_json.__func__
def tg_create(cls, resource_name, cloudformation_json, account_id, region_name, **kw):
    tg = _tg(cls, resource_name, cloudformation_json, account_id, region_name, **kw)
    for a in cloudformation_json["Properties"].get("TargetGroupAttributes", []):
        tg.attributes[a["Key"]] = str(a["Value"])
    return tg
elb.FakeTargetGroup.create_from_cloudformation_json = classmethod(tg_create)
elb.FakeTargetGroup.has_cfn_attr = classmethod(lambda c, a: a in ("TargetGroupFullName", "TargetGroupName", "LoadBalancerArns"))
elb.FakeTargetGroup.get_cfn_attribute = lambda s, a: s.arn.rsplit(":", 1)[1] if a == "TargetGroupFullName" else s.name

_join = SubnetBackend.create_subnet_association
def join(self, route_table_id, subnet_id):
    self.associate_route_table(route_table_id, subnet_id=subnet_id)
    return _join(self, route_table_id, subnet_id)
SubnetBackend.create_subnet_association = join

class _M:
    def __init__(self, pid): self.pid = pid
    @property
    def physical_resource_id(self): return self.pid
    @staticmethod
    def cloudformation_name_type(): return ""
    @classmethod
    def has_cfn_attr(cls, a): return False
    @classmethod
    def delete_from_cloudformation_json(cls, *a, **k): pass

def define(kind, fn):
    class C(_M, CloudFormationModel):
        __module__ = "moto.ec2.shim"
        @staticmethod
        def cloudformation_type(): return kind
        @classmethod
        def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kw):
            return cls(fn(resource_name, cloudformation_json["Properties"], account_id, region_name))
    C.__name__ = kind.replace("::", "_")
    globals()[C.__name__] = C

VPCServiceConfiguration.cloudformation_type = staticmethod(lambda: "AWS::EC2::VPCEndpointService")
VPCServiceConfiguration.cloudformation_name_type = staticmethod(lambda: "")
VPCServiceConfiguration.physical_resource_id = property(lambda s: s.id)
VPCServiceConfiguration.has_cfn_attr = classmethod(lambda c, a: a == "ServiceId")
VPCServiceConfiguration.get_cfn_attribute = lambda s, a: s.id
def svc(cls, resource_name, cloudformation_json, account_id, region_name, **kw):
    p = cloudformation_json["Properties"]
    return ec2_backends[account_id][region_name].create_vpc_endpoint_service_configuration(
        p["NetworkLoadBalancerArns"], acceptance_required=str(p.get("AcceptanceRequired", True)).lower() == "true",
        private_dns_name=p.get("PrivateDnsName", ""), supported_regions=[region_name], tags=[])
VPCServiceConfiguration.create_from_cloudformation_json = classmethod(svc)
VPCServiceConfiguration.delete_from_cloudformation_json = classmethod(lambda *a, **k: None)

VPCEndPoint.has_cfn_attr = classmethod(lambda c, a: a == "DnsEntries")
VPCEndPoint.get_cfn_attribute = lambda s, a: ["Z2E726K9Y6RL4W:%s-0123abcd.%s" % (s.id, s.service_name.rsplit(".", 1)[1] + ".ap-northeast-1.vpce.amazonaws.com")]

def perm(n, p, acc, reg):
    ec2_backends[acc][reg].modify_vpc_endpoint_service_permissions(p["ServiceId"], p["AllowedPrincipals"], [])
    return p["ServiceId"]
define("AWS::EC2::VPCEndpointServicePermissions", perm)
def egress(n, p, acc, reg):
    ec2_backends[acc][reg].authorize_security_group_egress(p["GroupId"], p["IpProtocol"], str(p.get("FromPort")), str(p.get("ToPort")),
        [{"CidrIp": p["CidrIp"]}] if "CidrIp" in p else [], source_groups=[{"GroupId": p["DestinationSecurityGroupId"]}] if "DestinationSecurityGroupId" in p else [])
    return n
define("AWS::EC2::SecurityGroupEgress", egress)
def hook(n, p, acc, reg):
    autoscaling_backends[acc][reg].create_lifecycle_hook(n, p["AutoScalingGroupName"], p["LifecycleTransition"], int(p.get("HeartbeatTimeout", 3600)), p.get("DefaultResult", "ABANDON"))
    return n
define("AWS::AutoScaling::LifecycleHook", hook)
def scale(n, p, acc, reg):
    autoscaling_backends[acc][reg].put_scaling_policy(n, p["PolicyType"], None, None, p["AutoScalingGroupName"], None, None, None, p.get("TargetTrackingConfiguration"), None, None, None)
    return n
define("AWS::AutoScaling::ScalingPolicy", scale)
define("AWS::CloudWatch::Alarm", lambda n, p, a, r: n)

def named(kind, arn):
    """A resource that nothing but its name and ARN is asked of."""
    define(kind, lambda n, p, a, r: n)
    c = globals()[kind.replace("::", "_")]
    c.has_cfn_attr = classmethod(lambda cls, a: a == "Arn")
    c.get_cfn_attribute = lambda self, a: arn + self.pid
named("AWS::KinesisFirehose::DeliveryStream", "arn:aws:firehose:ap-northeast-1:123456789012:deliverystream/")
for kind in ("AWS::Logs::MetricFilter", "AWS::Logs::SubscriptionFilter", "AWS::S3::BucketPolicy", "AWS::CloudWatch::Dashboard", "AWS::EC2::TransitGatewayAttachment"):
    named(kind, "arn:aws:none:::")

if __name__ == "__main__":
    from moto.server import main
    main(sys.argv[1:])
