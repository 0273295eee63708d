//! Attachments of what is no member, and the VPCs that have left their segments.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use crate::api::WriteCall;
use crate::model::{Attached, AttachedKey, AttachmentId, AttachmentKey, Cidr, Key, Progress, Unmanaged};

use super::{Place, Resources, attached, entry, is_undeclared, vpc_route};
use crate::plan::draft::Draft;
use crate::plan::needed;
use crate::plan::removal::{self, Removal};

/// Lists the undeclared attachments.
pub(super) fn compare(draft: &mut Draft<'_>, hub: &Place<'_>, resources: &Resources) {
    for attachment in hub.inventory.attachments.known().unwrap_or_default() {
        let Some(resource) = resources.get(&attachment.id) else { continue };
        let is_undeclared = match &resource.of {
            Some(Attached::Vpc(vpc)) => is_undeclared(draft, hub.name, vpc),
            Some(of @ Attached::Given(_)) => {
                !draft.want.given.contains_key(&AttachedKey { hub: hub.name.clone(), of: of.clone() })
            }
            None => true,
        };
        if !is_undeclared {
            continue;
        }
        let thing = Unmanaged::Attachment {
            hub: hub.name.clone(),
            id: attachment.id.clone(),
            resource_type: attachment.resource_type.clone(),
            resource: attachment.resource_id.clone(),
            owner: attachment.resource_owner.clone(),
            pending: attachment.state == Progress::PendingAcceptance,
        };
        let key = resource.vpc().map(|vpc| AttachmentKey { hub: hub.name.clone(), vpc: vpc.clone() });
        match key.filter(|key| draft.made(&Key::Attachment(key.clone()), attachment.id.as_str())) {
            Some(key) => detach(draft, hub, key, attachment.id.clone(), thing),
            None => draft.undeclared(thing, false),
        }
    }
}

/// Takes a departed VPC's attachment away, once nothing leads to it any more.
fn detach(draft: &mut Draft<'_>, hub: &Place<'_>, key: AttachmentKey, id: AttachmentId, thing: Unmanaged) {
    let going = is_leaving_its_table(hub, &id).then(|| Key::Association(AttachedKey::from(&key)));
    let evidence = removal::of_vpc(draft, hub.name, &key.vpc);
    let led = draft.hubs.get(hub.name).map(|of| needed::statics_to(of, &id)).unwrap_or_default();
    let call = WriteCall::DeleteTransitGatewayVpcAttachment { attachment: id };
    let is_led_by =
        |key: &Key| matches!(key, Key::StaticRoute(route) if led.iter().any(|(_, to)| *to == route.destination));
    let after = draft.removed(|removed| removed.vpc() == Some(&key.vpc) || is_led_by(removed));
    let removal = Removal {
        after,
        going,
        departed: Some(key.clone()),
        ..Removal::new(Key::Attachment(key), hub.scope.clone(), call, thing, evidence)
    };
    removal::remove(draft, removal);
}

/// Finds the VPCs that have left their segments: attached, with something of ours to them or leading to them, and members of
/// nothing any more.
pub(super) fn departures(draft: &mut Draft<'_>) {
    let mut departed: BTreeSet<AttachmentKey> = BTreeSet::new();
    let led: OnceCell<BTreeSet<Cidr>> = OnceCell::new();
    for (name, hub) in &draft.hubs {
        let (Some(gateway), Some(scope)) = (hub.gateway.id.known(), draft.want.hubs.get(name).map(|hub| &hub.scope))
        else {
            continue;
        };
        // It carries traffic by our doing, even where nothing proves that we made the attachment itself.
        let stands_by_us = entry::ours(draft, hub.inventory);
        let live = hub.inventory.attachments.known().unwrap_or_default().iter();
        for attachment in live.filter(|live| live.gateway == *gateway && live.state.is_live()) {
            let Some(Attached::Vpc(vpc)) = attached(attachment, scope) else { continue };
            let key = AttachmentKey { hub: name.clone(), vpc };
            let has_left = is_undeclared(draft, name, &key.vpc) && !draft.want.excluded.contains(&key.vpc.account);
            let made = draft.made(&Key::Attachment(key.clone()), attachment.id.as_str());
            let works_by_us =
                || stands_by_us.contains(&attachment.id) || vpc_route::sends_by_us(draft, &key.vpc, gateway);
            let is_led_to_by_us = || {
                let led = led.get_or_init(|| vpc_route::undeclared_of_ours(draft));
                let ranges = || needed::ranges(draft, hub, &key.vpc, &attachment.id);
                !led.is_empty() && ranges().iter().any(|range| led.iter().any(|led| range.contains(led)))
            };
            if has_left && (made || works_by_us() || is_led_to_by_us()) {
                departed.insert(key);
            }
        }
    }
    for key in &departed {
        removal::depart(draft, key);
    }
}

/// Tells whether AWS is taking an attachment out of its table.
fn is_leaving_its_table(hub: &Place<'_>, attachment: &AttachmentId) -> bool {
    let mut all = hub.inventory.associations.values().filter_map(|list| list.known()).flatten();
    all.any(|association| association.attachment == *attachment && association.state == Progress::Going)
}
