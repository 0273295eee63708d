//! What every door holds an answer to: the rules by which AWS's words become our types.
//!
//! An answer that lacks what AWS always gives, or that gives what cannot be read, is an error of its own
//! ([`ApiError::strange`]). Nothing is dropped and nothing gets a default, since a list with a hole in it would pass for
//! a complete one; what AWS leaves out where there is none is named by its rule. The rules stand here, and not in a door,
//! so that all doors answer alike.

use std::fmt;
use std::str::FromStr;

use super::calls::{Reply, ShareSide};
use super::door::ApiError;
use crate::model::{
    AccountState, AttachmentId, Cidr, Destination, InvitationState, Malformed, Progress, RouteState, ShareState,
    SubnetId, Tags, Target, TransitGatewayRouteTableId,
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

    /// Reads an option that came late: an endpoint that does not offer it leaves it out, and then it is off.
    ///
    /// # Errors
    /// A strange answer for anything but `enable` and `disable`.
    pub fn is_enabled_where_offered(&self, member: &str, value: Option<&str>) -> Result<bool, ApiError> {
        value.map_or(Ok(false), |word| self.is_enabled(member, Some(word)))
    }

    /// Reads the autonomous system number of Amazon's side.
    ///
    /// # Errors
    /// A strange answer when it is missing or below zero.
    pub fn asn(&self, value: Option<i64>) -> Result<u64, ApiError> {
        let asn = self.has("AmazonSideAsn", value)?;
        let wrong = |_| self.unreadable("AmazonSideAsn", &asn.to_string(), &Malformed("no such number".into()));
        u64::try_from(asn).map_err(wrong)
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
    /// A strange answer when there is no destination, or one that cannot be read.
    pub fn destination(&self, ranges: [Option<&str>; 2], list: Option<&str>) -> Result<Destination, ApiError> {
        if let Some(range) = ranges.into_iter().flatten().next() {
            return Ok(Destination::Cidr(self.cidr("the destination of a route", Some(range))?));
        }
        Ok(Destination::PrefixList(self.name("the destination of a route", list)?))
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

    /// Reads where a prefix list reference leads: none for a blackhole.
    ///
    /// A reference that has lost its attachment leads nowhere too, whatever it calls itself, as a static route does.
    ///
    /// # Errors
    /// A strange answer when the attachment cannot be read.
    pub fn referred(
        &self,
        blackhole: Option<bool>,
        attachment: Option<&str>,
    ) -> Result<Option<AttachmentId>, ApiError> {
        if blackhole == Some(true) {
            return Ok(None);
        }
        self.optional_name("the attachment of a reference", attachment)
    }

    /// Reads a role's trust policy, which IAM gives as JSON that is encoded as in URLs (RFC 3986: a plus is a plus).
    ///
    /// # Errors
    /// A strange answer when it is missing, when an escape is broken, and when it is no JSON.
    pub fn policy(&self, member: &str, value: Option<&str>) -> Result<String, ApiError> {
        let encoded = self.text(member, value)?;
        let unreadable = |why: String| self.unreadable(member, &encoded, &Malformed(why));
        let text = unescaped(&encoded).ok_or_else(|| unreadable("a broken escape".into()))?;
        serde_json::from_str::<serde::de::IgnoredAny>(&text)
            .map_err(|error| unreadable(format!("no JSON: {error}")))?;
        Ok(text)
    }

    /// Tells whether what a share is associated with is outside the organization: a word about principals, which may be
    /// missing from a resource.
    ///
    /// # Errors
    /// A strange answer for a principal of which it is not said.
    pub fn is_external(&self, side: ShareSide, value: Option<bool>) -> Result<bool, ApiError> {
        match side {
            ShareSide::Principals => self.has("external", value),
            ShareSide::Resources => Ok(value.unwrap_or(false)),
        }
    }

    /// Reads the state of a resource share, or of what it is associated with.
    ///
    /// # Errors
    /// A strange answer when there is none.
    pub fn share_state(&self, value: Option<&str>) -> Result<ShareState, ApiError> {
        Ok(ShareState::from_word(&self.text("status", value)?))
    }

    /// Reads the state of an invitation.
    ///
    /// # Errors
    /// A strange answer when there is none, or one that RAM does not document.
    pub fn invitation_state(&self, value: Option<&str>) -> Result<InvitationState, ApiError> {
        match self.has("status", value)? {
            "PENDING" => Ok(InvitationState::Pending),
            "ACCEPTED" => Ok(InvitationState::Accepted),
            "REJECTED" => Ok(InvitationState::Rejected),
            "EXPIRED" => Ok(InvitationState::Expired),
            other => Err(self.unreadable("status", other, &Malformed("unknown".into()))),
        }
    }

    /// Reads how many entries a prefix list may have; none for a list that AWS manages, which gives no such figure.
    ///
    /// # Errors
    /// A strange answer for a number below zero.
    pub fn max_entries(&self, value: Option<i64>) -> Result<Option<u32>, ApiError> {
        value
            .map(|entries| {
                let wrong = || self.unreadable("MaxEntries", &entries.to_string(), &Malformed("no such number".into()));
                u32::try_from(entries).map_err(|_| wrong())
            })
            .transpose()
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

/// Makes the reply of a write that AWS answers with yes or no: `what` says what was asked.
///
/// # Errors
/// A strange answer for a success that is not a yes.
pub fn done(what: fmt::Arguments<'_>, returned: Option<bool>) -> Result<Reply, ApiError> {
    match returned {
        Some(true) => Ok(Reply::default()),
        other => Err(ApiError::strange(format!("{what} returned {other:?}"))),
    }
}

/// Replaces the escapes of a text in a URL; none when one is broken, or the whole is no UTF-8.
fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first != b'%' {
            bytes.push(first);
            continue;
        }
        let digits = rest.get(..2).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
        bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
        rest = &rest[2..];
    }
    String::from_utf8(bytes).ok()
}

/// Returns the token of the next page; an empty one is none.
pub fn next(token: Option<String>) -> Option<String> {
    token.filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests;
