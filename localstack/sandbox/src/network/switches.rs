//! What AWS leaves unsettled, or what a test wants to be different: one switch for each.
//!
//! Each default is the likeliest reading of AWS. A client must work whichever way each switch stands.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::call::AccountId;

/// When an attachment with default association on gets its association.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DefaultAssociation {
    /// As soon as the attachment is accepted (or made, where nobody needs to accept it).
    AtAccept,
    /// When the attachment becomes available.
    AtAvailable,
}

/// The behaviours that no document or sighting settles.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switches {
    /// Disassociating what is not associated: `InvalidAssociation.NotFound` instead of `InvalidparameterValue` (sic).
    pub disassociate_says_not_found: bool,
    /// Disabling an absent propagation: `InvalidparameterValue` (sic) instead of
    /// `TransitGatewayRouteTablePropagation.NotFound`.
    pub disable_propagation_says_parameter: bool,
    /// Whether a throttled call spends a token as well.
    pub throttled_calls_spend: bool,
    pub default_association: DefaultAssociation,
    /// Whether accepting an attachment a second time succeeds; else `IncorrectState`.
    pub second_accept_succeeds: bool,
    /// Whether routes of a VPC that turned blackhole with their attachment work again once a new one is available.
    pub revive_blackholes: bool,
    /// Whether a range that overlaps another attachment's stays out of a table ("How transit gateways work": identical or
    /// overlapping); if not, only an equal range does.
    pub overlapping_ranges_stay_out: bool,
    /// Whether a failed attachment keeps its VPC from being attached again while it is listed: the message of
    /// `DuplicateTransitGatewayAttachment` speaks of "non-deleted" ones.
    pub failed_attachments_block: bool,
    /// Whether SearchTransitGatewayRoutes gives a NextToken; older models only had AdditionalRoutesAvailable.
    pub route_search_has_tokens: bool,
    /// How long DescribeTransitGatewayAttachments shows the association as it was, in seconds (seen in boto3#3331).
    pub association_field_lag_seconds: f64,
    /// Days after which an attachment that nobody accepted fails; AWS's documents name no such time.
    pub pending_acceptance_expires_days: Option<u32>,
    /// Whether a peering across Regions has an id of its own on each side, as it does within one; seen in some Regions
    /// (terraform-provider-aws#24677).
    pub peering_ids_differ: bool,
    /// The Regions in which a new account of an organization has a default VPC; see [`super::default_vpc`].
    pub born_with_default_vpcs: BTreeSet<String>,
    /// Accounts whose attachments end in `failed`, as they do where the service-linked role cannot be made.
    pub attachments_fail_in: BTreeSet<AccountId>,
    /// How many times as long as usual AWS's own work takes.
    pub transitions_slowed: f64,
    /// The part of AWS's transitions that hang for [`HANGING_SECONDS`].
    pub transitions_stuck: f64,
}

/// For how much longer a transition takes that hangs: beyond every time for which a client would wait.
pub const HANGING_SECONDS: f64 = 4.0 * 3600.0;

impl Default for Switches {
    fn default() -> Self {
        Self {
            disassociate_says_not_found: false,
            disable_propagation_says_parameter: false,
            throttled_calls_spend: false,
            default_association: DefaultAssociation::AtAvailable,
            second_accept_succeeds: false,
            revive_blackholes: true,
            overlapping_ranges_stay_out: true,
            failed_attachments_block: true,
            route_search_has_tokens: true,
            association_field_lag_seconds: 0.0,
            pending_acceptance_expires_days: None,
            peering_ids_differ: false,
            born_with_default_vpcs: BTreeSet::new(),
            attachments_fail_in: BTreeSet::new(),
            transitions_slowed: 1.0,
            transitions_stuck: 0.0,
        }
    }
}

/// How many of each there may be; the defaults are those of AWS's quota pages, but for the three that AWS sets so low
/// that whoever has an organization has had them raised (see [`Quotas::of_a_new_account`]).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quotas {
    pub attachments_per_transit_gateway: usize,
    pub route_tables_per_transit_gateway: usize,
    /// Static and propagated ones together, over all route tables.
    pub routes_per_transit_gateway: usize,
    pub transit_gateways_per_vpc: usize,
    pub peers_per_connect_attachment: usize,
    pub subnets_per_vpc: usize,
    pub ipv4_cidrs_per_vpc: usize,
    pub route_tables_per_vpc: usize,
    /// IPv4 and IPv6 are counted apart.
    pub routes_per_route_table: usize,
    pub prefix_lists_per_region: usize,
    /// What MaxEntries of a prefix list may say.
    pub entries_per_prefix_list: usize,
    pub customer_gateways_per_region: usize,
    pub vpn_connections_per_region: usize,
    pub vpcs_per_region: usize,
    pub internet_gateways_per_region: usize,
    pub transit_gateways_per_region: usize,
    pub nat_gateways_per_zone: usize,
    pub elastic_ips_per_region: usize,
    pub peerings_per_transit_gateway: usize,
    pub pending_peerings_per_transit_gateway: usize,
    pub active_vpc_peerings_per_vpc: usize,
    /// Requests of an account in a Region that nobody has accepted yet.
    pub outstanding_vpc_peerings: usize,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            attachments_per_transit_gateway: 5000,
            route_tables_per_transit_gateway: 20,
            routes_per_transit_gateway: 10_000,
            transit_gateways_per_vpc: 5,
            peers_per_connect_attachment: 4,
            subnets_per_vpc: 200,
            ipv4_cidrs_per_vpc: 5,
            route_tables_per_vpc: 200,
            routes_per_route_table: 500,
            prefix_lists_per_region: 100,
            entries_per_prefix_list: 1000,
            customer_gateways_per_region: 50,
            vpn_connections_per_region: 50,
            vpcs_per_region: 50,
            internet_gateways_per_region: 50,
            transit_gateways_per_region: 50,
            nat_gateways_per_zone: 5,
            elastic_ips_per_region: 5,
            peerings_per_transit_gateway: 50,
            pending_peerings_per_transit_gateway: 10,
            active_vpc_peerings_per_vpc: 50,
            outstanding_vpc_peerings: 25,
        }
    }
}

impl Quotas {
    /// Returns what AWS starts an account with ("Amazon VPC quotas", "Quotas for your transit gateways").
    pub fn of_a_new_account() -> Self {
        Self { vpcs_per_region: 5, internet_gateways_per_region: 5, transit_gateways_per_region: 5, ..Self::default() }
    }
}
