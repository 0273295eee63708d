use serde_json::{Value, json};

use crate::network::support::{Bench, text};

const ONE: &str = "111111111111";
const TWO: &str = "222222222222";

fn shown(bench: &mut Bench, account: &str, list: &str) -> Value {
    let found = bench.ec2(account, "DescribeManagedPrefixLists", json!({"PrefixListIds": [list]}));
    found["PrefixLists"][0].clone()
}

fn entries(bench: &mut Bench, account: &str, asked: Value) -> Vec<String> {
    let found = bench.ec2(account, "GetManagedPrefixListEntries", asked);
    found["Entries"].as_array().unwrap().iter().map(|entry| text(&entry["Cidr"])).collect()
}

#[test]
fn a_list_is_made_with_its_entries_and_its_state_takes_a_moment() {
    let mut bench = Bench::new();
    let tags = json!([{"ResourceType": "prefix-list", "Tags": [{"Key": "Name", "Value": "lan"}]}]);
    let asked = json!({"PrefixListName": "lan", "MaxEntries": 3, "AddressFamily": "IPv4", "TagSpecifications": tags,
        "Entries": [{"Cidr": "10.1.0.0/16", "Description": "one"}, {"Cidr": "10.0.0.9/16"}]});
    let made = bench.ec2(ONE, "CreateManagedPrefixList", asked)["PrefixList"].clone();
    assert_eq!((&made["State"], &made["Version"]), (&json!("create-in-progress"), &json!(1)));
    bench.wait();
    let list = text(&made["PrefixListId"]);
    let found = shown(&mut bench, ONE, &list);
    assert_eq!((&found["State"], &found["MaxEntries"]), (&json!("create-complete"), &json!(3)));
    assert_eq!(found["Tags"], json!([{"Key": "Name", "Value": "lan"}]));
    assert_eq!(found["PrefixListArn"], format!("arn:aws:ec2:us-east-1:{ONE}:prefix-list/{list}"));
    let found = bench.ec2(ONE, "GetManagedPrefixListEntries", json!({"PrefixListId": list}));
    assert_eq!(found["Entries"], json!([{"Cidr": "10.0.0.0/16"}, {"Cidr": "10.1.0.0/16", "Description": "one"}]));
}

#[test]
fn a_change_of_entries_makes_a_version_and_must_name_the_present_one() {
    let mut bench = Bench::new();
    let list = bench.prefix_list(ONE, &["10.0.0.0/16", "10.1.0.0/16"], 3);
    let change = |version: u8| {
        json!({"PrefixListId": list, "CurrentVersion": version, "AddEntries": [{"Cidr": "10.2.0.0/16"}],
            "RemoveEntries": [{"Cidr": "10.0.0.0/16"}]})
    };
    bench.refused(ONE, "ModifyManagedPrefixList", change(2), "PrefixListVersionMismatch");
    let without = json!({"PrefixListId": list, "AddEntries": [{"Cidr": "10.2.0.0/16"}]});
    bench.refused(ONE, "ModifyManagedPrefixList", without, "MissingParameter");
    let begun = bench.ec2(ONE, "ModifyManagedPrefixList", change(1))["PrefixList"].clone();
    assert_eq!((&begun["State"], &begun["Version"]), (&json!("modify-in-progress"), &json!(1)));
    bench.refused(ONE, "ModifyManagedPrefixList", change(1), "IncorrectState");
    bench.wait();
    let found = shown(&mut bench, ONE, &list);
    assert_eq!((&found["State"], &found["Version"]), (&json!("modify-complete"), &json!(2)));
    assert_eq!(entries(&mut bench, ONE, json!({"PrefixListId": list})), ["10.1.0.0/16", "10.2.0.0/16"]);
    let old = json!({"PrefixListId": list, "TargetVersion": 1});
    assert_eq!(entries(&mut bench, ONE, old), ["10.0.0.0/16", "10.1.0.0/16"]);
    let restored = json!({"PrefixListId": list, "PreviousVersion": 1, "CurrentVersion": 2});
    bench.ec2(ONE, "RestoreManagedPrefixListVersion", restored);
    bench.wait();
    assert_eq!(entries(&mut bench, ONE, json!({"PrefixListId": list})), ["10.0.0.0/16", "10.1.0.0/16"]);
    assert_eq!(shown(&mut bench, ONE, &list)["Version"], 3);
}

