//! Condition keys, and what a request has under them.
//!
//! Only keys that the sandbox can fill in are known; a policy with another one is refused when it is put. That a key is
//! known does not mean that every request has it: each service's requests bring their own ("Actions, resources, and
//! condition keys" of each service), and a key that is absent is absent for AWS as well.

use std::collections::BTreeMap;

use crate::call::AwsError;

/// A condition key in lower case: AWS's keys are the same in any case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(String);

/// Keys by their whole names.
const WHOLE: &[&str] = &[
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalType",
    "aws:RequestedRegion",
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:ResourceOrgPaths",
    "aws:SecureTransport",
    "aws:SourceIdentity",
    "aws:TagKeys",
    "aws:ViaAWSService",
    "aws:userid",
    "ec2:AccepterVpc",
    "ec2:AvailabilityZone",
    "ec2:AvailabilityZoneId",
    "ec2:CreateAction",
    "ec2:InternetGatewayID",
    "ec2:Region",
    "ec2:RequesterVpc",
    "ec2:RouteTableID",
    "ec2:SubnetID",
    "ec2:Vpc",
    "ec2:VpcID",
    "ec2:transitGatewayAttachmentId",
    "ec2:transitGatewayId",
    "ec2:transitGatewayRouteTableId",
    "iam:AWSServiceName",
    "iam:PermissionsBoundary",
    "iam:PolicyARN",
    "organizations:PolicyType",
    "organizations:ServicePrincipal",
    "ram:AllowsExternalPrincipals",
    "ram:PermissionArn",
    "ram:Principal",
    "ram:RequestedAllowsExternalPrincipals",
    "ram:RequestedResourceType",
    "ram:ResourceArn",
    "ram:ResourceShareName",
    "ram:ShareOwnerAccountId",
    "sts:ExternalId",
    "sts:RoleSessionName",
    "sts:SourceIdentity",
    "sts:TransitiveTagKeys",
];

/// Keys that go on with the name of a tag.
const TAGS: &[&str] = &[
    "aws:PrincipalTag/",
    "aws:RequestTag/",
    "aws:ResourceTag/",
    "ec2:ResourceTag/",
    "iam:ResourceTag/",
    "ram:ResourceTag/",
];

impl Key {
    /// Reads a key as a policy writes it.
    ///
    /// # Errors
    /// `NotModelled` for one that the sandbox cannot fill in.
    pub fn read(name: &str) -> Result<Self, AwsError> {
        let whole = WHOLE.iter().any(|known| known.eq_ignore_ascii_case(name));
        let of_tag = |known: &&str| {
            name.len() > known.len() && name.get(..known.len()).is_some_and(|start| start.eq_ignore_ascii_case(known))
        };
        if whole || TAGS.iter().any(of_tag) {
            Ok(Self::plain(name))
        } else {
            Err(AwsError::not_modelled(format!("the condition key {name}")))
        }
    }

    /// Returns its name in lower case.
    pub fn name(&self) -> &str {
        &self.0
    }

    fn plain(name: &str) -> Self {
        Self(name.to_ascii_lowercase())
    }
}

/// What one request has under its keys.
#[derive(Clone, Debug, Default)]
pub struct Context(BTreeMap<Key, Vec<String>>);

impl Context {
    /// Makes a context of single values.
    pub fn of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut context = Self::default();
        for (name, value) in pairs {
            context.put(name, value);
        }
        context
    }

    /// Puts the one value of a key.
    pub fn put(&mut self, name: &str, value: impl Into<String>) {
        self.0.insert(Key::plain(name), vec![value.into()]);
    }

    /// Puts a key's values; a key without any is absent.
    pub fn put_all(&mut self, name: &str, values: impl IntoIterator<Item = String>) {
        let values: Vec<String> = values.into_iter().collect();
        if !values.is_empty() {
            self.0.insert(Key::plain(name), values);
        }
    }

    pub fn values(&self, key: &Key) -> Option<&[String]> {
        self.0.get(key).map(Vec::as_slice)
    }

    /// Adds what another context has.
    pub fn extend(&mut self, other: &Context) {
        self.0.extend(other.0.iter().map(|(key, values)| (key.clone(), values.clone())));
    }

    /// Lists the keys, in lower case, with their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0.iter().map(|(key, values)| (key.0.as_str(), values.as_slice()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_the_same_in_any_case_and_unknown_ones_are_refused() {
        let mut context = Context::default();
        context.put("aws:RequestTag/Team", "net");
        let read = Key::read("AWS:requesttag/team").unwrap();
        assert_eq!(context.values(&read), Some(&["net".to_owned()][..]));
        for unknown in ["aws:SourceIp", "aws:RequestTag/", "aws:RequestTag", "ec2:Coffee", ""] {
            assert_eq!(Key::read(unknown).unwrap_err().code, "NotModelled", "{unknown}");
        }
    }
}
