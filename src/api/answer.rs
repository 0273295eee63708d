//! What every door holds an answer to: the rules by which AWS's words become our types.
//!
//! An answer that lacks what AWS always gives, or that gives what cannot be read, is an error of its own
//! ([`ApiError::strange`]). Nothing is dropped and nothing gets a default, since a list with a hole in it would pass for
//! a complete one. The rules stand here, and not in a door, so that all doors answer alike.

use std::fmt;
use std::str::FromStr;

use super::door::ApiError;
use crate::model::{
    AccountState, Cidr, Destination, Malformed, Progress, RouteState, SubnetId, Tags, Target,
    TransitGatewayRouteTableId,
};

/// A thing in an answer, named in the error when something about it is wrong.
#[derive(Clone, Copy, Debug)]
pub struct Thing<'a> {
    kind: &'static str,
    id: Option<&'a str>,
}

impl<'a> Thing<'a> {
    /// Names a thing by what AWS calls its kind, and by its id where the answer has one.
    pub fn new(kind: &'static str, id: Option<&'a str>) -> Self {
        Self { kind, id }
    }

    /// Returns a member that AWS always gives.
    ///
    /// # Errors
    /// A strange answer when it is missing.
    pub fn has<T>(&self, member: &str, value: Option<T>) -> Result<T, ApiError> {
        value.ok_or_else(|| ApiError::strange(format!("{self} came without {member}")))
    }

    /// Returns a text that AWS always gives and that is never empty.
    ///
    /// # Errors
    /// A strange answer when it is missing or empty.
    pub fn text(&self, member: &str, value: Option<&str>) -> Result<String, ApiError> {
        self.has(member, value.filter(|text| !text.is_empty())).map(str::to_owned)
    }

    /// Reads an id or a name that AWS always gives.
    ///
    /// # Errors
    /// A strange answer when it is missing or malformed.
    pub fn name<T: FromStr<Err = Malformed>>(&self, member: &str, value: Option<&str>) -> Result<T, ApiError> {
        let text = self.has(member, value)?;
        text.parse().map_err(|error| self.unreadable(member, text, &error))
    }

    /// Reads an id or a name that AWS leaves out where there is none.
    ///
    /// # Errors
    /// A strange answer when it is there and malformed.
    pub fn optional_name<T: FromStr<Err = Malformed>>(
        &self,
        member: &str,
        value: Option<&str>,
    ) -> Result<Option<T>, ApiError> {
        value.filter(|text| !text.is_empty()).map(|text| self.name(member, Some(text))).transpose()
    }

    /// Reads a range that AWS always gives.
    ///
    /// # Errors
    /// A strange answer when it is missing or no CIDR.
    pub fn cidr(&self, member: &str, value: Option<&str>) -> Result<Cidr, ApiError> {
        let text = self.has(member, value)?;
        Cidr::normalised(text).map_err(|error| self.unreadable(member, text, &error))
    }

    /// Reads an option that is `enable` or `disable`.
    ///
    /// # Errors
    /// A strange answer for anything else.
    pub fn is_enabled(&self, member: &str, value: Option<&str>) -> Result<bool, ApiError> {
        match self.has(member, value)? {
            "enable" => Ok(true),
            "disable" => Ok(false),
            other => Err(self.unreadable(member, other, &Malformed("expected enable or disable".into()))),
        }
    }

    /// Reads the table that new attachments land in, or propagate to, by themselves: none where the option is off.
    ///
    /// # Errors
    /// A strange answer when the option is missing, or is on and a gateway that is in use names no table.
    pub fn default_table(
        &self,
        member: &str,
        option: Option<&str>,
        table: Option<&str>,
        state: &Progress,
    ) -> Result<Option<TransitGatewayRouteTableId>, ApiError> {
        if !self.is_enabled(member, option)? {
            return Ok(None);
        }
        let table = self.optional_name(member, table)?;
        if table.is_none() && state.is_usable() {
            return Err(ApiError::strange(format!("{self} came with {member} enabled and without a table for it")));
        }
        Ok(table)
    }

    /// Reads the subnets of a VPC attachment. One that is going or gone may have lost them.
    ///
    /// # Errors
    /// A strange answer when a live attachment names none, or an id is malformed.
    pub fn subnets<T: AsRef<str>>(&self, ids: Option<&[T]>, state: &Progress) -> Result<Vec<SubnetId>, ApiError> {
        let ids = ids.unwrap_or_default();
        if ids.is_empty() && state.is_live() {
            return Err(ApiError::strange(format!("{self} came without SubnetIds")));
        }
        ids.iter().map(|id| self.name("SubnetIds", Some(id.as_ref()))).collect()
    }

    /// Refuses a list of routes that AWS says is cut short and gives no token to go on with.
    ///
    /// # Errors
    /// A strange answer for such a list, and for one that does not say.
    pub fn is_whole(&self, more: Option<bool>, next: Option<&str>) -> Result<(), ApiError> {
        if self.has("AdditionalRoutesAvailable", more)? && next.is_none() {
            return Err(ApiError::strange(format!("{self} has more routes than came, and no token for the rest")));
        }
        Ok(())
    }

