//! DescribeTransitGatewayAttachments: attachments of all kinds, with their association but without their details.
//!
//! The association that it shows may lag behind (seen in boto3#3331); for decisions there is
//! GetTransitGatewayRouteTableAssociations.

use jiff::Timestamp;

use super::association::State as AssociationState;
use super::attachment::{self, Attachment, ResourceType};
use super::describe::describe_request;
use super::filters::Sieve;
use super::members::answer;
use super::peering_request::ids_at;
use super::resource::Kind;
use super::shelf::{Key, merged};
use super::tags::Tag;
use super::vpc_attachment::State;
use crate::call::{AwsError, Caller};
use crate::world::World;

answer! { "PascalCase" ShownAssociation { transit_gateway_route_table_id: String, state: AssociationState } }
answer! { "PascalCase"
    Description {
        transit_gateway_attachment_id: String, transit_gateway_id: String, transit_gateway_owner_id: String,
        resource_owner_id: String, resource_type: ResourceType, resource_id: String, state: State,
        association: Option<ShownAssociation>, creation_time: Timestamp, tags: Vec<Tag>,
    }
}
describe_request! { DescribeTransitGatewayAttachments { transit_gateway_attachment_ids: Kind::TransitGatewayAttachment } }
answer! { "PascalCase"
    DescribedAttachments { transit_gateway_attachments: Vec<Description>, next_token: Option<String> }
}

const SIEVE: Sieve<Description> = Sieve {
    fields: &[
        ("association.state", |it| it.association.iter().map(|it| it.state.word().to_owned()).collect()),
        ("association.transit-gateway-route-table-id", |it| {
            it.association.iter().map(|it| it.transit_gateway_route_table_id.clone()).collect()
        }),
        ("resource-id", |it| vec![it.resource_id.clone()]),
        ("resource-owner-id", |it| vec![it.resource_owner_id.clone()]),
        ("resource-type", |it| vec![it.resource_type.word().to_owned()]),
        ("state", |it| vec![it.state.word().to_owned()]),
        ("transit-gateway-attachment-id", |it| vec![it.transit_gateway_attachment_id.clone()]),
        ("transit-gateway-id", |it| vec![it.transit_gateway_id.clone()]),
        ("transit-gateway-owner-id", |it| vec![it.transit_gateway_owner_id.clone()]),
    ],
    tags: Some(|it| &it.tags),
};

pub fn describe(
    world: &mut World,
    caller: &Caller,
    input: DescribeTransitGatewayAttachments,
) -> Result<DescribedAttachments, AwsError> {
    let world = &*world;
    let (network, place) = (&world.network, Key::place(caller));
    let peerings = ids_at(world, caller);
    let candidates = merged(network.vpc_attachments.ids(&place), network.given_attachments.ids(&place));
    let candidates = merged(candidates, peerings.iter().map(String::as_str));
    let page = input.question().answer(world, caller, &SIEVE, candidates, |id| {
        let it = attachment::at(network, &caller.account, &caller.region, id)?;
        Some(Description {
            transit_gateway_attachment_id: it.id().to_owned(),
            transit_gateway_id: it.transit_gateway().to_owned(),
            transit_gateway_owner_id: it.transit_gateway_owner().clone(),
            resource_owner_id: it.resource_owner().clone(),
            resource_type: it.resource_type(),
            resource_id: it.resource().to_owned(),
            state: it.state(),
            association: it.shown_association().map(|shown| ShownAssociation {
                transit_gateway_route_table_id: shown.table.clone(),
                state: shown.state,
            }),
            creation_time: it.created(),
            tags: match it {
                Attachment::Peering(_, end) => network.tags.of(&caller.account, &end.tagged()),
                Attachment::Vpc(_) | Attachment::Given(_) => network.tags.of(&caller.account, it.id()),
            },
        })
    })?;
    Ok(DescribedAttachments { transit_gateway_attachments: page.items, next_token: page.next })
}