#[test]
fn changes_that_cannot_be_are_refused() {
    let mut bench = Bench::new();
    let list = bench.prefix_list(ONE, &["10.0.0.0/16", "10.1.0.0/16"], 2);
    let change = |more: Value| {
        let mut asked = json!({"PrefixListId": list, "CurrentVersion": 1});
        asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        asked
    };
    for (more, code) in [
        (json!({"AddEntries": [{"Cidr": "10.2.0.0/16"}]}), "PrefixListMaxEntriesExceeded"),
        (json!({"AddEntries": [{"Cidr": "10.0.0.0/16"}]}), "InvalidRequest"),
        (json!({"RemoveEntries": [{"Cidr": "10.9.0.0/16"}]}), "InvalidRequest"),
        (json!({"AddEntries": [{"Cidr": "2001:db8::/32"}]}), "InvalidParameterValue"),
        (
            json!({"AddEntries": [{"Cidr": "10.0.0.0/16"}], "RemoveEntries": [{"Cidr": "10.0.0.0/16"}]}),
            "InvalidParameterValue",
        ),
        (json!({"RemoveEntries": [{"Cidr": "10.0.0.0/16"}], "MaxEntries": 5}), "InvalidParameterCombination"),
        (json!({"MaxEntries": 1}), "PrefixListMaxEntriesExceeded"),
        (json!({"PrefixListName": "com.amazonaws.mine"}), "InvalidParameterValue"),
    ] {
        bench.refused(ONE, "ModifyManagedPrefixList", change(more), code);
    }
    bench.ec2(ONE, "ModifyManagedPrefixList", change(json!({"PrefixListName": "other"})));
    bench.wait();
    let found = shown(&mut bench, ONE, &list);
    assert_eq!((&found["PrefixListName"], &found["Version"]), (&json!("other"), &json!(1)));
}

#[test]
fn only_the_owner_and_those_it_is_shared_with_see_a_list_and_only_the_owner_changes_it() {
    let mut bench = Bench::new();
    let list = bench.prefix_list(ONE, &["10.0.0.0/16"], 2);
    let named = json!({"PrefixListIds": [list]});
    bench.refused(TWO, "DescribeManagedPrefixLists", named, "InvalidPrefixListID.NotFound");
    bench.refused(TWO, "GetManagedPrefixListEntries", json!({"PrefixListId": list}), "InvalidPrefixListID.NotFound");
    let malformed = json!({"PrefixListIds": ["pl-x"]});
    bench.refused(ONE, "DescribeManagedPrefixLists", malformed, "InvalidPrefixListId.Malformed");
    bench.share_arn(ONE, &format!("arn:aws:ec2:us-east-1:{ONE}:prefix-list/{list}"), TWO);
    assert_eq!(shown(&mut bench, TWO, &list)["OwnerId"], ONE);
    assert_eq!(entries(&mut bench, TWO, json!({"PrefixListId": list})), ["10.0.0.0/16"]);
    bench.refused(TWO, "DeleteManagedPrefixList", json!({"PrefixListId": list}), "UnauthorizedOperation");
    let customers = json!({"Filters": [{"Name": "owner-id", "Values": ["1*", "2*"]}]});
    let listed = bench.ec2(TWO, "DescribeManagedPrefixLists", customers);
    assert_eq!(listed["PrefixLists"].as_array().unwrap().len(), 1);
}

#[test]
fn the_same_client_token_gives_the_same_list() {
    let mut bench = Bench::new();
    let asked =
        |name: &str| json!({"PrefixListName": name, "MaxEntries": 3, "AddressFamily": "IPv4", "ClientToken": "token"});
    let one = bench.ec2(ONE, "CreateManagedPrefixList", asked("a"))["PrefixList"]["PrefixListId"].clone();
    let again = bench.ec2(ONE, "CreateManagedPrefixList", asked("a"))["PrefixList"]["PrefixListId"].clone();
    assert_eq!(one, again);
    bench.refused(ONE, "CreateManagedPrefixList", asked("b"), "IdempotentParameterMismatch");
}

