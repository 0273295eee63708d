//! Attachments: built, changed, moved and taken away.

use transitd::api::{Items, ReadCall, Ref, WriteCall};
use transitd::model::{
    Attachment, AttachmentId, AttachmentOptions, Progress, SubnetId, TransitGatewayRouteTableId, VpcAttachment,
};

use crate::connected::{Connected, PLAIN, attach_call, table_call};
use crate::pair::Pair;
use crate::world;

async fn vpc_attachment(pair: &Pair) -> VpcAttachment {
    let all = pair.read(&pair.home(), &ReadCall::DescribeTransitGatewayVpcAttachments).await;
    let Items::VpcAttachments(mut all) = all else { panic!("{all:?}") };
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

#[tokio::test]
async fn a_connection_is_built_the_same_step_by_step() {
    let pair = Pair::new().await;
    let (home, member) = (pair.home(), pair.member(&pair.world.alpha).await);
    pair.write(&home, &table_call(&pair)).await;
    let Items::TransitGatewayRouteTables(tables) = pair.read(&home, &ReadCall::DescribeTransitGatewayRouteTables).await
    else {
        panic!()
    };
    assert!(tables.iter().any(|table| table.state == Progress::Coming && table.tags.len() == 2), "{tables:?}");
    pair.write(&member, &attach_call(&pair, &pair.world.alpha)).await;
    for session in [&home, &member] {
        pair.read(session, &ReadCall::DescribeTransitGatewayAttachments).await;
        pair.read(session, &ReadCall::DescribeTransitGatewayVpcAttachments).await;
    }
    pair.settle().await;
    let Items::VpcAttachments(attachments) = pair.read(&home, &ReadCall::DescribeTransitGatewayVpcAttachments).await
    else {
        panic!()
    };
    assert_eq!((attachments.len(), &attachments[0].state), (1, &Progress::PendingAcceptance));
    assert_eq!(attachments[0].options, PLAIN);
}

fn change(
    it: &Connected,
    add_subnets: &[&SubnetId],
    remove_subnets: &[&SubnetId],
    options: Option<AttachmentOptions>,
) -> WriteCall {
    let each = |ids: &[&SubnetId]| ids.iter().map(|&id| id.clone()).collect();
    WriteCall::ModifyTransitGatewayVpcAttachment {
        attachment: Ref::Known(it.attachment.clone()),
        add_subnets: each(add_subnets),
        remove_subnets: each(remove_subnets),
        options,
    }
}

#[tokio::test]
async fn an_attachment_is_changed_the_same() {
    let pair = Pair::new().await;
    let it = Connected::new(&pair).await;
    let options = AttachmentOptions { dns: false, ipv6: false, appliance_mode: true, security_group_referencing: true };
    let [first, second] = [0, 1].map(|number: usize| pair.world.alpha.subnets[number].parse::<SubnetId>().unwrap());
    pair.write(&it.member, &change(&it, &[&second], &[], Some(options))).await;
    assert_eq!(pair.unwritten(&it.member, &change(&it, &[], &[], Some(PLAIN))).await, "IncorrectState");
    pair.settle().await;
    let seen = vpc_attachment(&pair).await;
    assert_eq!((seen.subnets.len(), seen.options), (2, options));
    pair.write(&it.member, &change(&it, &[], &[&first], None)).await;
    pair.settle().await;
    let seen = vpc_attachment(&pair).await;
    assert_eq!((seen.subnets, seen.options), (vec![second.clone()], options));
    let empty = change(&it, &[], &[&second], None);
    assert_eq!(pair.unwritten(&it.member, &empty).await, "InsufficientSubnetsException");
}

#[tokio::test]
async fn an_attachment_leaves_a_table_the_same() {
    let pair = Pair::new().await;
    let it = Connected::new(&pair).await;
    let home = pair.home();
    pair.write(&home, &it.disassociate()).await;
    let associations = ReadCall::GetTransitGatewayRouteTableAssociations { table: it.table.clone() };
    let Items::Associations(going) = pair.read(&home, &associations).await else { panic!() };
    assert_eq!(going[0].state, Progress::Going);
    let stop = WriteCall::DisableTransitGatewayRouteTablePropagation {
        table: it.table.clone(),
        attachment: it.attachment.clone(),
    };
    pair.write(&home, &stop).await;
    pair.settle().await;
    assert!(matches!(pair.read(&home, &associations).await, Items::Associations(none) if none.is_empty()));
    let propagations = ReadCall::GetTransitGatewayRouteTablePropagations { table: it.table.clone() };
    assert!(matches!(pair.read(&home, &propagations).await, Items::Propagations(none) if none.is_empty()));
    assert_eq!(pair.unwritten(&home, &it.disassociate()).await.to_lowercase(), "invalidparametervalue");
    assert_eq!(pair.unwritten(&home, &stop).await, "TransitGatewayRouteTablePropagation.NotFound");
}

#[tokio::test]
async fn an_attachment_is_deleted_from_the_hubs_side_the_same() {
    let pair = Pair::new().await;
    let it = Connected::new(&pair).await;
    let delete = WriteCall::DeleteTransitGatewayVpcAttachment { attachment: it.attachment.clone() };
    pair.write(&pair.home(), &delete).await;
    assert_eq!(vpc_attachment(&pair).await.state, Progress::Going);
    pair.settle().await;
    assert_eq!(vpc_attachment(&pair).await.state, Progress::Gone);
    let code = pair.unwritten(&it.member, &delete).await;
    assert_eq!(code, "InvalidTransitGatewayAttachmentID.NotFound");
}

#[tokio::test]
async fn tags_of_an_attachment_are_each_sides_own_to_both() {
    let pair = Pair::new().await;
    let it = Connected::new(&pair).await;
    let tags = [("Name".to_owned(), "alpha".to_owned()), ("empty".to_owned(), String::new())].into();
    let call = WriteCall::CreateTags { resource: Ref::Known(it.attachment.to_string()), tags };
    pair.write(&pair.home(), &call).await;
    let WriteCall::CreateTags { tags, .. } = call else { unreachable!() };
    assert_eq!(vpc_attachment(&pair).await.tags, tags);
    let Items::Attachments(listed) = pair.read(&pair.home(), &ReadCall::DescribeTransitGatewayAttachments).await else {
        panic!()
    };
    assert_eq!(listed[0].tags, tags);
    let Items::Attachments(members) = pair.read(&it.member, &ReadCall::DescribeTransitGatewayAttachments).await else {
        panic!()
    };
    let names = |all: &[Attachment]| all[0].tags.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&members), ["transitd"]);
    let nobodys = Ref::Known("tgw-attach-0123456789abcdef0".to_owned());
    let unknown = WriteCall::CreateTags { resource: nobodys, tags: members[0].tags.clone() };
    assert_eq!(pair.unwritten(&pair.home(), &unknown).await, "InvalidTransitGatewayAttachmentID.NotFound");
}

