//! Pages: every list is answered in the order of its keys, and a token says after which key the next page starts.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::resource::invalid_value;
use crate::call::AwsError;

/// What one page holds, and the token for the next one.
#[derive(Debug)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<String>,
}

/// What a caller says about pages.
pub struct Asked<'a> {
    /// The operation: a token that another one gave is refused.
    pub action: &'static str,
    pub max_results: Option<i64>,
    pub next_token: Option<&'a str>,
    /// The least and the most that MaxResults may say; the most is the page when it says nothing.
    pub sizes: (i64, i64),
}

impl<'a> Asked<'a> {
    pub fn new(
        action: &'static str,
        max_results: Option<i64>,
        next_token: &'a Option<String>,
        sizes: (i64, i64),
    ) -> Self {
        Self { action, max_results, next_token: next_token.as_deref(), sizes }
    }
}

/// What MaxResults may say for nearly all EC2 lists (EC2 API Reference).
pub const SIZES: (i64, i64) = (5, 1000);

/// Answers one page of what `build` makes of the keys, which come in order; `None` leaves a key out.
///
/// # Errors
/// `InvalidParameterValue` for MaxResults out of range, `InvalidNextToken` for a token that this operation did not give.
pub fn page<'k, T>(
    asked: &Asked,
    keys: impl Iterator<Item = &'k str>,
    mut build: impl FnMut(&str) -> Option<T>,
) -> Result<Page<T>, AwsError> {
    let limit = limit(asked)?;
    let after = asked.next_token.map(|token| read_token(asked.action, token)).transpose()?;
    let mut items = Vec::new();
    let mut last = None;
    for key in keys.filter(|key| after.as_deref().is_none_or(|after| *key > after)) {
        let Some(item) = build(key) else { continue };
        if items.len() == limit {
            return Ok(Page { items, next: last.map(|key: &str| write_token(asked.action, key)) });
        }
        items.push(item);
        last = Some(key);
    }
    Ok(Page { items, next: None })
}

fn limit(asked: &Asked) -> Result<usize, AwsError> {
    let (least, most) = asked.sizes;
    let count = asked.max_results.unwrap_or(most);
    if (least..=most).contains(&count) {
        return Ok(count as usize);
    }
    Err(invalid_value(format!(
        "Value ( {count} ) for parameter maxResults is invalid. Expecting a value between {least} and {most}."
    )))
}

/// Makes the token for the first page, for a list that begins with an empty one.
pub fn first_token(action: &str) -> String {
    write_token(action, "")
}

fn write_token(action: &str, key: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{action}\n{key}"))
}

fn read_token(action: &str, token: &str) -> Result<String, AwsError> {
    URL_SAFE_NO_PAD
        .decode(token)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|text| text.strip_prefix(action)?.strip_prefix('\n').map(str::to_owned))
        .ok_or_else(|| AwsError::new("InvalidNextToken", "The token supplied is not valid."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(max_results: Option<i64>, next_token: Option<&str>) -> Asked<'_> {
        Asked { action: "DescribeThings", max_results, next_token, sizes: SIZES }
    }

    const KEYS: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];

    #[test]
    fn pages_cover_everything_once_and_end_without_a_token() {
        let first = page(&asked(Some(5), None), KEYS.into_iter(), |key| Some(key.to_owned())).unwrap();
        assert_eq!(first.items, ["a", "b", "c", "d", "e"]);
        let second = page(&asked(Some(5), first.next.as_deref()), KEYS.into_iter(), |key| Some(key.to_owned()));
        let second = second.unwrap();
        assert_eq!((second.items, second.next), (vec!["f".to_owned(), "g".to_owned()], None));
    }

    #[test]
    fn what_is_left_out_does_not_count_and_a_full_last_page_has_no_token() {
        let odd = |key: &str| "aceg".contains(key).then(|| key.to_owned());
        let only = page(&asked(Some(5), None), KEYS.into_iter(), odd).unwrap();
        assert_eq!((only.items.len(), only.next), (4, None));
        let full = page(&asked(Some(5), None), KEYS[..5].iter().copied(), |key| Some(key.to_owned())).unwrap();
        assert_eq!((full.items.len(), full.next), (5, None));
    }

    #[test]
    fn a_size_out_of_range_and_a_foreign_token_are_refused() {
        let none = |_: &str| None::<String>;
        for size in [4, 1001, 0, -1] {
            assert_eq!(
                page(&asked(Some(size), None), KEYS.into_iter(), none).unwrap_err().code,
                "InvalidParameterValue"
            );
        }
        let foreign = write_token("DescribeOthers", "a");
        for token in ["?", "", foreign.as_str()] {
            assert_eq!(page(&asked(None, Some(token)), KEYS.into_iter(), none).unwrap_err().code, "InvalidNextToken");
        }
    }
}