#[test]
fn lists_and_entries_come_in_pages_and_by_filters() {
    let mut bench = Bench::new();
    for _ in 0..3 {
        bench.prefix_list(ONE, &["10.0.0.0/16", "10.1.0.0/16", "9.0.0.0/8"], 3);
    }
    let own = json!([{"Name": "owner-id", "Values": [ONE]}]);
    let first = bench.ec2(ONE, "DescribeManagedPrefixLists", json!({"MaxResults": 2, "Filters": own}));
    assert_eq!(first["PrefixLists"].as_array().unwrap().len(), 2);
    let rest = json!({"MaxResults": 2, "Filters": own, "NextToken": first["NextToken"]});
    let rest = bench.ec2(ONE, "DescribeManagedPrefixLists", rest);
    assert_eq!(rest["PrefixLists"].as_array().unwrap().len(), 1);
    assert!(rest.get("NextToken").is_none());
    let list = text(&rest["PrefixLists"][0]["PrefixListId"]);
    let first = bench.ec2(ONE, "GetManagedPrefixListEntries", json!({"PrefixListId": list, "MaxResults": 2}));
    let more = json!({"PrefixListId": list, "MaxResults": 2, "NextToken": first["NextToken"]});
    assert_eq!(entries(&mut bench, ONE, more), ["10.1.0.0/16"]);
    let by_name = json!({"Filters": [{"Name": "prefix-list-name", "Values": ["no*"]}]});
    assert_eq!(bench.ec2(ONE, "DescribeManagedPrefixLists", by_name)["PrefixLists"], json!([]));
    let unknown = json!({"Filters": [{"Name": "colour", "Values": ["red"]}]});
    bench.refused(ONE, "DescribeManagedPrefixLists", unknown, "InvalidParameterValue");
}

#[test]
fn a_list_that_is_referred_to_fails_to_be_deleted() {
    let mut bench = Bench::new();
    let hub = bench.plain_transit_gateway(ONE);
    let table = bench.transit_gateway_route_table(ONE, &hub);
    let list = bench.prefix_list(ONE, &["10.0.0.0/16"], 2);
    let reference = json!({"TransitGatewayRouteTableId": table, "PrefixListId": list, "Blackhole": true});
    bench.ec2(ONE, "CreateTransitGatewayPrefixListReference", reference);
    let listed = bench.ec2(ONE, "GetManagedPrefixListAssociations", json!({"PrefixListId": list}));
    assert_eq!(listed["PrefixListAssociations"], json!([{"ResourceId": table, "ResourceOwner": ONE}]));
    let gone = bench.ec2(ONE, "DeleteManagedPrefixList", json!({"PrefixListId": list}));
    assert_eq!(gone["PrefixList"]["State"], "delete-in-progress");
    bench.wait();
    assert_eq!(shown(&mut bench, ONE, &list)["State"], "delete-failed");
    let reference = json!({"TransitGatewayRouteTableId": table, "PrefixListId": list});
    bench.ec2(ONE, "DeleteTransitGatewayPrefixListReference", reference);
    bench.wait();
    bench.ec2(ONE, "DeleteManagedPrefixList", json!({"PrefixListId": list}));
    bench.wait();
    let named = json!({"PrefixListIds": [list]});
    bench.refused(ONE, "DescribeManagedPrefixLists", named, "InvalidPrefixListID.NotFound");
}

#[test]
fn a_size_that_a_referrer_has_no_room_for_fails() {
    let mut bench = Bench::new();
    bench.sandbox.world.network.quotas.routes_per_route_table = 5;
    let hub = bench.plain_transit_gateway(ONE);
    let vpc = bench.vpc(ONE, "10.0.0.0/16");
    bench.attachment(ONE, &hub, &vpc);
    bench.wait();
    let table = bench.route_table(ONE, &vpc);
    let list = bench.prefix_list(ONE, &["10.9.0.0/16"], 4);
    let route = json!({"RouteTableId": table, "DestinationPrefixListId": list, "TransitGatewayId": hub});
    bench.ec2(ONE, "CreateRoute", route);
    bench.ec2(ONE, "ModifyManagedPrefixList", json!({"PrefixListId": list, "MaxEntries": 6}));
    bench.wait();
    let found = shown(&mut bench, ONE, &list);
    assert_eq!((&found["State"], &found["MaxEntries"]), (&json!("modify-failed"), &json!(4)));
    assert!(text(&found["StateMessage"]).contains(&table), "{found}");
    bench.ec2(ONE, "ModifyManagedPrefixList", json!({"PrefixListId": list, "MaxEntries": 5}));
    bench.wait();
    assert_eq!(shown(&mut bench, ONE, &list)["MaxEntries"], 5);
    let range = json!({"RouteTableId": table, "DestinationCidrBlock": "10.8.0.0/16", "TransitGatewayId": hub});
    bench.refused(ONE, "CreateRoute", range, "RouteLimitExceeded");
}
