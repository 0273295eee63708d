//! The door itself: which call goes to which function, and how every call is made.

use std::time::Duration;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;

use super::trip::Trip;
use super::writes::{self, Writes};
use super::{iam, identity, organizations, prefix_lists, ram, transit_gateways, vpcs};
use crate::api::{ApiError, Page, Read, ReadCall, Reply, Session, Write, WriteCall};

/// How long a connection may take to come about. AWS's endpoints answer within a second from anywhere; a packet that got
/// lost on the way is sent again after one and after three.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a whole call may take. EC2 answers within seconds even where it is slow; what takes longer has been lost.
const ANSWER: Duration = Duration::from_secs(30);

/// An AWS, reached over the network. One client per service; each call brings its own region and keys.
#[derive(Clone, Debug)]
pub struct AwsDoor {
    ec2: aws_sdk_ec2::Client,
    iam: aws_sdk_iam::Client,
    organizations: aws_sdk_organizations::Client,
    ram: aws_sdk_ram::Client,
    sts: aws_sdk_sts::Client,
}

impl AwsDoor {
    /// Makes a door from the SDK's settings. Its retries are off whatever they say: an attempt that nobody counted would
    /// break the pace, and a write that was sent twice the promise of one.
    pub fn new(settings: &SdkConfig) -> Self {
        let limits = TimeoutConfig::builder()
            .connect_timeout(CONNECT)
            .operation_attempt_timeout(ANSWER)
            .operation_timeout(ANSWER)
            .build();
        Self::with_limits(settings, limits)
    }

    pub(super) fn with_limits(settings: &SdkConfig, limits: TimeoutConfig) -> Self {
        let settings = settings
            .to_builder()
            .retry_config(RetryConfig::disabled())
            .timeout_config(limits)
            // A stalled answer runs into the limit of the whole call.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .build();
        Self {
            ec2: aws_sdk_ec2::Client::new(&settings),
            iam: aws_sdk_iam::Client::new(&settings),
            organizations: aws_sdk_organizations::Client::new(&settings),
            ram: aws_sdk_ram::Client::new(&settings),
            sts: aws_sdk_sts::Client::new(&settings),
        }
    }
}

#[async_trait]
impl Read for AwsDoor {
    async fn page(&self, session: &Session, call: &ReadCall, token: Option<&str>) -> Result<Page, ApiError> {
        let trip = Trip::new(session, call.page_size(), token);
        let Self { ec2, iam, organizations, ram, sts } = self;
        match call {
            ReadCall::GetCallerIdentity => identity::get_caller_identity(sts, &trip).await,
            ReadCall::AssumeRole { role_arn, session_name, external_id, seconds } => {
                let role = identity::Role {
                    arn: role_arn,
                    session_name,
                    external_id: external_id.as_deref(),
                    seconds: *seconds,
                };
                identity::assume_role(sts, &trip, role).await
            }
            ReadCall::DescribeOrganization => organizations::describe_organization(organizations, &trip).await,
            ReadCall::ListAccounts => organizations::list_accounts(organizations, &trip).await,
            ReadCall::ListRoots => organizations::list_roots(organizations, &trip).await,
            ReadCall::ListOrganizationalUnitsForParent { parent } => {
                organizations::list_units(organizations, &trip, parent).await
            }
            ReadCall::ListAccountsForParent { parent } => {
                organizations::list_accounts_for_parent(organizations, &trip, parent).await
            }
            ReadCall::ListTagsForResource { account } => organizations::list_tags(organizations, &trip, account).await,
            ReadCall::GetRole { role } => iam::get_role(iam, &trip, role).await,
            ReadCall::GetResourceShares => ram::get_shares(ram, &trip).await,
            ReadCall::GetResourceShareAssociations { of } => ram::get_associations(ram, &trip, *of).await,
            ReadCall::GetResourceShareInvitations => ram::get_invitations(ram, &trip).await,
            ReadCall::DescribeManagedPrefixLists => prefix_lists::describe_lists(ec2, &trip).await,
            ReadCall::GetTransitGatewayPrefixListReferences { table } => {
                prefix_lists::get_references(ec2, &trip, table).await
            }
            ReadCall::DescribeVpcs => vpcs::describe_vpcs(ec2, &trip).await,
            ReadCall::DescribeSubnets => vpcs::describe_subnets(ec2, &trip).await,
            ReadCall::DescribeRouteTables => vpcs::describe_route_tables(ec2, &trip).await,
            ReadCall::DescribeTransitGateways => transit_gateways::describe_gateways(ec2, &trip).await,
            ReadCall::DescribeTransitGatewayAttachments => transit_gateways::describe_attachments(ec2, &trip).await,
            ReadCall::DescribeTransitGatewayVpcAttachments => {
                transit_gateways::describe_vpc_attachments(ec2, &trip).await
            }
            ReadCall::DescribeTransitGatewayRouteTables => transit_gateways::describe_route_tables(ec2, &trip).await,
            ReadCall::GetTransitGatewayRouteTableAssociations { table } => {
                transit_gateways::get_associations(ec2, &trip, table).await
            }
            ReadCall::GetTransitGatewayRouteTablePropagations { table } => {
                transit_gateways::get_propagations(ec2, &trip, table).await
            }
            ReadCall::SearchTransitGatewayRoutes { table } => transit_gateways::search_routes(ec2, &trip, table).await,
        }
    }
}

#[async_trait]
impl Write for AwsDoor {
    async fn send(&self, session: &Session, call: &WriteCall) -> Result<Reply, ApiError> {
        let trip = &Trip::new(session, None, None);
        writes::send(Writes { ec2: &self.ec2, ram: &self.ram, trip }, call).await
    }
}
