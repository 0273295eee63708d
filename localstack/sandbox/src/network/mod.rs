//! EC2: the networks of all accounts, as far as VPCs and transit gateways go.
//!
//! | room | what is in it |
//! |---|---|
//! | [`vpc`], [`default_vpc`], [`vpc_cidr`], [`subnet`], [`subnet_cidr`], [`internet_gateway`], [`egress_only_internet_gateway`], [`nat_gateway`], [`elastic_ip`], [`network_interface`], [`network_acl`], [`security_group`], [`dhcp_options`] | VPCs and what stands in them |
//! | [`regions`], [`zones`], [`account_attributes`] | Regions, zones, and what EC2 says of an account |
//! | [`route_table`], [`route_table_association`], [`route`], [`route_target`] | a VPC's route tables |
//! | [`transit_gateway`] | transit gateways, their options, who sees them |
//! | [`vpc_attachment`], [`attachment_request`] | VPC attachments: their states; what may be asked of them |
//! | [`given_attachment`], [`connect`], [`connect_peer`], [`vpn_connection`], [`customer_gateway`] | what else a transit gateway may have attached |
//! | [`peering_attachment`], [`peering_request`] | peerings of transit gateways: their states; what may be asked of them |
//! | [`vpc_peering`], [`vpc_peering_request`] | peering connections of VPCs, the same way |
//! | [`attachment`], [`attachments`] | attachments of all kinds: what routing sees of them; the list of all |
//! | [`transit_gateway_route_table`], [`association`], [`propagation`], [`propagated_routes`], [`transit_gateway_route`], [`prefix_list_reference`], [`table_routes`], [`route_search`] | routing inside a transit gateway |
//! | [`prefix_list`], [`prefix_list_request`], [`prefix_list_referrers`], [`aws_prefix_list`] | managed prefix lists: their states; what may be asked of them; who refers to them; those of AWS |
//! | [`shareable`] | what RAM may share |
//! | [`tags`], [`mod@describe`], [`filters`], [`paging`], [`resource`], [`members`], [`cidr`], [`shelf`] | what all of them share |
//! | [`visibility`], [`throttling`], [`switches`], [`adjustment`] | how EC2 is slow, strict and unsettled, and how that is set |
//! | [`mod@walk`] | a reader for tests: follows the routes as a packet would |
//!
//! Every resource belongs to an account and a Region. [`actions`] is the whole list of what can be called.

use std::collections::BTreeSet;

use crate::call::AccountId;
use crate::world::World;

pub mod account_attributes;
pub mod actions;
pub mod adjustment;
pub mod association;
pub mod attachment;
pub mod attachment_request;
pub mod attachments;
pub mod aws_prefix_list;
pub mod cidr;
pub mod connect;
pub mod connect_peer;
pub mod customer_gateway;
pub mod default_vpc;
pub mod describe;
pub mod dhcp_options;
pub mod egress_only_internet_gateway;
pub mod elastic_ip;
pub mod filters;
pub mod given_attachment;
pub mod internet_gateway;
pub mod members;
pub mod nat_gateway;
pub mod network_acl;
pub mod network_interface;
pub mod paging;
pub mod peering_attachment;
pub mod peering_request;
pub mod prefix_list;
pub mod prefix_list_reference;
pub mod prefix_list_referrers;
pub mod prefix_list_request;
pub mod propagated_routes;
pub mod propagation;
pub mod regions;
pub mod resource;
pub mod route;
pub mod route_search;
pub mod route_table;
pub mod route_table_association;
pub mod route_target;
pub mod security_group;
pub mod shareable;
pub mod shelf;
pub mod subnet;
pub mod subnet_attribute;
pub mod subnet_cidr;
#[cfg(test)]
pub mod support;
pub mod switches;
pub mod table_routes;
pub mod tags;
pub mod throttling;
pub mod transit_gateway;
pub mod transit_gateway_route;
pub mod transit_gateway_route_table;
pub mod visibility;
pub mod vpc;
pub mod vpc_attachment;
pub mod vpc_cidr;
pub mod vpc_peering;
pub mod vpc_peering_request;
pub mod vpn_connection;
pub mod walk;
pub mod zones;

pub use actions::{ACTIONS, answer};
pub use walk::{Path, Start, walk};

use shelf::Shelf;

