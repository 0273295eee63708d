//! Pages. A token says after which item to go on, so that a listing survives changes between its pages.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::invalid;
use crate::call::AwsError;
use crate::world::World;

/// The most that a page holds, and what it holds unless told (Organizations API: `MaxResults` is 1 to 20).
const PAGE: usize = 20;

/// Where a listing is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// Before everything, after an empty page.
    Start,
    After(String),
}

pub(super) struct Page<T> {
    pub items: Vec<T>,
    pub next_token: Option<String>,
}

/// Cuts one page out of `items`, each with the key that it is sorted by. `list` names the listing and what it is of:
/// a token is good for that one only.
pub(super) fn page<T>(
    world: &mut World,
    list: &str,
    items: Vec<(String, T)>,
    max_results: Option<usize>,
    token: Option<String>,
) -> Result<Page<T>, AwsError> {
    let place = token.map(|token| read(list, &token)).transpose()?;
    if world.organization.empty_pages && place.is_none() && world.dice.next().is_multiple_of(2) {
        return Ok(Page { items: Vec::new(), next_token: Some(write(list, &Place::Start)) });
    }
    let left: Vec<(String, T)> = match place {
        None | Some(Place::Start) => items,
        Some(Place::After(last)) => items.into_iter().filter(|(key, _)| *key > last).collect(),
    };
    let size = max_results.unwrap_or(PAGE);
    let more = left.len() > size;
    let (keys, items): (Vec<String>, Vec<T>) = left.into_iter().take(size).unzip();
    let next_token = keys.into_iter().last().filter(|_| more).map(|last| write(list, &Place::After(last)));
    Ok(Page { items, next_token })
}

fn write(list: &str, place: &Place) -> String {
    let place = match place {
        Place::Start => "start".to_owned(),
        Place::After(key) => format!("after {key}"),
    };
    URL_SAFE_NO_PAD.encode(format!("{list}\n{place}"))
}

fn read(list: &str, token: &str) -> Result<Place, AwsError> {
    let text = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let place = text.as_deref().and_then(|text| match text.split_once('\n')? {
        (of, "start") if of == list => Some(Place::Start),
        (of, place) if of == list => Some(Place::After(place.strip_prefix("after ")?.to_owned())),
        _ => None,
    });
    place.ok_or_else(|| invalid("INVALID_NEXT_TOKEN", "You specified an invalid value for NextToken."))
}
