# A closed exit of a fourth hand: a module for each part, which know each other by
# what they come to. Written on 2026-11-30 for tests.

variable "port" {
  type    = number
  default = 3128
}

locals {
  zones = ["ap-northeast-1a", "ap-northeast-1c"]
}

module "network" {
  source   = "./network"
  cidr     = "10.90.0.0/16"
  zones    = local.zones
  sites    = { dc = "192.168.0.0/16" }
  services = ["ssm", "ssmmessages", "logs", "autoscaling"]
  group    = module.fleet.group
}

module "front" {
  source  = "./front"
  vpc_id  = module.network.vpc.id
  subnets = module.network.subnets
  port    = var.port
  clients = ["192.168.0.0/16"]
  group   = module.fleet.group
}

module "fleet" {
  source   = "./fleet"
  vpc_id   = module.network.vpc.id
  subnets  = module.network.subnets
  networks = module.network.networks
  port     = var.port
  front    = module.front.group
  targets  = [module.front.targets]
}
