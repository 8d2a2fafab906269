# A module of another hand and style: for_each and count, splats, rules inside
# groups, a policy document, functions. Written on 2026-11-30 for tests.

variable "cidr" {
  type    = string
  default = "10.60.0.0/16"
}

variable "zones" {
  type    = list(string)
  default = ["ap-northeast-1a", "ap-northeast-1c"]
}

variable "clients" {
  type    = list(string)
  default = ["10.20.0.0/16", "10.21.0.0/16"]
}

locals {
  tags      = { project = "egress" }
  port      = 3128
  user_data = <<-EOT
    #!/bin/bash
    set -euo pipefail
    aws s3 cp s3://corp-artifacts/deguchi /usr/local/bin/deguchi
    echo "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef  /usr/local/bin/deguchi" | sha256sum -c -
    chmod 0755 /usr/local/bin/deguchi
    aws ssm get-parameter --name ${aws_ssm_parameter.config.name} --query Parameter.Value --output text > /etc/deguchi.yaml
    systemctl enable --now deguchi
  EOT
}

data "aws_region" "this" {}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true
  tags                 = local.tags
}

resource "aws_subnet" "private" {
  count             = length(var.zones)
  vpc_id            = aws_vpc.this.id
  availability_zone = var.zones[count.index]
  cidr_block        = cidrsubnet(var.cidr, 8, count.index)
}

resource "aws_subnet" "public" {
  count             = length(var.zones)
  vpc_id            = aws_vpc.this.id
  availability_zone = var.zones[count.index]
  cidr_block        = cidrsubnet(var.cidr, 8, count.index + 10)
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_eip" "nat" {
  count  = length(var.zones)
  domain = "vpc"
}

resource "aws_nat_gateway" "this" {
  count         = length(var.zones)
  allocation_id = aws_eip.nat[count.index].id
  subnet_id     = aws_subnet.public[count.index].id
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.this.id
  }
}

resource "aws_route_table" "private" {
  count  = length(var.zones)
  vpc_id = aws_vpc.this.id

  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.this[count.index].id
  }
}

resource "aws_route_table_association" "public" {
  count          = length(var.zones)
  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public.id
}

resource "aws_route_table_association" "private" {
  count          = length(var.zones)
  subnet_id      = element(aws_subnet.private[*].id, count.index)
  route_table_id = element(aws_route_table.private[*].id, count.index)
}

resource "aws_security_group" "nlb" {
  name   = "nlb"
  vpc_id = aws_vpc.this.id

  dynamic "ingress" {
    for_each = toset(var.clients)
    content {
      from_port   = local.port
      to_port     = local.port
      protocol    = "tcp"
      cidr_blocks = [ingress.value]
    }
  }
}

resource "aws_security_group_rule" "nlb_out" {
  type                     = "egress"
  security_group_id        = aws_security_group.nlb.id
  from_port                = 3128
  to_port                  = 3129
  protocol                 = "tcp"
  source_security_group_id = aws_security_group.proxy.id
}

resource "aws_security_group" "proxy" {
  name   = "proxy"
  vpc_id = aws_vpc.this.id

  ingress {
    from_port       = local.port
    to_port         = local.port + 1
    protocol        = "tcp"
    security_groups = [aws_security_group.nlb.id]
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_lb" "this" {
  name                             = "egress"
  load_balancer_type               = "network"
  internal                         = true
  subnets                          = aws_subnet.private[*].id
  security_groups                  = [aws_security_group.nlb.id]
  enable_cross_zone_load_balancing = true
}

resource "aws_lb_target_group" "this" {
  name                   = "egress"
  port                   = local.port
  protocol               = "TCP"
  vpc_id                 = aws_vpc.this.id
  proxy_protocol_v2      = true
  preserve_client_ip     = false
  deregistration_delay   = 120
  connection_termination = true

  health_check {
    protocol = "HTTP"
    port     = local.port + 1
    path     = "/readyz"
  }
}

resource "aws_lb_listener" "this" {
  load_balancer_arn        = aws_lb.this.arn
  port                     = local.port
  protocol                 = "TCP"
  tcp_idle_timeout_seconds = 1800

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "proxy" {
  statement {
    actions   = ["ssm:GetParameter"]
    resources = [aws_ssm_parameter.config.arn]
  }

  statement {
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::corp-artifacts/deguchi"]
  }
}

resource "aws_iam_role" "proxy" {
  name               = "proxy"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "proxy" {
  role   = aws_iam_role.proxy.id
  policy = data.aws_iam_policy_document.proxy.json
}

resource "aws_iam_role_policy_attachment" "ssm" {
  role       = aws_iam_role.proxy.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_instance_profile" "proxy" {
  role = aws_iam_role.proxy.name
}

resource "aws_ssm_parameter" "config" {
  name  = "/egress/config"
  type  = "String"
  value = yamlencode({ version = 1 })
}

resource "aws_launch_template" "proxy" {
  name_prefix            = "proxy-"
  image_id               = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
  instance_type          = "c7g.large"
  vpc_security_group_ids = [aws_security_group.proxy.id]
  user_data              = base64encode(local.user_data)

  iam_instance_profile {
    name = aws_iam_instance_profile.proxy.name
  }

  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }
}

resource "aws_autoscaling_group" "proxy" {
  name                = "proxies"
  min_size            = 2
  max_size            = 4
  vpc_zone_identifier = aws_subnet.private[*].id
  health_check_type   = "ELB"

  launch_template {
    id      = aws_launch_template.proxy.id
    version = "$Latest"
  }
}

resource "aws_autoscaling_attachment" "proxy" {
  autoscaling_group_name = aws_autoscaling_group.proxy.id
  lb_target_group_arn    = aws_lb_target_group.this.arn
}

resource "aws_autoscaling_lifecycle_hook" "drain" {
  name                   = "drain"
  autoscaling_group_name = aws_autoscaling_group.proxy.name
  lifecycle_transition   = "autoscaling:EC2_INSTANCE_TERMINATING"
  heartbeat_timeout      = 180
}

resource "aws_cloudwatch_log_group" "access" {
  name              = "/egress/access"
  retention_in_days = 365
}
