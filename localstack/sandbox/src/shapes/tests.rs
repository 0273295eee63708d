use serde_json::json;

use super::*;

fn refusal(service: Service, action: &str, params: serde_json::Value) -> (String, String) {
    let error = operation(service, action).unwrap().check_input(&params).unwrap_err();
    assert_eq!(error.status, 400);
    (error.code, error.message)
}

#[test]
fn an_unknown_action_is_refused_in_the_services_own_way() {
    let code = |service| operation(service, "MakeCoffee").unwrap_err();
    assert_eq!(code(Service::Ec2).code, "InvalidAction");
    assert_eq!(code(Service::Sts).code, "InvalidAction");
    assert_eq!(code(Service::Organizations).code, "UnknownOperationException");
    assert_eq!((code(Service::Ram).code.as_str(), code(Service::Ram).status), ("UnknownOperationException", 404));
}

#[test]
fn a_request_with_all_kinds_of_members_passes() {
    let params = json!({
        "CidrBlock": "10.0.0.0/16", "DryRun": false, "Ipv4NetmaskLength": 16, "InstanceTenancy": null,
        "TagSpecifications": [{"ResourceType": "vpc", "Tags": [{"Key": "a", "Value": "b"}]}],
    });
    operation(Service::Ec2, "CreateVpc").unwrap().check_input(&params).unwrap();
    operation(Service::Sts, "GetCallerIdentity").unwrap().check_input(&serde_json::Value::Null).unwrap();
}

#[test]
fn a_misspelt_member_is_refused_however_deep() {
    let params = json!({"TagSpecifications": [{"ResourceType": "vpc", "Tags": [{"key": "a"}]}]});
    let (code, message) = refusal(Service::Ec2, "CreateVpc", params);
    assert_eq!(code, "UnknownParameter");
    assert_eq!(message, "The parameter TagSpecification.1.Tag.1.key is not recognized");
    assert_eq!(refusal(Service::Organizations, "ListAccounts", json!({"Max": 1})).0, "ValidationException");
    assert_eq!(refusal(Service::Sts, "GetCallerIdentity", json!({"X": 1})).0, "UnknownParameter");
}

#[test]
fn a_missing_member_is_named() {
    let (code, message) = refusal(Service::Ec2, "DeleteVpc", json!({"VpcId": null}));
    assert_eq!((code.as_str(), message.as_str()), ("MissingParameter", "The request must contain the parameter VpcId"));
    let (code, message) = refusal(Service::Sts, "AssumeRole", json!({"RoleSessionName": "abc"}));
    assert_eq!(code, "ValidationError");
    assert!(message.contains("Value null at 'roleArn'"), "{message}");
    assert_eq!(refusal(Service::Organizations, "DescribeAccount", json!({})).0, "InvalidInputException");
    assert_eq!(refusal(Service::Ram, "CreateResourceShare", json!({})).0, "InvalidParameterException");
    assert_eq!(refusal(Service::Ram, "AcceptResourceShareInvitation", json!({})).0, "MalformedArnException");
    assert_eq!(refusal(Service::Ram, "UpdateResourceShare", json!({})).0, "MissingRequiredParameterException");
}

#[test]
fn a_value_of_the_wrong_type_or_out_of_bounds_is_refused() {
    let (code, message) = refusal(Service::Ec2, "DescribeVpcs", json!({"MaxResults": 4}));
    assert_eq!(code, "InvalidParameterValue");
    assert!(message.contains("Value (4) for parameter MaxResults"), "{message}");
    assert_eq!(refusal(Service::Ec2, "DescribeVpcs", json!({"MaxResults": "5"})).0, "InvalidParameterValue");
    assert_eq!(
        refusal(Service::Ec2, "CreateVpc", json!({"Ipv4NetmaskLength": 1_i64 << 40})).0,
        "InvalidParameterValue"
    );
    assert_eq!(refusal(Service::Ec2, "CreateVpc", json!({"InstanceTenancy": "loud"})).0, "InvalidParameterValue");
    assert_eq!(refusal(Service::Organizations, "ListAccounts", json!({"MaxResults": 21})).0, "InvalidInputException");
    assert_eq!(refusal(Service::Organizations, "ListAccounts", json!([])).0, "SerializationException");
    let shares = json!({"resourceOwner": "SELF", "maxResults": 501});
    assert_eq!(refusal(Service::Ram, "GetResourceShares", shares).0, "InvalidParameterException");
    let invitations = json!({"maxResults": 501});
    assert_eq!(refusal(Service::Ram, "GetResourceShareInvitations", invitations).0, "InvalidMaxResultsException");
    assert_eq!(
        refusal(Service::Ram, "GetResourceShares", json!({"resourceOwner": "ME"})).0,
        "InvalidParameterException"
    );
}

#[test]
fn a_text_that_does_not_look_as_the_model_says_is_refused() {
    let named = |id: &str| json!({"AccountId": id});
    let describe = operation(Service::Organizations, "DescribeAccount").unwrap();
    describe.check_input(&named("123456789012")).unwrap();
    let error = describe.check_input(&named("١٢٣٤٥٦٧٨٩٠١٢")).unwrap_err();
    assert_eq!((error.code.as_str(), error.reason.as_deref()), ("InvalidInputException", Some("INVALID_PATTERN")));
    let under = |parent: &str| json!({"ParentId": parent});
    let list = operation(Service::Organizations, "ListAccountsForParent").unwrap();
    list.check_input(&under("ou-ab12-cd345678")).unwrap();
    // Each side of an "or" is held to both ends, though the model has ^ before the first alone.
    assert!(list.check_input(&under("r-ab12 and more")).is_err());
    assert!(list.check_input(&under("not ou-ab12-cd345678")).is_err());
    let (code, message) = refusal(Service::Iam, "GetRole", json!({"RoleName": "a b"}));
    assert_eq!(code, "ValidationError");
    let pattern = r"failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]+";
    assert!(
        message.starts_with("1 validation error detected: Value 'a b' at 'roleName'") && message.ends_with(pattern)
    );
}
