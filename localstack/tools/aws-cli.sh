#!/usr/bin/env bash
# Builds a hub with two spokes with the AWS CLI, as it comes from PyPI, and reads it back.
# Needs AWS_ENDPOINT_URL and the CLI on the path: python3 localstack/tools sees to both.
set -euo pipefail
export AWS_DEFAULT_REGION=us-east-1 AWS_SECRET_ACCESS_KEY=any AWS_PAGER='' AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
hub=111111111111 one=222222222222 two=333333333333

as() { # ACCOUNT ARGUMENTS..: one call of the CLI; a 12-digit key is that account's
  AWS_ACCESS_KEY_ID=$1 aws "${@:2}"
}
ask() { # ACCOUNT QUERY ARGUMENTS..: one call, and of its answer what the query finds
  as "$1" "${@:3}" --query "$2" --output text
}
expect() { # WANTED GOT
  if [[ $1 != "$2" ]]; then
    printf 'wanted: %s\ngot:    %s\n' "$1" "$2" >&2
    exit 1
  fi
}
until_is() { # WANTED ACCOUNT QUERY ARGUMENTS..: asks until the answer is the one that is wanted; the CLI has no waiters for transit gateways
  local wanted=$1 got=''
  for _ in {1..100}; do
    got=$(ask "${@:2}")
    [[ $got == "$wanted" ]] && return
    sleep 0.1
  done
  expect "$wanted" "$got"
}

tgw=$(ask $hub TransitGateway.TransitGatewayId ec2 create-transit-gateway --description hub \
  --options DefaultRouteTableAssociation=disable,DefaultRouteTablePropagation=disable \
  --tag-specifications 'ResourceType=transit-gateway,Tags=[{Key=Name,Value=hub},{Key=a,Value=1},{Key=b,Value=2},{Key=c,Value=3},{Key=d,Value=4},{Key=e,Value=5}]')
until_is available $hub 'TransitGateways[0].State' ec2 describe-transit-gateways --transit-gateway-ids "$tgw"
table=$(ask $hub TransitGatewayRouteTable.TransitGatewayRouteTableId ec2 create-transit-gateway-route-table --transit-gateway-id "$tgw")
until_is available $hub 'TransitGatewayRouteTables[0].State' ec2 describe-transit-gateway-route-tables \
  --transit-gateway-route-table-ids "$table"
as $hub ram create-resource-share --name hub --principals $one $two \
  --resource-arns "arn:aws:ec2:us-east-1:$hub:transit-gateway/$tgw" >/dev/null

number=0
for spoke in $one $two; do
  number=$((number + 1))
  until_is PENDING "$spoke" 'resourceShareInvitations[0].status' ram get-resource-share-invitations
  invitation=$(ask "$spoke" 'resourceShareInvitations[0].resourceShareInvitationArn' ram get-resource-share-invitations)
  as "$spoke" ram accept-resource-share-invitation --resource-share-invitation-arn "$invitation" >/dev/null
  vpc=$(ask "$spoke" Vpc.VpcId ec2 create-vpc --cidr-block 10.$number.0.0/16)
  as "$spoke" ec2 wait vpc-available --vpc-ids "$vpc"
  subnet=$(ask "$spoke" Subnet.SubnetId ec2 create-subnet --vpc-id "$vpc" --cidr-block 10.$number.0.0/24)
  as "$spoke" ec2 wait subnet-available --subnet-ids "$subnet"
  until_is "$tgw" "$spoke" 'TransitGateways[0].TransitGatewayId' ec2 describe-transit-gateways
  attachment=$(ask "$spoke" TransitGatewayVpcAttachment.TransitGatewayAttachmentId ec2 create-transit-gateway-vpc-attachment \
    --transit-gateway-id "$tgw" --vpc-id "$vpc" --subnet-ids "$subnet")
  until_is pendingAcceptance $hub 'TransitGatewayVpcAttachments[0].State' ec2 describe-transit-gateway-vpc-attachments \
    --transit-gateway-attachment-ids "$attachment"
  as $hub ec2 accept-transit-gateway-vpc-attachment --transit-gateway-attachment-id "$attachment" >/dev/null
  until_is available $hub 'TransitGatewayVpcAttachments[0].State' ec2 describe-transit-gateway-vpc-attachments \
    --transit-gateway-attachment-ids "$attachment"
  as $hub ec2 associate-transit-gateway-route-table --transit-gateway-route-table-id "$table" \
    --transit-gateway-attachment-id "$attachment" >/dev/null
  as $hub ec2 enable-transit-gateway-route-table-propagation --transit-gateway-route-table-id "$table" \
    --transit-gateway-attachment-id "$attachment" >/dev/null
  routes=$(ask "$spoke" 'RouteTables[0].RouteTableId' ec2 describe-route-tables --filters "Name=vpc-id,Values=$vpc")
  as "$spoke" ec2 create-route --route-table-id "$routes" --destination-cidr-block 10.0.0.0/8 --transit-gateway-id "$tgw" >/dev/null
  expect "10.0.0.0/8	active" "$(ask "$spoke" "RouteTables[0].Routes[?TransitGatewayId=='$tgw'].[DestinationCidrBlock,State]" \
    ec2 describe-route-tables --route-table-ids "$routes")"
done

until_is $'10.1.0.0/16\tpropagated\tactive\n10.2.0.0/16\tpropagated\tactive' $hub \
  'sort_by(Routes,&DestinationCidrBlock)[].[DestinationCidrBlock,Type,State]' ec2 search-transit-gateway-routes \
  --transit-gateway-route-table-id "$table" --filters Name=state,Values=active
until_is $'associated\nassociated' $hub 'Associations[].[State]' ec2 get-transit-gateway-route-table-associations \
  --transit-gateway-route-table-id "$table"
expect 2 "$(ask $hub 'length(TransitGatewayAttachments)' ec2 describe-transit-gateway-attachments --filters Name=state,Values=available)"
expect hub "$(ask $hub "TransitGateways[0].Tags[?Key=='Name']|[0].Value" ec2 describe-transit-gateways)"
# Page by page, which the CLI does by itself.
expect 6 "$(ask $hub 'Tags[].[Key]' ec2 describe-tags --filters "Name=resource-id,Values=$tgw" --page-size 5 | wc -l)"
# What is refused is refused with AWS's code, which the CLI then says.
refusal=$(as $one ec2 describe-transit-gateway-route-tables --transit-gateway-route-table-ids "$table" 2>&1 || true)
[[ $refusal == *InvalidRouteTableID.NotFound* ]] || expect InvalidRouteTableID.NotFound "$refusal"
refusal=$(as $hub ec2 create-vpc --cidr-block 10.9.0.0/16 --dry-run 2>&1 || true)
[[ $refusal == *DryRunOperation* ]] || expect DryRunOperation "$refusal"
echo "aws-cli: a hub with two spokes, made and read back"