    /// Reads the state of a gateway, a table, an attachment, an association or a propagation.
    ///
    /// # Errors
    /// A strange answer when there is none.
    pub fn progress(&self, value: Option<&str>) -> Result<Progress, ApiError> {
        Ok(Progress::from_word(&self.text("state", value)?))
    }

    /// Tells whether a range of a VPC counts: it is associated, or about to be. Any other state is a range that is no
    /// longer, or never will be, the VPC's.
    ///
    /// # Errors
    /// A strange answer when there is no state, or one that EC2 does not document (`VpcCidrBlockStateCode`).
    pub fn holds_range(&self, state: Option<&str>) -> Result<bool, ApiError> {
        match self.has("the state of a CIDR block", state)? {
            "associated" | "associating" => Ok(true),
            "disassociating" | "disassociated" | "failing" | "failed" => Ok(false),
            other => Err(self.unreadable("the state of a CIDR block", other, &Malformed("unknown".into()))),
        }
    }

    /// Reads the state of a route.
    ///
    /// # Errors
    /// A strange answer when there is none.
    pub fn route_state(&self, value: Option<&str>) -> Result<RouteState, ApiError> {
        Ok(match self.has("the state of a route", value)? {
            "active" => RouteState::Active,
            "blackhole" => RouteState::Blackhole,
            _ => RouteState::Other,
        })
    }

    /// Reads where a route leads to: a range of either family, or a prefix list. A route that a prefix list brought
    /// into a transit gateway route table has both, and the range is what decides about packets.
    ///
    /// # Errors
    /// A strange answer when there is no destination, or a range that is no CIDR.
    pub fn destination(&self, ranges: [Option<&str>; 2], list: Option<&str>) -> Result<Destination, ApiError> {
        if let Some(range) = ranges.into_iter().flatten().next() {
            return Ok(Destination::Cidr(self.cidr("the destination of a route", Some(range))?));
        }
        Ok(Destination::PrefixList(self.text("the destination of a route", list)?))
    }

    /// Reads where a route of a VPC's route table sends packets: `others` are the ids of all other kinds of target.
    ///
    /// A blackhole may have lost its target altogether; it is then one to `none`.
    ///
    /// # Errors
    /// A strange answer when a route that is no blackhole has no target.
    pub fn target(&self, ids: &TargetIds<'_>, state: RouteState) -> Result<Target, ApiError> {
        if let Some(gateway) = ids.transit_gateway {
            return Ok(Target::TransitGateway(self.name("the transit gateway of a route", Some(gateway))?));
        }
        match ids.gateway {
            Some("local") => return Ok(Target::Local),
            Some(gateway) => return Ok(Target::Other(gateway.to_owned())),
            None => {}
        }
        match (ids.others.iter().flatten().next(), state) {
            (Some(id), _) => Ok(Target::Other((*id).to_owned())),
            (None, RouteState::Blackhole) => Ok(Target::Other("none".into())),
            (None, RouteState::Active | RouteState::Other) => {
                Err(ApiError::strange(format!("{self} came with a route without a target")))
            }
        }
    }

    /// Tells a static route of a transit gateway route table from a propagated one.
    ///
    /// # Errors
    /// A strange answer for anything else.
    pub fn is_static(&self, value: Option<&str>) -> Result<bool, ApiError> {
        match self.has("the type of a route", value)? {
            "static" => Ok(true),
            "propagated" => Ok(false),
            other => {
                Err(self.unreadable("the type of a route", other, &Malformed("expected static or propagated".into())))
            }
        }
    }

    /// Reads an account's state: Organizations' `State`, or `Status` from an endpoint that does not give `State` yet.
    ///
    /// # Errors
    /// A strange answer when neither is there.
    pub fn account_state(&self, state: Option<&str>, status: Option<&str>) -> Result<AccountState, ApiError> {
        Ok(match self.text("State", state.or(status))? {
            word if word == "ACTIVE" => AccountState::Active,
            word => AccountState::SetAside(word),
        })
    }

    /// Reads tags. One without a value has an empty one.
    ///
    /// # Errors
    /// A strange answer when one has no key.
    pub fn tags<'t>(
        &self,
        tags: impl IntoIterator<Item = (Option<&'t str>, Option<&'t str>)>,
    ) -> Result<Tags, ApiError> {
        tags.into_iter()
            .map(|(key, value)| {
                Ok((self.has("the key of a tag", key)?.to_owned(), value.unwrap_or_default().to_owned()))
            })
            .collect()
    }

    fn unreadable(&self, member: &str, text: &str, error: &Malformed) -> ApiError {
        ApiError::strange(format!("{self} came with {member} \"{text}\": {error}"))
    }
}

impl fmt::Display for Thing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.id {
            Some(id) => write!(f, "{} {id}", self.kind),
            None => write!(f, "{} without an id", self.kind),
        }
    }
}

