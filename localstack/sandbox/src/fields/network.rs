//! EC2's kinds.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{KindOf, Kinds, Modelled, Told, kind_of};
use crate::network::Network;
use crate::network::association::{self, Association};
use crate::network::attachment;
use crate::network::connect_peer::{self, ConnectPeer};
use crate::network::customer_gateway::CustomerGateway;
use crate::network::egress_only_internet_gateway::EgressOnlyInternetGateway;
use crate::network::elastic_ip::ElasticIp;
use crate::network::given_attachment::GivenAttachment;
use crate::network::internet_gateway::InternetGateway;
use crate::network::members;
use crate::network::nat_gateway::{self, NatGateway};
use crate::network::peering_attachment::{End, PeeringAttachment};
use crate::network::prefix_list::{self, PrefixList};
use crate::network::prefix_list_reference::{self, Reference};
use crate::network::propagated_routes::PropagatedRoutes;
use crate::network::route::Route;
use crate::network::route_table::RouteTable;
use crate::network::route_target::Target;
use crate::network::subnet::{self, Subnet};
use crate::network::subnet_attribute::{Attributes, HostnameType};
use crate::network::transit_gateway::{self, TransitGateway};
use crate::network::transit_gateway_route_table::{self, TransitGatewayRouteTable};
use crate::network::vpc::{self, Vpc};
use crate::network::vpc_attachment::{self, VpcAttachment};
use crate::network::vpc_cidr::{self, CidrAssociation};
use crate::network::vpc_peering::{self, Party, VpcPeeringConnection};
use crate::network::vpn_connection::{self, VpnConnection};
use crate::network::zones::Zone;

plain! {
    IpAddr, Ipv4Addr, members::Switch, connect_peer::State, association::State,
    attachment::ResourceType, nat_gateway::Failure, nat_gateway::State, prefix_list::Family, prefix_list::State,
    prefix_list_reference::State, subnet::State, HostnameType, transit_gateway::State,
    transit_gateway_route_table::State, vpc::State, vpc::Tenancy, vpc_attachment::State,
    vpc_cidr::State, vpc_peering::Status, vpn_connection::State,
}

impl Told for Target {
    fn told(&self) -> Value {
        match self {
            Target::EgressOnlyInternetGateway(id)
            | Target::InternetGateway(id)
            | Target::NatGateway(id)
            | Target::TransitGateway(id)
            | Target::VpcPeering(id) => json!(id),
        }
    }
}

impl Told for PropagatedRoutes {
    fn told(&self) -> Value {
        let attachments: Vec<&String> = self.attachments().collect();
        let routes: BTreeMap<String, &String> = self.admitted().map(|(range, to)| (range.to_string(), to)).collect();
        json!({"attachments": attachments, "routes": routes})
    }
}