/// All networks of all accounts, and how EC2 treats them.
#[derive(Clone, Debug, Default)]
pub struct Network {
    pub switches: switches::Switches,
    pub quotas: switches::Quotas,
    /// Whether calls spend from token buckets; see [`throttling`].
    pub throttling: bool,
    /// The longest time in seconds that a new resource may stay out of sight; see [`mod@visibility`].
    pub visibility_lag_seconds: f64,
    /// Accounts with the Regions that they have opted into; see [`regions`].
    pub opted_in: BTreeSet<(AccountId, String)>,
    pub vpcs: Shelf<vpc::Vpc>,
    pub subnets: Shelf<subnet::Subnet>,
    pub route_tables: Shelf<route_table::RouteTable>,
    pub internet_gateways: Shelf<internet_gateway::InternetGateway>,
    pub egress_only_internet_gateways: Shelf<egress_only_internet_gateway::EgressOnlyInternetGateway>,
    pub nat_gateways: Shelf<nat_gateway::NatGateway>,
    pub elastic_ips: Shelf<elastic_ip::ElasticIp>,
    pub transit_gateways: Shelf<transit_gateway::TransitGateway>,
    pub transit_gateway_route_tables: Shelf<transit_gateway_route_table::TransitGatewayRouteTable>,
    pub vpc_attachments: Shelf<vpc_attachment::VpcAttachment>,
    pub given_attachments: Shelf<given_attachment::GivenAttachment>,
    pub connect_peers: Shelf<connect_peer::ConnectPeer>,
    pub peering_attachments: Shelf<peering_attachment::PeeringAttachment>,
    pub vpc_peering_connections: Shelf<vpc_peering::VpcPeeringConnection>,
    pub customer_gateways: Shelf<customer_gateway::CustomerGateway>,
    pub vpn_connections: Shelf<vpn_connection::VpnConnection>,
    pub prefix_lists: Shelf<prefix_list::PrefixList>,
    pub tags: tags::Tags,
    pub(crate) visibility: visibility::Visibility,
    pub(crate) buckets: throttling::Buckets,
}

/// Something that happens by itself; each names the resource, which may meanwhile be gone or in another state.
#[derive(Clone, Debug)]
pub enum Event {
    Vpc(String, vpc::Event),
    Subnet(String),
    TransitGateway(String, transit_gateway::Event),
    TransitGatewayRouteTable(String, transit_gateway_route_table::Event),
    VpcAttachment(String, vpc_attachment::Event),
    GivenAttachment(String, given_attachment::Event),
    ConnectPeer(String, connect_peer::Event),
    PeeringAttachment(String, peering_attachment::Event),
    VpcPeering(String, vpc_peering::Event),
    Association(attachment::Side, association::Event),
    VpnConnection(String, vpn_connection::Event),
    NatGateway(String, nat_gateway::Event),
    PrefixList(String, prefix_list::Event),
    /// A route table and the prefix list that it refers to.
    PrefixListReference(String, String, prefix_list_reference::Event),
}

pub fn happen(world: &mut World, event: Event) {
    match event {
        Event::Vpc(id, event) => vpc::happen(world, &id, event),
        Event::Subnet(id) => subnet::become_available(world, &id),
        Event::TransitGateway(id, event) => transit_gateway::happen(world, &id, event),
        Event::TransitGatewayRouteTable(id, event) => transit_gateway_route_table::happen(world, &id, event),
        Event::VpcAttachment(id, event) => vpc_attachment::happen(world, &id, event),
        Event::GivenAttachment(id, event) => given_attachment::happen(world, &id, event),
        Event::ConnectPeer(id, event) => connect_peer::happen(world, &id, event),
        Event::PeeringAttachment(id, event) => peering_attachment::happen(world, &id, event),
        Event::VpcPeering(id, event) => vpc_peering::happen(world, &id, event),
        Event::Association(side, event) => association::happen(world, &side, event),
        Event::VpnConnection(id, event) => vpn_connection::happen(world, &id, event),
        Event::NatGateway(id, event) => nat_gateway::happen(world, &id, event),
        Event::PrefixList(id, event) => prefix_list::happen(world, &id, event),
        Event::PrefixListReference(table, list, event) => prefix_list_reference::happen(world, &table, &list, event),
    }
}
