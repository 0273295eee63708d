//! The names by which a scenario speaks of what AWS gives ids to.

use std::collections::BTreeMap;

/// Ids by name, both ways.
#[derive(Default)]
pub struct Names(pub BTreeMap<String, String>);

impl Names {
    pub fn id(&self, name: &str) -> Result<String, String> {
        self.0.get(name).cloned().ok_or_else(|| format!("nothing is called '{name}'"))
    }

    /// Puts ids for `{names}`. Braces that hold no known name, such as JSON's, stay as they are.
    pub fn fill(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (name, id)| text.replace(&format!("{{{name}}}"), id))
    }

    /// Puts `{names}` for ids, longest id first, and `{request}` for the ids of requests.
    pub fn hide(&self, text: &str) -> String {
        let mut ids: Vec<_> = self.0.iter().collect();
        ids.sort_by_key(|(_, id)| std::cmp::Reverse(id.len()));
        let named =
            ids.into_iter().fold(text.to_owned(), |text, (name, id)| text.replace(id.as_str(), &format!("{{{name}}}")));
        hide_requests(&named)
    }
}

/// Replaces UUIDs: which of the requests that are made together comes first says nothing.
fn hide_requests(text: &str) -> String {
    const LENGTH: usize = 36;
    let mut rest = text;
    let mut hidden = String::new();
    while let Some(next) = rest.chars().next() {
        if rest.get(..LENGTH).is_some_and(is_uuid) {
            hidden.push_str("{request}");
            rest = &rest[LENGTH..];
        } else {
            hidden.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    hidden
}

fn is_uuid(text: &str) -> bool {
    text.bytes().enumerate().all(|(index, byte)| match index {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    })
}
