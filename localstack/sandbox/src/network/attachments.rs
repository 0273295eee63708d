//! DescribeTransitGatewayAttachments: attachments of all kinds, with their association but without their details.
//!
//! The association that it shows may lag behind (seen in boto3#3331); for decisions there is
//! GetTransitGatewayRouteTableAssociations. VPC attachments are the only kind that the sandbox has.

use jiff::Timestamp;

use super::association::State as AssociationState;
use super::filters::{Filter, Sieve};
use super::members::{answer, request};
use super::paging::{Asked, Question, SIZES, describe as describe_page};
use super::resource::Kind;
use super::shelf::Key;
use super::tags::Tag;
use super::visibility;
use super::vpc_attachment::{State, has_side};
use crate::call::{AwsError, Caller};
use crate::world::World;

answer! { "PascalCase" ShownAssociation { transit_gateway_route_table_id: String, state: AssociationState } }
answer! { "PascalCase"
    Description {
        transit_gateway_attachment_id: String, transit_gateway_id: String, transit_gateway_owner_id: String,
        resource_owner_id: String, resource_type: &'static str, resource_id: String, state: State,
        association: Option<ShownAssociation>, creation_time: Timestamp, tags: Vec<Tag>,
    }
}
request! { "PascalCase"
    DescribeAttachments {
        transit_gateway_attachment_ids: Vec<String>, filters: Vec<Filter>, max_results: Option<i64>,
        next_token: Option<String>,
    }
}
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
        ("resource-type", |it| vec![it.resource_type.to_owned()]),
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
    input: DescribeAttachments,
) -> Result<DescribedAttachments, AwsError> {
    let world = &*world;
    let question = Question {
        asked: Asked {
            action: "DescribeTransitGatewayAttachments",
            max_results: input.max_results,
            next_token: input.next_token.as_deref(),
            sizes: SIZES,
        },
        kind: Kind::TransitGatewayAttachment,
        ids: &input.transit_gateway_attachment_ids,
        filters: &input.filters,
    };
    let page = describe_page(&question, &SIEVE, world.network.vpc_attachments.ids(&Key::place(caller)), |id| {
        let it = world.network.vpc_attachments.get(id)?;
        let shows = has_side(it, caller) && visibility::shows(world, &caller.account, id);
        shows.then(|| Description {
            transit_gateway_attachment_id: it.id.clone(),
            transit_gateway_id: it.transit_gateway.clone(),
            transit_gateway_owner_id: it.transit_gateway_owner.clone(),
            resource_owner_id: it.vpc_owner.clone(),
            resource_type: "vpc",
            resource_id: it.vpc.clone(),
            state: it.state,
            association: it.shown_association.as_ref().map(|shown| ShownAssociation {
                transit_gateway_route_table_id: shown.table.clone(),
                state: shown.state,
            }),
            creation_time: it.created,
            tags: world.network.tags.of(&caller.account, &it.id),
        })
    })?;
    Ok(DescribedAttachments { transit_gateway_attachments: page.items, next_token: page.next })
}
