//! Resource shares, what they are associated with, and invitations.

use aws_sandbox::Service;
use aws_sandbox::sharing::association::Status;
use aws_sandbox::sharing::invitation::{Invitation, Status as InvitationStatus};
use aws_sandbox::sharing::resource_share::Status as ShareStatus;
use jiff::Timestamp;
use serde_json::json;

use super::ComesTo::{Ignored, Mended, Repaired, Reported};
use super::Row;
use super::how::ask;

pub fn rows() -> Vec<Row> {
    [shares(), principals(), resources(), invitations()].into_iter().flatten().collect()
}

/// Changes the share of hub eu directly.
macro_rules! share {
    ($it:ident => $change:expr) => {
        |bench| {
            let id = bench.id("share of eu");
            let mut sandbox = bench.seed.lock();
            let $it = sandbox.settled().sharing.shares.get_mut(&id).expect("a share");
            $change;
        }
    };
}

/// Changes what the share of hub eu is associated with.
macro_rules! associated {
    ($which:ident, $name:expr, $it:ident => $change:expr) => {
        |bench| {
            let (id, name) = (bench.id("share of eu"), bench.world.names.fill($name));
            let mut sandbox = bench.seed.lock();
            let share = sandbox.settled().sharing.shares.get_mut(&id).expect("a share");
            let $it = share.$which.get_mut(&name).expect($name);
            $change;
        }
    };
}

const GATEWAY: &str = "arn:aws:ec2:eu-west-1:{network}:transit-gateway/{eu}";
const SIGHT: &str = "whether a member sees the hub counts while it is to be attached";

fn shares() -> Vec<Row> {
    const KIND: &str = "resource-share";
    vec![
        row!(
            KIND,
            "arn",
            |bench| bench.seed.lock().settled().sharing.shares.retain(|arn, _| *arn != bench.id("share of eu")),
            &[
                "create principal eu with account billing",
                "create principal eu with account tools",
                "create resource share eu"
            ],
            Mended
        ),
        row!(
            KIND,
            "name",
            |bench| ask(
                bench,
                "network",
                Service::Ram,
                "UpdateResourceShare",
                json!({ "resourceShareArn": "{share of eu}", "name": "mine" })
            ),
            &[],
            Ignored("a name that a person has given stays")
        ),
        row!(
            KIND,
            "owner",
            |bench| bench.seed.lock().settled().sharing.shares.retain(|arn, _| *arn != bench.id("share of eu")),
            &[
                "create principal eu with account billing",
                "create principal eu with account tools",
                "create resource share eu"
            ],
            Mended
        ),
        row!(
            KIND,
            "region",
            |bench| bench.seed.lock().settled().sharing.shares.retain(|arn, _| *arn != bench.id("share of eu")),
            &[
                "create principal eu with account billing",
                "create principal eu with account tools",
                "create resource share eu"
            ],
            Mended
        ),
        row!(
            KIND,
            "allow_external",
            |bench| ask(
                bench,
                "network",
                Service::Ram,
                "UpdateResourceShare",
                json!({ "resourceShareArn": "{share of eu}", "allowExternalPrincipals": true })
            ),
            &["modify resource share eu"],
            Mended
        ),
        row!(
            KIND,
            "status",
            |bench| ask(
                bench,
                "network",
                Service::Ram,
                "DeleteResourceShare",
                json!({ "resourceShareArn": "{share of eu}" })
            ),
            &[
                "create principal eu with account billing",
                "create principal eu with account tools",
                "create resource share eu"
            ],
            Mended
        ),
        row!(
            KIND,
            "status",
            share!(it => it.status = ShareStatus::Failed),
            &[
                "create principal eu with account billing",
                "create principal eu with account tools",
                "create resource share eu"
            ],
            Mended
        ),
        row!(KIND, "created", share!(it => it.created = Timestamp::UNIX_EPOCH), &[], Ignored("a time decides nothing")),
        row!(KIND, "updated", share!(it => it.updated = Timestamp::UNIX_EPOCH), &[], Ignored("a time decides nothing")),
        row!(
            KIND,
            "tags",
            |bench| ask(
                bench,
                "network",
                Service::Ram,
                "UntagResource",
                json!({ "resourceShareArn": "{share of eu}", "tagKeys": ["transitd:hub"] })
            ),
            &["tag resource share eu"],
            Repaired
        ),
        row!(KIND, "resources", share!(it => it.resources.clear()), &["replace resource share eu"], Mended),
        row!(
            KIND,
            "principals",
            share!(it => { it.principals.clear(); }),
            &["create principal eu with account billing", "create principal eu with account tools"],
            Mended
        ),
        row!(
            KIND,
            "principals",
            |bench| ask(
                bench,
                "network",
                Service::Ram,
                "AssociateResourceShare",
                json!({ "resourceShareArn": "{share of eu}", "principals": ["{lab}"] })
            ),
            &["unmanaged: principal eu lab"],
            Reported
        ),
        row!(
            KIND,
            "permissions",
            share!(it => { it.permissions.clear(); }),
            &[],
            Ignored("a share of a gateway has the one permission that RAM gives it")
        ),
        row!(
            KIND,
            "retains",
            share!(it => it.retains = true),
            &[],
            Ignored("it counts where an account leaves the organization, and then the account is told")
        ),
    ]
}

