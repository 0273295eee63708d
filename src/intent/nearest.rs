//! Did you mean: the known word that a mistyped one was probably meant to be.

/// Returns the known word nearest to the one written, if it is near enough to be worth a guess: a third of its letters
/// may be wrong, left out, added or swapped with their neighbour.
pub(super) fn nearest<'k>(written: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    // Longer than any word of the language; keeps the table below small whatever the file holds.
    const LONGEST: usize = 64;
    if written.is_empty() || written.len() > LONGEST {
        return None;
    }
    let written = written.to_lowercase().replace('-', "_");
    known
        .into_iter()
        .filter(|word| word.len() <= LONGEST)
        .map(|word| (distance(&written, &word.to_lowercase().replace('-', "_")), word))
        .filter(|(distance, word)| *distance <= word.chars().count().max(3) / 3)
        .min()
        .map(|(_, word)| word)
}

/// Counts the edits between two words, a swap of neighbours being one (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for (i, from) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, to) in b.iter().enumerate() {
            let change = rows[i][j] + usize::from(from != to);
            let mut best = change.min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                best = best.min(rows[i - 1][j - 1] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_mistake_is_guessed_and_another_word_is_not() {
        let known = ["members", "inside", "spoke_routes", "table"];
        assert_eq!(nearest("member", known), Some("members"));
        assert_eq!(nearest("spoke-routes", known), Some("spoke_routes"));
        assert_eq!(nearest("insdie", known), Some("inside"));
        assert_eq!(nearest("Table", known), Some("table"));
        assert_eq!(nearest("firewall", known), None);
        assert_eq!(nearest("", known), None);
    }
}