modelled! {
    Association { table: String, state: association::State }
    Attributes {
        public_addresses: bool, ipv6_addresses: bool, dns64: bool, hostname_type: HostnameType, a_records: bool,
        aaaa_records: bool,
    }
    CidrAssociation { id: String, cidr: IpNet, state: vpc_cidr::State }
    ConnectPeer {
        id: String, owner: String, region: String, attachment: String, transit_gateway: String,
        state: connect_peer::State, created: Timestamp, transit_gateway_address: IpAddr, peer_address: IpAddr,
        inside: Vec<IpNet>, peer_asn: i64,
    }
    CustomerGateway {
        id: String, owner: String, region: String, asn: i64, address: Ipv4Addr, device_name: Option<String>,
    }
    EgressOnlyInternetGateway {
        id: String, owner: String, region: String, vpc: String, client_token: Option<String>,
    }
    ElasticIp { id: String, owner: String, region: String, public: Ipv4Addr }
    GivenAttachment {
        id: String, transit_gateway: String, transit_gateway_owner: String, region: String,
        resource_type: attachment::ResourceType, resource: String, resource_owner: String,
        state: vpc_attachment::State, created: Timestamp, association: Option<Association>,
        shown_association: Option<Association>, propagations: Vec<String>, prefixes: Vec<IpNet>,
    }
    InternetGateway { id: String, owner: String, region: String, vpc: Option<String> }
    End {
        attachment: String, transit_gateway: String, owner: String, region: String, association: Option<Association>,
        shown_association: Option<Association>,
    }
    Party {
        vpc: String, owner: String, region: String, dns_resolution: bool, listed_until: Option<Timestamp>,
    }
    NatGateway {
        id: String, owner: String, region: String, vpc: String, subnet: String, state: nat_gateway::State,
        failure: Option<nat_gateway::Failure>, allocation: Option<String>, created: Timestamp,
        deleted: Option<Timestamp>, client_token: Option<String>,
    }
    PeeringAttachment {
        id: String, requester: End, accepter: End, state: vpc_attachment::State, message: Option<String>,
        created: Timestamp, dynamic_routing: members::Switch,
    }
    VpcPeeringConnection {
        id: String, requester: Party, accepter: Party, status: vpc_peering::Status, expires: Timestamp,
    }
    PrefixList {
        id: String, owner: String, region: String, name: String, family: prefix_list::Family,
        state: prefix_list::State, state_message: Option<String>, max_entries: usize, version: i64,
        versions: BTreeMap<i64, BTreeMap<IpNet, String>>, client_token: Option<String>,
    }
    Reference { target: Option<String>, state: prefix_list_reference::State }
    Route { target: Target, orphaned: bool }
    RouteTable {
        id: String, owner: String, region: String, vpc: String, routes: BTreeMap<IpNet, Route>,
        prefix_list_routes: BTreeMap<String, Route>, subnets: BTreeMap<String, String>,
        gateways: BTreeMap<String, String>, main: Option<String>, client_token: Option<String>,
    }
    Subnet {
        id: String, owner: String, region: String, vpc: String, cidr: IpNet, ipv6: Option<IpNet>, zone: Zone,
        state: subnet::State, default_for_zone: bool, attributes: Attributes,
    }
    TransitGateway {
        id: String, owner: String, region: String, description: String, state: transit_gateway::State,
        created: Timestamp, options: transit_gateway::Options,
    }
    TransitGatewayRouteTable {
        id: String, transit_gateway: String, owner: String, region: String,
        state: transit_gateway_route_table::State, created: Timestamp,
        associations: BTreeMap<String, association::State>, static_routes: BTreeMap<IpNet, Option<String>>,
        prefix_list_references: BTreeMap<String, Reference>, propagated: PropagatedRoutes,
    }
    Vpc {
        id: String, owner: String, region: String, state: vpc::State, tenancy: vpc::Tenancy,
        cidrs: Vec<CidrAssociation>, dns_support: bool, dns_hostnames: bool, address_usage_metrics: bool,
        is_default: bool,
    }
    VpcAttachment {
        id: String, transit_gateway: String, transit_gateway_owner: String, vpc: String, vpc_owner: String,
        region: String, state: vpc_attachment::State, subnets: Vec<String>,
        options: vpc_attachment::Options, created: Timestamp, association: Option<Association>,
        shown_association: Option<Association>, propagations: Vec<String>,
    }
    VpnConnection {
        id: String, owner: String, region: String, customer_gateway: String, transit_gateway: String,
        attachment: String, state: vpn_connection::State, static_routes_only: bool,
    }
    Zone { name: String, id: String }
    transit_gateway::Options {
        amazon_side_asn: i64, transit_gateway_cidr_blocks: Vec<String>,
        auto_accept_shared_attachments: members::Switch,
        default_route_table_association: members::Switch, association_default_route_table_id: Option<String>,
        default_route_table_propagation: members::Switch, propagation_default_route_table_id: Option<String>,
        vpn_ecmp_support: members::Switch, dns_support: members::Switch,
        security_group_referencing_support: members::Switch, multicast_support: members::Switch,
    }
    vpc_attachment::Options {
        dns_support: members::Switch, security_group_referencing_support: members::Switch,
        ipv6_support: members::Switch, appliance_mode_support: members::Switch,
    }
}

inner! {
    Association, Attributes, CidrAssociation, End, Party, Reference, Route, Zone, transit_gateway::Options,
    vpc_attachment::Options,
}

pub(super) fn kinds(network: &Network) -> Kinds {
    let Network {
        switches: _,
        quotas: _,
        throttling: _,
        visibility_lag_seconds: _,
        visibility: _,
        opted_in: _,
        buckets: _,
        vpcs,
        subnets,
        route_tables,
        internet_gateways,
        egress_only_internet_gateways,
        nat_gateways,
        elastic_ips,
        transit_gateways,
        transit_gateway_route_tables,
        vpc_attachments,
        given_attachments,
        connect_peers,
        peering_attachments,
        vpc_peering_connections,
        customer_gateways,
        vpn_connections,
        prefix_lists,
        tags,
    } = network;
    let tagged = tags.all().map(|(account, id, set)| (format!("{account}/{id}"), json!({"tags": set}))).collect();
    BTreeMap::from([
        ("connect-peer", kind_of(connect_peers)),
        ("customer-gateway", kind_of(customer_gateways)),
        ("egress-only-internet-gateway", kind_of(egress_only_internet_gateways)),
        ("elastic-ip", kind_of(elastic_ips)),
        ("given-attachment", kind_of(given_attachments)),
        ("internet-gateway", kind_of(internet_gateways)),
        ("nat-gateway", kind_of(nat_gateways)),
        ("peering-attachment", kind_of(peering_attachments)),
        ("prefix-list", kind_of(prefix_lists)),
        ("route-table", kind_of(route_tables)),
        ("subnet", kind_of(subnets)),
        ("tags", KindOf { fields: vec!["tags".to_owned()], items: tagged }),
        ("transit-gateway", kind_of(transit_gateways)),
        ("transit-gateway-route-table", kind_of(transit_gateway_route_tables)),
        ("vpc", kind_of(vpcs)),
        ("vpc-attachment", kind_of(vpc_attachments)),
        ("vpc-peering-connection", kind_of(vpc_peering_connections)),
        ("vpn-connection", kind_of(vpn_connections)),
    ])
}