fn principals() -> Vec<Row> {
    const KIND: &str = "share-principal";
    vec![
        row!(
            KIND,
            "status",
            |bench| ask(
                bench,
                "network",
                Service::Ram,
                "DisassociateResourceShare",
                json!({ "resourceShareArn": "{share of eu}", "principals": ["{tools}"] })
            ),
            &["create principal eu with account tools"],
            Mended
        ),
        row!(
            KIND,
            "status",
            associated!(principals, "{tools}", it => it.status = Status::Failed),
            &["problem: share-failed eu with account tools FAILED"],
            Reported
        ),
        row!(
            KIND,
            "created",
            associated!(principals, "{tools}", it => it.created = Timestamp::UNIX_EPOCH),
            &[],
            Ignored("a time decides nothing")
        ),
        row!(
            KIND,
            "updated",
            associated!(principals, "{tools}", it => it.updated = Timestamp::UNIX_EPOCH),
            &[],
            Ignored("a time decides nothing")
        ),
        row!(
            KIND,
            "invited",
            associated!(principals, "{tools}", it => it.invited = true),
            &[],
            Ignored("how it came does not matter once it is associated")
        ),
        row!(
            KIND,
            "external",
            associated!(principals, "{tools}", it => it.external = true),
            &[],
            Ignored("how it came does not matter once it is associated")
        ),
        row!(KIND, "sees", associated!(principals, "{tools}", it => it.sees = false), &[], Ignored(SIGHT)),
    ]
}

fn resources() -> Vec<Row> {
    const KIND: &str = "share-resource";
    vec![
        row!(
            KIND,
            "status",
            |bench| ask(
                bench,
                "network",
                Service::Ram,
                "DisassociateResourceShare",
                json!({ "resourceShareArn": "{share of eu}", "resourceArns": [GATEWAY] })
            ),
            &["replace resource share eu"],
            Mended
        ),
        row!(
            KIND,
            "status",
            associated!(resources, GATEWAY, it => it.status = Status::Failed),
            &["problem: share-failed eu FAILED"],
            Reported
        ),
        row!(
            KIND,
            "created",
            associated!(resources, GATEWAY, it => it.created = Timestamp::UNIX_EPOCH),
            &[],
            Ignored("a time decides nothing")
        ),
        row!(
            KIND,
            "updated",
            associated!(resources, GATEWAY, it => it.updated = Timestamp::UNIX_EPOCH),
            &[],
            Ignored("a time decides nothing")
        ),
        row!(
            KIND,
            "invited",
            associated!(resources, GATEWAY, it => it.invited = true),
            &[],
            Ignored("a resource is never invited")
        ),
        row!(
            KIND,
            "external",
            associated!(resources, GATEWAY, it => it.external = true),
            &[],
            Ignored("a resource is never external")
        ),
        row!(
            KIND,
            "sees",
            associated!(resources, GATEWAY, it => it.sees = true),
            &[],
            Ignored("a resource sees nothing")
        ),
    ]
}

/// An invitation of somebody else's, in the way of nothing: within the organization nobody is invited.
fn invitations() -> Vec<Row> {
    const KIND: &str = "invitation";
    const WHY: &str = "within the organization nobody is invited, and transitd asks for no invitations";
    ["arn", "share", "share_name", "region", "sender", "receiver", "sent", "status"]
        .into_iter()
        .map(|field| {
            row!(
                KIND,
                field,
                |bench| {
                    let invitation = Invitation {
                        arn: "arn:aws:ram:eu-west-1:999999999999:resource-share-invitation/one".into(),
                        share: "arn:aws:ram:eu-west-1:999999999999:resource-share/one".into(),
                        share_name: "one".into(),
                        region: "eu-west-1".into(),
                        sender: "999999999999".into(),
                        receiver: bench.id("tools"),
                        sent: Timestamp::UNIX_EPOCH,
                        status: InvitationStatus::Pending,
                    };
                    bench.seed.lock().settled().sharing.invitations.insert(invitation.arn.clone(), invitation);
                },
                &[],
                Ignored(WHY)
            )
        })
        .collect()
}
