//! Filters of the Describe, Get and Search operations.
//!
//! Filters narrow with "and", the values of one filter widen with "or", and `*` and `?` stand for any text and any one
//! character. A filter that the operation does not have is refused: ignoring it would answer more than was asked.

use super::members::request;
use super::resource::invalid_value;
use super::tags::Tag;
use crate::call::AwsError;

/// What a request may ask for at most: filters, values of one of them, and characters of a value (EC2 User Guide, "List
/// and filter using the CLI and API").
const MOST_FILTERS: usize = 50;
const MOST_VALUES: usize = 200;
const LONGEST_VALUE: usize = 255;

request! { "PascalCase" Filter { name: String, values: Vec<String> } }

/// A filter's name and the values that an item has for it.
pub type Field<T> = (&'static str, fn(&T) -> Vec<String>);

/// The filters that one kind of answer can be asked by.
pub struct Sieve<T: 'static> {
    pub fields: &'static [Field<T>],
    /// The item's tags, where AWS has the filters `tag:KEY` and `tag-key`.
    pub tags: Option<fn(&T) -> &[Tag]>,
}

impl<T> Sieve<T> {
    /// Checks that all filters are known, and not too many.
    ///
    /// # Errors
    /// `InvalidParameterValue` for one that is not, and what [`check_size`] answers.
    pub fn check(&self, filters: &[Filter]) -> Result<(), AwsError> {
        check_size(filters)?;
        let known = |name: &str| {
            self.fields.iter().any(|(field, _)| *field == name)
                || self.tags.is_some() && (name == "tag-key" || name.starts_with("tag:"))
        };
        match filters.iter().find(|filter| !known(&filter.name)) {
            Some(filter) => Err(unknown(&filter.name)),
            None => Ok(()),
        }
    }

    /// Tells whether an item passes all filters; they have been checked.
    pub fn admits(&self, filters: &[Filter], item: &T) -> bool {
        filters.iter().all(|filter| {
            self.values(&filter.name, item)
                .iter()
                .any(|value| filter.values.iter().any(|pattern| matches(pattern, value)))
        })
    }

    fn values(&self, name: &str, item: &T) -> Vec<String> {
        if let Some((_, values)) = self.fields.iter().find(|(field, _)| *field == name) {
            return values(item);
        }
        let tags = self.tags.map_or(&[][..], |tags| tags(item));
        match name.strip_prefix("tag:") {
            Some(key) => tags.iter().filter(|tag| tag.key == key).map(|tag| tag.value.clone()).collect(),
            None => tags.iter().map(|tag| tag.key.clone()).collect(),
        }
    }
}

/// Checks that filters are no more, and no longer, than EC2 takes.
///
/// # Errors
/// `FilterLimitExceeded`, and `InvalidParameterValue` for a value that is too long.
pub fn check_size(filters: &[Filter]) -> Result<(), AwsError> {
    if filters.len() > MOST_FILTERS || filters.iter().any(|filter| filter.values.len() > MOST_VALUES) {
        let message = "The request uses too many filters or too many filter values.";
        return Err(AwsError::new("FilterLimitExceeded", message));
    }
    let is_long = |value: &String| value.len() > LONGEST_VALUE && value.chars().count() > LONGEST_VALUE;
    if filters.iter().flat_map(|filter| &filter.values).any(is_long) {
        return Err(invalid_value(format!("A filter value has at most {LONGEST_VALUE} characters")));
    }
    Ok(())
}

/// Has no values for a filter: for what AWS filters by and nothing in the sandbox has.
pub fn none<T>(_: &T) -> Vec<String> {
    Vec::new()
}

/// Makes the error for a filter that the operation does not have.
pub fn unknown(name: &str) -> AwsError {
    invalid_value(format!("The filter '{name}' is invalid"))
}

/// Tells whether a value fits a pattern with `*` and `?`; a backslash takes the next character literally.
pub fn matches(pattern: &str, value: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let value: Vec<char> = value.chars().collect();
    let (mut p, mut v) = (0, 0);
    // Where the last star stood and how much it has swallowed: enough to go back to, since a later star makes an earlier
    // one's choice final.
    let mut star: Option<(usize, usize)> = None;
    while v < value.len() {
        let (fits, width) = match pattern.get(p) {
            Some('*') => {
                star = Some((p, v));
                p += 1;
                continue;
            }
            Some('?') => (true, 1),
            Some('\\') if p + 1 < pattern.len() => (pattern[p + 1] == value[v], 2),
            Some(literal) => (*literal == value[v], 1),
            None => (false, 0),
        };
        if fits {
            p += width;
            v += 1;
        } else if let Some((at, swallowed)) = star {
            p = at + 1;
            v = swallowed + 1;
            star = Some((at, swallowed + 1));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_as_ec2_documents_them() {
        for (pattern, value, fits) in [
            ("vpc-1", "vpc-1", true),
            ("vpc-1", "vpc-12", false),
            ("*", "", true),
            ("prod-*", "prod-eu", true),
            ("*-eu-*", "prod-eu-eu-1", true),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("?", "", false),
            ("te?t", "test", true),
            ("\\*amazon\\?\\\\", "*amazon?\\", true),
            ("\\*", "x", false),
        ] {
            assert_eq!(matches(pattern, value), fits, "{pattern} against {value}");
        }
    }

    #[test]
    fn a_filter_by_what_nothing_has_finds_nothing_and_is_no_error() {
        let sieve = Sieve::<u8> { fields: &[("outpost-arn", none)], tags: None };
        let filters = [Filter { name: "outpost-arn".into(), values: vec!["*".into()] }];
        assert!(sieve.check(&filters).is_ok() && !sieve.admits(&filters, &1));
    }

    #[test]
    fn more_than_ec2_takes_is_refused() {
        let sieve = Sieve::<u8> { fields: &[("one", none)], tags: None };
        let filter = |values: Vec<String>| Filter { name: "one".into(), values };
        let refusal = |filters: &[Filter]| sieve.check(filters).unwrap_err().code;
        assert!(sieve.check(&vec![filter(vec![]); 50]).is_ok());
        assert_eq!(refusal(&vec![filter(vec![]); 51]), "FilterLimitExceeded");
        assert!(sieve.check(&[filter(vec!["é".repeat(255); 200])]).is_ok());
        assert_eq!(refusal(&[filter(vec![String::new(); 201])]), "FilterLimitExceeded");
        assert_eq!(refusal(&[filter(vec!["a".repeat(256)])]), "InvalidParameterValue");
    }

    #[test]
    fn filters_narrow_and_their_values_widen() {
        let sieve = Sieve::<(String, String)> {
            fields: &[("one", |item| vec![item.0.clone()]), ("two", |item| vec![item.1.clone()])],
            tags: None,
        };
        let filter = |name: &str, values: &[&str]| Filter {
            name: name.into(),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        };
        let item = ("a".to_owned(), "b".to_owned());
        assert!(sieve.admits(&[filter("one", &["x", "a"]), filter("two", &["b"])], &item));
        assert!(!sieve.admits(&[filter("one", &["a"]), filter("two", &["c"])], &item));
        assert_eq!(sieve.check(&[filter("three", &[])]).unwrap_err().message, "The filter 'three' is invalid");
        assert!(sieve.check(&[filter("tag:Name", &[])]).is_err(), "this kind has no tags");
    }
}
