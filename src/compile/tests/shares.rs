//! With whom a hub is shared, and whether that is all of them.

use super::world::{ACCOUNTS, HEAD, Place, account_of, problems, world};
use crate::compile::compile;
use crate::model::{
    AccountState, Fault, HubName, Listed, PlacedUnit, Principal, Snapshot, Topology, Trouble, WantedShare,
};
use crate::specimen::{HOME, complete, id, intent_of, items, scope, tags};

const SEGMENTS: &str = r#"
hubs: { eu: { region: eu-west-1, asn: 64512 } }
segments:
  prod: { members: [{ ou: Workloads, vpc_tags: { network: prod } }] }
"#;
const PLACES: [Place<'_>; 2] = [('p', "prod", &["10.1.0.0/16"]), ('q', "prod", &["10.2.0.0/16"])];

fn topology(head: &str, with: &str, change: impl FnOnce(&mut Snapshot)) -> Topology {
    let mut seen = world(&PLACES);
    change(&mut seen);
    compile(&intent_of(&format!("{head}{SEGMENTS}share: {{ with: {with} }}\n")), &seen)
}

fn share(with: &str, change: impl FnOnce(&mut Snapshot)) -> WantedShare {
    topology(HEAD, with, change).shares.remove(&id::<HubName>("eu")).unwrap()
}

fn named(share: &WantedShare) -> Vec<(String, &str)> {
    share.principals.iter().map(|(principal, name)| (principal.to_string(), name.as_str())).collect()
}

fn unreadable<T>() -> Listed<T> {
    Listed::Unknown(Trouble {
        fault: Fault::Denied,
        code: "AccessDenied".into(),
        message: String::new(),
        action: "List".into(),
        request_id: None,
    })
}

#[test]
fn a_hub_is_not_shared_unless_the_file_says_so() {
    let alone = compile(&intent_of(&format!("{HEAD}{SEGMENTS}")), &world(&PLACES));
    assert!(alone.shares.is_empty());
}

#[test]
fn the_organization_is_one_principal() {
    let share = share("organization", |_| ());
    assert_eq!(
        named(&share),
        [("the organization".to_owned(), "arn:aws:organizations::100000000001:organization/o-a1b2c3d4e5")]
    );
    assert!(share.complete && !share.allow_external);
    let accounts: Vec<&str> = share.accounts.iter().map(|account| account.as_str()).collect();
    let mut members = [account_of('p'), account_of('q')];
    members.sort_unstable();
    assert_eq!(accounts, members, "those whose VPCs are attached have to see the hub");
}

#[test]
fn units_are_shared_with_by_their_ids() {
    let units = |seen: &mut Snapshot| {
        seen.units = Some(complete(vec![
            PlacedUnit { path: id("/"), id: "r-ab12".into() },
            PlacedUnit { path: id("Workloads"), id: "ou-ab12-11111111".into() },
        ]));
    };
    let one = share("{ ous: [Workloads] }", units);
    assert_eq!(
        named(&one),
        [("unit Workloads".to_owned(), "arn:aws:organizations::100000000001:ou/o-a1b2c3d4e5/ou-ab12-11111111")]
    );
    assert!(one.complete);
    let root = share("{ ous: [/] }", units);
    assert_eq!(root.principals.keys().collect::<Vec<_>>(), [&Principal::Organization], "RAM knows no root");

    let gone = topology(HEAD, "{ ous: [Workloads, Labs] }", units);
    let share_of_gone = &gone.shares[&id::<HubName>("eu")];
    assert_eq!((share_of_gone.principals.len(), share_of_gone.complete), (1, false), "nobody is taken out for a slip");
    assert_eq!(problems(&gone), ["PrincipalMissing"]);

    for unknown in [None, Some(unreadable())] {
        let unread = topology(HEAD, "{ ous: [Workloads] }", |seen| seen.units = unknown);
        assert!(!unread.shares[&id::<HubName>("eu")].complete);
        assert_eq!(problems(&unread), Vec::<String>::new(), "the list is reported as unknown");
    }
}

#[test]
fn members_are_the_accounts_with_an_attached_vpc_and_never_the_home_account() {
    let share = share("members", |_| ());
    assert_eq!(share.principals.keys().count(), 2);
    assert!(share.principals.iter().all(|(principal, name)| principal.to_string() == format!("account {name}")));
    assert!(share.complete);
    let mut seen = world(&PLACES);
    seen.members.remove(&scope(account_of('p')));
    let account = items(&mut seen.accounts).iter_mut().find(|account| account.id.as_str() == account_of('p')).unwrap();
    account.id = id(HOME);
    let mut member = world(&PLACES[..1]).members.remove(&scope(account_of('p'))).unwrap();
    items(&mut member.vpcs)[0].owner = id(HOME);
    seen.members.insert(scope(HOME), member);
    let at_home = compile(&intent_of(&format!("{HEAD}{SEGMENTS}share: {{ with: members }}\n")), &seen);
    let share = &at_home.shares[&id::<HubName>("eu")];
    assert_eq!((at_home.attachments.len(), share.principals.len(), share.accounts.len()), (2, 1, 1));
}

#[test]
fn members_are_complete_only_if_everybody_could_be_asked() {
    assert!(!share("members", |seen| seen.members.get_mut(&scope(ACCOUNTS[3])).unwrap().vpcs = unreadable()).complete);
    assert!(!share("members", |seen| seen.accounts = unreadable()).complete);
    assert!(!share("members", |seen| items(&mut seen.accounts)[3].ou = None).complete, "it may stand in the unit");
    assert!(share("members", |seen| items(&mut seen.accounts)[3].ou = Some(id("Labs"))).complete, "no rule means it");
    let closed = |seen: &mut Snapshot| {
        items(&mut seen.accounts)[3].state = AccountState::SetAside("SUSPENDED".into());
        seen.members.remove(&scope(ACCOUNTS[3]));
    };
    assert!(share("members", closed).complete);
    // A VPC that fits two segments: nothing is done to it, and nothing is taken from its account.
    let mut seen = world(&PLACES);
    items(&mut seen.members.get_mut(&scope(account_of('p'))).unwrap().vpcs)[0].tags =
        tags(&[("network", "prod"), ("tier", "gold")]);
    let second = "  gold: { members: [{ vpc_tags: { tier: gold } }] }\n";
    let frozen = compile(&intent_of(&format!("{HEAD}{SEGMENTS}{second}share: {{ with: members }}\n")), &seen);
    assert_eq!((frozen.frozen.len(), frozen.shares[&id::<HubName>("eu")].complete), (1, false));
}

#[test]
fn an_excluded_account_is_no_member() {
    let excluding = HEAD.replace(
        "role: { name: transitd-member } }",
        &format!(
            "role: {{ name: transitd-member }}, exclude: [{{ account: \"{}\", why: closing }}] }}",
            account_of('q')
        ),
    );
    let topology = topology(&excluding, "members", |_| ());
    assert_eq!(topology.members.len(), 1);
    assert_eq!(topology.excluded.iter().map(|account| account.as_str()).collect::<Vec<_>>(), [account_of('q')]);
    assert_eq!(topology.shares[&id::<HubName>("eu")].principals.len(), 1);
}

#[test]
fn only_a_list_of_the_file_can_name_accounts_that_are_invited() {
    let listed = HEAD.replace(
        "from: organizations",
        &format!(
            "list: [{{ id: \"{}\", name: p, ou: Workloads }}, {{ id: \"{}\", name: q, ou: Workloads }}]",
            account_of('p'),
            account_of('q')
        ),
    );
    let allowed = |with: &str| topology(&listed, with, |_| ()).shares[&id::<HubName>("eu")].allow_external;
    assert!(allowed("members"));
    assert!(!allowed("organization"));
    assert!(!share("members", |_| ()).allow_external);
}

#[test]
fn members_are_chosen_by_the_tags_of_their_account() {
    let by_tag = SEGMENTS.replace("ou: Workloads", "account_tags: { tier: gold }");
    let mut seen = world(&PLACES);
    let account = items(&mut seen.accounts).iter_mut().find(|account| account.id.as_str() == account_of('p')).unwrap();
    account.tags = tags(&[("tier", "gold"), ("cost", "42")]);
    let topology = compile(&intent_of(&format!("{HEAD}{by_tag}")), &seen);
    assert_eq!(topology.members.keys().map(|vpc| vpc.vpc.as_str()).collect::<Vec<_>>(), ["vpc-p"]);
}
