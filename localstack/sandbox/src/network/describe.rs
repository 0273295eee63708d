//! Describe operations: of the resources that a caller sees, those it names or all, those that pass its filters, by pages.
//!
//! [`describe_request`] declares such a request. What has only just been made may not show yet (see [`visibility`]), here
//! for all of them alike.

use super::filters::{Filter, Sieve};
use super::paging::{Asked, Page, page};
use super::resource::{Kind, invalid_combination};
use super::visibility;
use crate::call::{AwsError, Caller};
use crate::world::World;

/// Declares the request of a Describe: the member that names resources, their kind, what else it has, and what MaxResults
/// may say.
macro_rules! describe_request {
    ($name:ident { $ids:ident: $kind:expr $(, $more:ident: $type:ty)* }) => {
        describe_request! { $name { $ids: $kind $(, $more: $type)* } in pages of $crate::network::paging::SIZES }
    };
    ($name:ident { $ids:ident: $kind:expr $(, $more:ident: $type:ty)* } in pages of $sizes:expr) => {
        $crate::network::members::request! { "PascalCase"
            $name {
                $ids: Vec<String>, filters: Vec<$crate::network::filters::Filter>, max_results: Option<i64>,
                next_token: Option<String>, $($more: $type),*
            }
        }

        impl $name {
            fn question(&self) -> $crate::network::describe::Question<'_> {
                $crate::network::describe::Question {
                    asked: $crate::network::paging::Asked::new(
                        stringify!($name),
                        self.max_results,
                        &self.next_token,
                        $sizes,
                    ),
                    kind: $kind,
                    ids: &self.$ids,
                    filters: &self.filters,
                }
            }
        }
    };
    ($name:ident { $ids:ident: $kind:expr } without pages) => {
        $crate::network::members::request! { "PascalCase"
            $name { $ids: Vec<String>, filters: Vec<$crate::network::filters::Filter> }
        }

        impl $name {
            fn question(&self) -> $crate::network::describe::Question<'_> {
                $crate::network::describe::Question {
                    asked: $crate::network::paging::Asked::new(stringify!($name), None, &None, (1, i64::MAX)),
                    kind: $kind,
                    ids: &self.$ids,
                    filters: &self.filters,
                }
            }
        }
    };
}

pub(crate) use describe_request;

/// What a Describe of resources with ids is asked.
pub struct Question<'a> {
    pub asked: Asked<'a>,
    pub kind: Kind,
    pub ids: &'a [String],
    pub filters: &'a [Filter],
}

impl<'k> Question<'k> {
    /// Answers one page. `build` answers `None` for what the caller cannot see.
    ///
    /// # Errors
    /// The kind's `Malformed` and `NotFound` for an id, and what [`Sieve::check`] and [`page`] answer.
    pub fn answer<T>(
        &self,
        world: &World,
        caller: &Caller,
        sieve: &Sieve<T>,
        candidates: impl Iterator<Item = &'k str>,
        build: impl Fn(&str) -> Option<T>,
    ) -> Result<Page<T>, AwsError> {
        sieve.check(self.filters)?;
        let seen = |id: &str| visibility::shows(world, &caller.account, id).then(|| build(id)).flatten();
        let admitted = |id: &str| seen(id).filter(|item| sieve.admits(self.filters, item));
        if self.ids.is_empty() {
            return page(&self.asked, candidates, admitted);
        }
        for id in self.ids {
            self.kind.check(id)?;
            if seen(id).is_none() {
                return Err(self.kind.not_found(id));
            }
        }
        let mut named: Vec<&str> = self.ids.iter().map(String::as_str).collect();
        named.sort_unstable();
        named.dedup();
        page(&self.asked, named.into_iter(), admitted)
    }

    /// Refuses MaxResults beside ids, as EC2 does for VPCs, subnets, route tables and internet gateways; `name` is what
    /// AWS's message calls the ids.
    ///
    /// # Errors
    /// `InvalidParameterCombination`.
    pub fn names_or_pages(self, name: &str) -> Result<Self, AwsError> {
        if self.ids.is_empty() || self.asked.max_results.is_none() {
            return Ok(self);
        }
        Err(invalid_combination(format!("The parameter {name} cannot be used with the parameter maxResults")))
    }
}