/// The ids that a route of a VPC's route table names; AWS gives exactly one kind, except for instances, which come with
/// their interface.
#[derive(Clone, Copy, Debug)]
pub struct TargetIds<'a> {
    /// An internet gateway, a virtual private gateway, an endpoint, or the word `local`.
    pub gateway: Option<&'a str>,
    pub transit_gateway: Option<&'a str>,
    pub others: &'a [Option<&'a str>],
}

/// Returns the token of the next page; an empty one is none.
pub fn next(token: Option<String>) -> Option<String> {
    token.filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::VpcId;

    const THING: Thing<'static> = Thing { kind: "VPC", id: Some("vpc-1") };

    fn ids<'a>(gateway: Option<&'a str>, transit: Option<&'a str>, others: &'a [Option<&'a str>]) -> TargetIds<'a> {
        TargetIds { gateway, transit_gateway: transit, others }
    }

    #[test]
    fn what_is_missing_is_named_and_never_defaulted() {
        let error = THING.name::<VpcId>("VpcId", None).unwrap_err();
        assert_eq!((error.code.as_str(), error.message.as_str()), (ApiError::STRANGE, "VPC vpc-1 came without VpcId"));
        assert!(THING.text("Name", Some("")).is_err());
        assert!(THING.cidr("CidrBlock", Some("10.0.0.0/33")).is_err());
        assert!(THING.is_enabled("DnsSupport", Some("enabled")).is_err());
        assert!(THING.progress(None).is_err());
        assert!(THING.holds_range(Some("new-word")).is_err());
        assert!(THING.is_static(None).is_err());
        assert!(THING.account_state(None, None).is_err());
        assert!(THING.tags([(None, Some("value"))]).is_err());
        let nameless = Thing::new("VPC", None).name::<VpcId>("VpcId", None).unwrap_err();
        assert_eq!(nameless.message, "VPC without an id came without VpcId");
    }

    #[test]
    fn a_route_to_nowhere_is_believed_of_a_blackhole_alone() {
        let nothing = ids(None, None, &[None, None]);
        assert_eq!(THING.target(&nothing, RouteState::Blackhole).unwrap(), Target::Other("none".into()));
        assert!(THING.target(&nothing, RouteState::Active).is_err());
        assert!(THING.target(&nothing, RouteState::Other).is_err());
    }

    #[test]
    fn what_a_living_thing_must_have_may_be_gone_from_a_dead_one() {
        let none: Option<&[String]> = None;
        assert!(THING.subnets(none, &Progress::Ready).is_err());
        assert_eq!(THING.subnets(none, &Progress::Gone).unwrap(), []);
        assert!(THING.default_table("Default", Some("enable"), None, &Progress::Ready).is_err());
        assert_eq!(THING.default_table("Default", Some("enable"), None, &Progress::Coming).unwrap(), None);
        assert_eq!(THING.default_table("Default", Some("disable"), Some("tgw-rtb-1"), &Progress::Ready).unwrap(), None);
    }

    #[test]
    fn a_list_that_is_cut_short_is_an_error() {
        assert!(THING.is_whole(Some(true), None).is_err());
        assert!(THING.is_whole(Some(true), Some("more")).is_ok());
        assert!(THING.is_whole(Some(false), None).is_ok());
        assert!(THING.is_whole(None, None).is_err());
    }

    #[test]
    fn targets_are_told_apart_by_the_member_that_names_them() {
        let target = |ids| THING.target(&ids, RouteState::Active).unwrap();
        assert_eq!(target(ids(Some("local"), None, &[])), Target::Local);
        assert_eq!(target(ids(Some("igw-1"), None, &[])), Target::Other("igw-1".into()));
        assert_eq!(target(ids(None, Some("tgw-1"), &[])), Target::TransitGateway("tgw-1".parse().unwrap()));
        assert_eq!(target(ids(None, None, &[None, Some("pcx-1")])), Target::Other("pcx-1".into()));
    }

    #[test]
    fn the_range_of_a_route_counts_before_its_prefix_list() {
        let range = THING.destination([Some("10.1.2.3/16"), None], Some("pl-1")).unwrap();
        assert_eq!(range, Destination::Cidr("10.1.0.0/16".parse().unwrap()));
        let six = THING.destination([None, Some("2001:db8::/32")], None).unwrap();
        assert_eq!(six, Destination::Cidr("2001:db8::/32".parse().unwrap()));
        assert_eq!(THING.destination([None, None], Some("pl-1")).unwrap(), Destination::PrefixList("pl-1".into()));
        assert!(THING.destination([None, None], None).is_err());
    }

    #[test]
    fn an_accounts_state_counts_before_its_older_status() {
        let suspended = AccountState::SetAside("SUSPENDED".into());
        assert_eq!(THING.account_state(Some("SUSPENDED"), Some("ACTIVE")).unwrap(), suspended);
        assert_eq!(THING.account_state(None, Some("ACTIVE")).unwrap(), AccountState::Active);
    }

    #[test]
    fn a_range_that_is_going_is_no_longer_the_vpcs() {
        assert!(THING.holds_range(Some("associating")).unwrap());
        assert!(!THING.holds_range(Some("disassociating")).unwrap());
    }
}
