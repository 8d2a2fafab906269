variable "vpc_id" {
  type = string
}

variable "subnets" {
  type = list(string)
}

variable "networks" {
  type = list(string)
}

variable "port" {
  type = number
}

variable "front" {
  type = string
}

variable "targets" {
  type = list(string)
}

data "aws_ssm_parameter" "image" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
}

resource "aws_security_group" "this" {
  name        = "fleet"
  description = "Proxies"
  vpc_id      = var.vpc_id

  ingress {
    from_port       = var.port
    to_port         = var.port + 1
    protocol        = "tcp"
    security_groups = [var.front]
  }

  egress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
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

resource "aws_iam_role" "this" {
  assume_role_policy  = data.aws_iam_policy_document.trust.json
  managed_policy_arns = ["arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"]
}

resource "aws_iam_instance_profile" "this" {
  role = aws_iam_role.this.name
}

resource "aws_ssm_parameter" "configuration" {
  name = "/egress/configuration"
  type = "String"
  value = templatefile("${path.module}/deguchi.yaml.tftpl", {
    port  = var.port
    trust = var.networks
  })
}

resource "aws_launch_template" "this" {
  image_id               = data.aws_ssm_parameter.image.value
  instance_type          = "t4g.small"
  vpc_security_group_ids = [aws_security_group.this.id]

  user_data = base64encode(<<-EOT
    #!/bin/bash
    set -e
    aws s3 cp s3://corp-artifacts/deguchi /usr/local/bin/deguchi
    echo "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef  /usr/local/bin/deguchi" | sha256sum -c -
    chmod 0755 /usr/local/bin/deguchi
    deguchi serve -c ssm://${aws_ssm_parameter.configuration.name}
  EOT
  )

  iam_instance_profile {
    arn = aws_iam_instance_profile.this.arn
  }

  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }
}

resource "aws_autoscaling_group" "this" {
  min_size            = 2
  max_size            = 4
  vpc_zone_identifier = var.subnets
  target_group_arns   = var.targets
  health_check_type   = "ELB"

  launch_template {
    id = aws_launch_template.this.id
  }

  initial_lifecycle_hook {
    name                 = "drain"
    lifecycle_transition = "autoscaling:EC2_INSTANCE_TERMINATING"
    heartbeat_timeout    = 180
  }
}

output "group" {
  value = aws_security_group.this.id
}
