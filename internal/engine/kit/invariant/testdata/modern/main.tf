# A closed exit of a third hand: objects with optional attributes, maps for for_each,
# data sources for names, rules beside groups from one table, a configuration by
# yamlencode. Written on 2026-11-30 for tests.

variable "settings" {
  type = object({
    port   = optional(number, 3128)
    health = optional(number, 3129)
    size   = optional(string, "c7g.large")
    lb = optional(object({
      type    = optional(string, "network")
      idle    = optional(number, 3600)
      proxied = optional(bool, true)
    }), {})
  })
  default = {}
}

variable "zones" {
  type = map(object({ az = string, number = number }))
  default = {
    a = { az = "apne1-az4", number = 0 }
    c = { az = "apne1-az1", number = 1 }
  }
}

variable "sites" {
  type    = map(string)
  default = { dc = "192.168.0.0/16", branch = "172.20.0.0/16" }
}

variable "services" {
  type    = set(string)
  default = ["ssm", "ssmmessages", "logs", "autoscaling", "kms"]
}

locals {
  net   = "10.70.0.0/16"
  cidrs = { for k, z in var.zones : k => cidrsubnet(local.net, 8, z.number) }
  flows = {
    proxy  = { port = var.settings.port, from = "front" }
    health = { port = var.settings.health, from = "front" }
  }
  groups = { front = aws_security_group.all["front"].id, fleet = aws_security_group.all["fleet"].id }
  config = {
    version = 1
    listen = [{
      address        = ":${var.settings.port}"
      proxy_protocol = "required"
      trust          = values(local.cidrs)
    }]
    admin   = ":${var.settings.health}"
    clients = { for name, cidr in var.sites : name => { from = [cidr] } }
    rules   = [{ name = "session", clients = keys(var.sites), allow = { job = "session-manager", regions = ["ap-northeast-1"] } }]
  }
}

data "aws_region" "now" {}

data "aws_partition" "now" {}

data "aws_vpc_endpoint_service" "of" {
  for_each = var.services
  service  = each.key
}

data "aws_iam_policy" "session" {
  name = "AmazonSSMManagedInstanceCore"
}

resource "aws_vpc" "net" {
  cidr_block           = local.net
  enable_dns_hostnames = true
}

resource "aws_subnet" "proxies" {
  for_each             = var.zones
  vpc_id               = aws_vpc.net.id
  availability_zone_id = each.value.az
  cidr_block           = local.cidrs[each.key]
}

resource "aws_route_table" "proxies" {
  for_each = aws_subnet.proxies
  vpc_id   = aws_vpc.net.id
}

resource "aws_route_table_association" "proxies" {
  for_each       = aws_subnet.proxies
  subnet_id      = each.value.id
  route_table_id = aws_route_table.proxies[each.key].id
}

resource "aws_route" "home" {
  for_each = { for pair in setproduct(keys(var.zones), keys(var.sites)) : join("-", pair) => { zone = pair[0], cidr = var.sites[pair[1]] } }

  route_table_id         = aws_route_table.proxies[each.value.zone].id
  destination_cidr_block = each.value.cidr
  transit_gateway_id     = "tgw-0a1b2c3d4e5f60718"
}

resource "aws_security_group" "all" {
  for_each    = toset(["front", "fleet", "endpoints"])
  name        = "egress-${each.key}"
  description = each.key
  vpc_id      = aws_vpc.net.id
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  for_each          = var.sites
  security_group_id = local.groups.front
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = var.settings.port
  to_port           = var.settings.port
}

