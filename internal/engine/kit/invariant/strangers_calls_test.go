package invariant_test

// strangeCalls are faults between modules, none of which is wrong by itself.
var strangeCalls = []variation{
	{"the kind of load balancer by the caller", "DG6201", "calls", []swap{{`module "front"`, `source  = "./front"`, "source  = \"./front\"\n  kind    = \"application\""}}},
	{"the load balancer sends to another group", "DG6301", "calls", []swap{{`module "front"`, "module.fleet.group", "module.front.group"}}},
	{"proxies admit another group", "DG6301", "calls", []swap{{`module "fleet"`, "module.front.group", "module.fleet.group"}}},
	{"proxies have another port than the load balancer", "DG6301", "calls", []swap{{`module "fleet"`, "port     = var.port", "port     = var.port + 10"}}},
	{"proxies listen on another port than the load balancer", "DG6210", "calls", []swap{{`module "fleet"`, "port     = var.port", "port     = var.port + 10"}}},
	{"a zone is not trusted", "DG6205", "calls", []swap{{`module "fleet"`, "module.network.networks", "slice(module.network.networks, 0, 1)"}}},
	{"the configuration does not read PROXY headers", "DG6205", "calls", []swap{{"version: 1", "proxy_protocol: required, trust: [${join(\", \", trust)}]", "proxy_protocol: off"}}},
	{"the fleet stands in one zone", "DG6207", "calls", []swap{{`module "fleet"`, "module.network.subnets", "[module.network.subnets[0]]"}}},
	{"the load balancer stands in one zone", "DG6207", "calls", []swap{{`module "front"`, "module.network.subnets", "[module.network.subnets[1]]"}}},
	{"one zone for all", "DG6207", "calls", []swap{{"locals {", `"ap-northeast-1c"`, `"ap-northeast-1a"`}}},
	{"the fleet registers nowhere", "DG6213", "calls", []swap{{`module "fleet"`, "[module.front.targets]", "[]"}}},
	{"no endpoint for ssmmessages", "DG6403", "calls", []swap{{`module "network"`, `"ssmmessages", `, ""}}},
	{"endpoints admit another group", "DG6404", "calls", []swap{{`module "network"`, "module.fleet.group", "module.front.group"}}},
	{"a site inside the VPC", "DG6303", "calls", []swap{{`module "network"`, "192.168.0.0/16", "10.90.7.0/24"}}},
	{"an open proxy", "DG6302", "calls", []swap{{`module "front"`, "192.168.0.0/16", "0.0.0.0/0"}}},
	{"metadata without a token", "DG6501", "calls", []swap{{`resource "aws_launch_template"`, `"required"`, `"optional"`}}},
}
