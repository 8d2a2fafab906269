variable "cidr" {
  type = string
}

variable "zones" {
  type = list(string)
}

variable "sites" {
  type = map(string)
}

variable "services" {
  type = list(string)
}

variable "group" {
  type = string
}

data "aws_region" "here" {}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true
}

resource "aws_subnet" "this" {
  count             = length(var.zones)
  vpc_id            = aws_vpc.this.id
  availability_zone = var.zones[count.index]
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 8, count.index)
}

resource "aws_route_table" "this" {
  vpc_id = aws_vpc.this.id

  dynamic "route" {
    for_each = var.sites
    content {
      cidr_block         = route.value
      transit_gateway_id = "tgw-0a1b2c3d4e5f60718"
    }
  }
}

resource "aws_route_table_association" "this" {
  count          = length(var.zones)
  subnet_id      = aws_subnet.this[count.index].id
  route_table_id = aws_route_table.this.id
}

resource "aws_security_group" "endpoints" {
  name        = "endpoints"
  description = "Interface endpoints"
  vpc_id      = aws_vpc.this.id

  ingress {
    from_port       = 443
    to_port         = 443
    protocol        = "tcp"
    security_groups = [var.group]
  }
}

resource "aws_vpc_endpoint" "interface" {
  for_each            = toset(var.services)
  vpc_id              = aws_vpc.this.id
  vpc_endpoint_type   = "Interface"
  service_name        = "com.amazonaws.${data.aws_region.here.region}.${each.value}"
  subnet_ids          = aws_subnet.this[*].id
  security_group_ids  = [aws_security_group.endpoints.id]
  private_dns_enabled = true
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.this.id
  service_name    = "com.amazonaws.${data.aws_region.here.region}.s3"
  route_table_ids = [aws_route_table.this.id]
}

output "vpc" {
  value = aws_vpc.this
}

output "subnets" {
  value = aws_subnet.this[*].id
}

output "networks" {
  value = aws_subnet.this[*].cidr_block
}