resource "aws_vpc_security_group_egress_rule" "front" {
  for_each                     = local.flows
  security_group_id            = local.groups[each.value.from]
  referenced_security_group_id = local.groups.fleet
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

resource "aws_security_group_rule" "fleet" {
  for_each                 = local.flows
  type                     = "ingress"
  security_group_id        = local.groups.fleet
  source_security_group_id = local.groups[each.value.from]
  protocol                 = "tcp"
  from_port                = each.value.port
  to_port                  = each.value.port
}

resource "aws_vpc_security_group_egress_rule" "fleet" {
  security_group_id = local.groups.fleet
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_security_group_rule" "endpoints" {
  type              = "ingress"
  security_group_id = aws_security_group.all["endpoints"].id
  cidr_blocks       = values(local.cidrs)
  protocol          = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_endpoint" "services" {
  for_each            = data.aws_vpc_endpoint_service.of
  vpc_id              = aws_vpc.net.id
  service_name        = each.value.service_name
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  security_group_ids  = [aws_security_group.all["endpoints"].id]
  subnet_ids          = [for s in aws_subnet.proxies : s.id]
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.net.id
  service_name    = format("com.amazonaws.%s.s3", data.aws_region.now.region)
  route_table_ids = values(aws_route_table.proxies)[*].id
}

resource "aws_lb" "front" {
  name               = "egress"
  load_balancer_type = var.settings.lb.type
  internal           = true
  security_groups    = [local.groups.front]

  dynamic "subnet_mapping" {
    for_each = aws_subnet.proxies
    iterator = zone
    content {
      subnet_id = zone.value.id
    }
  }
}

resource "aws_lb_target_group" "proxies" {
  name                   = "egress"
  vpc_id                 = aws_vpc.net.id
  protocol               = "TCP"
  port                   = var.settings.port
  proxy_protocol_v2      = var.settings.lb.proxied
  preserve_client_ip     = "false"
  deregistration_delay   = "120"
  connection_termination = true

  dynamic "health_check" {
    for_each = [local.flows.health]
    content {
      protocol = "HTTP"
      port     = health_check.value.port
      path     = "/readyz"
      matcher  = "200-299"
    }
  }
}

resource "aws_lb_listener" "front" {
  load_balancer_arn        = aws_lb.front.arn
  protocol                 = "TCP"
  port                     = tostring(var.settings.port)
  tcp_idle_timeout_seconds = var.settings.lb.idle

  default_action {
    type = "forward"
    forward {
      target_group {
        arn = aws_lb_target_group.proxies.arn
      }
    }
  }
}

resource "aws_iam_role" "proxy" {
  name = "egress"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.${data.aws_partition.now.dns_suffix}" } }]
  })
}

resource "aws_iam_role_policy_attachment" "session" {
  role       = aws_iam_role.proxy.name
  policy_arn = data.aws_iam_policy.session.arn
}

resource "aws_iam_policy" "proxy" {
  policy = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:${data.aws_partition.now.partition}:s3:::corp-artifacts/deguchi"},
        {"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": "${aws_ssm_parameter.config.arn}"}
      ]
    }
  JSON
}

resource "aws_iam_policy_attachment" "proxy" {
  name       = "egress"
  roles      = [aws_iam_role.proxy.name]
  policy_arn = aws_iam_policy.proxy.arn
}

resource "aws_iam_instance_profile" "proxy" {
  role = aws_iam_role.proxy.name
}

resource "aws_ssm_parameter" "config" {
  name  = "/egress/config"
  type  = "String"
  value = yamlencode(local.config)
}

data "aws_ssm_parameter" "image" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
}

resource "aws_launch_template" "proxy" {
  name          = "egress"
  image_id      = data.aws_ssm_parameter.image.value
  instance_type = var.settings.size
  user_data     = filebase64("${path.module}/start.sh")

  iam_instance_profile {
    arn = aws_iam_instance_profile.proxy.arn
  }

  network_interfaces {
    associate_public_ip_address = false
    security_groups             = [local.groups.fleet]
  }

  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }
}

resource "aws_autoscaling_group" "proxies" {
  name                = "egress"
  min_size            = length(var.zones)
  max_size            = length(var.zones) * 3
  vpc_zone_identifier = [for s in aws_subnet.proxies : s.id]
  health_check_type   = "ELB"

  mixed_instances_policy {
    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.proxy.id
        version            = aws_launch_template.proxy.latest_version
      }
    }
  }

  initial_lifecycle_hook {
    name                 = "drain"
    lifecycle_transition = "autoscaling:EC2_INSTANCE_TERMINATING"
    heartbeat_timeout    = 180
  }
}

resource "aws_autoscaling_traffic_source_attachment" "proxies" {
  autoscaling_group_name = aws_autoscaling_group.proxies.id

  traffic_source {
    identifier = aws_lb_target_group.proxies.arn
    type       = "elbv2"
  }
}