#[tokio::test]
async fn attachments_that_a_gateway_was_given_read_and_join_tables_the_same() {
    let pair = Pair::new().await;
    let home = pair.home();
    let table: TransitGatewayRouteTableId = pair.write(&home, &table_call(&pair)).await.id.unwrap().parse().unwrap();
    let given = pair.both(|sandbox| world::give_attachments(sandbox, &pair.world.gateway));
    let [vpn, direct]: [AttachmentId; 2] = given.map(|id| id.parse().unwrap());
    let Items::Attachments(all) = pair.read(&home, &ReadCall::DescribeTransitGatewayAttachments).await else {
        panic!()
    };
    let kind = |id: &AttachmentId| all.iter().find(|seen| seen.id == *id).map(|seen| seen.resource_type.as_str());
    assert_eq!((kind(&vpn), kind(&direct)), (Some("vpn"), Some("direct-connect-gateway")));
    let associate = WriteCall::AssociateTransitGatewayRouteTable {
        table: Ref::Known(table.clone()),
        attachment: Ref::Known(direct),
    };
    pair.write(&home, &associate).await;
    let propagate = WriteCall::EnableTransitGatewayRouteTablePropagation {
        table: Ref::Known(table.clone()),
        attachment: Ref::Known(vpn.clone()),
    };
    pair.write(&home, &propagate).await;
    pair.settle().await;
    let call = ReadCall::GetTransitGatewayRouteTableAssociations { table: table.clone() };
    let Items::Associations(associated) = pair.read(&home, &call).await else { panic!() };
    assert_eq!(associated[0].resource_type, "direct-connect-gateway");
    let call = ReadCall::GetTransitGatewayRouteTablePropagations { table: table.clone() };
    let Items::Propagations(propagating) = pair.read(&home, &call).await else { panic!() };
    assert_eq!(propagating[0].resource_type, "vpn");
    let call = ReadCall::SearchTransitGatewayRoutes { table };
    let Items::TransitGatewayRoutes(routes) = pair.read(&home, &call).await else { panic!() };
    assert!(routes.iter().any(|route| route.attachments == [vpn.clone()] && !route.is_static), "{routes:?}");
}
