variable "vpc_id" {
  type = string
}

variable "subnets" {
  type = list(string)
}

variable "port" {
  type = number
}

variable "clients" {
  type = list(string)
}

variable "group" {
  type = string
}

variable "kind" {
  type    = string
  default = "network"
}

resource "aws_security_group" "this" {
  name        = "front"
  description = "Load balancer"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  for_each          = toset(var.clients)
  security_group_id = aws_security_group.this.id
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = var.port
  to_port           = var.port
}

resource "aws_vpc_security_group_egress_rule" "proxies" {
  security_group_id            = aws_security_group.this.id
  referenced_security_group_id = var.group
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port + 1
}

resource "aws_lb" "this" {
  load_balancer_type = var.kind
  internal           = true
  subnets            = var.subnets
  security_groups    = [aws_security_group.this.id]
}

resource "aws_lb_target_group" "this" {
  vpc_id                 = var.vpc_id
  protocol               = "TCP"
  port                   = var.port
  proxy_protocol_v2      = true
  preserve_client_ip     = false
  deregistration_delay   = 120
  connection_termination = true

  health_check {
    protocol = "HTTP"
    port     = var.port + 1
    path     = "/readyz"
  }
}

resource "aws_lb_listener" "this" {
  load_balancer_arn        = aws_lb.this.arn
  protocol                 = "TCP"
  port                     = var.port
  tcp_idle_timeout_seconds = 3600

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
}

output "group" {
  value = aws_security_group.this.id
}

output "targets" {
  value = aws_lb_target_group.this.arn
}
