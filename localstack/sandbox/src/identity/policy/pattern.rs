//! Patterns of policies: `*` for any text, `?` for any character, `${key}` for what the request has under a key.
//!
//! What a variable stands for is text: a star in it is a star and no pattern (IAM User Guide, "Policy variables").

use super::keys::{Context, Key};
use super::malformed;
use crate::call::AwsError;

/// A pattern as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Character(char),
    One,
    Any,
    Variable { key: Key, or_else: Option<String> },
}

/// What pieces come to once the variables are known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Character(char),
    One,
    Any,
}

/// How a text is to be read.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// Whether `*` and `?` are patterns.
    pub wild: bool,
    /// Whether `${key}` is a variable: in documents of version 2012-10-17.
    pub variables: bool,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// `MalformedPolicyDocument` for a variable that does not end, `NotModelled` for one that the sandbox does not know.
    pub fn read(text: &str, reading: Reading) -> Result<Self, AwsError> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if reading.variables && rest.starts_with("${") {
                let end = rest.find('}').ok_or_else(|| malformed(format!("The variable in '{text}' has no end")))?;
                pieces.push(variable(&rest[2..end])?);
                rest = &rest[end + 1..];
                continue;
            }
            pieces.push(match first {
                '*' if reading.wild => Piece::Any,
                '?' if reading.wild => Piece::One,
                other => Piece::Character(other),
            });
            rest = &rest[first.len_utf8()..];
        }
        Ok(Self(pieces))
    }

    /// Says whether a text fits. A variable that the request has nothing for fits nothing.
    pub fn fits(&self, text: &str, context: &Context) -> bool {
        self.steps(context).is_some_and(|steps| follow(&steps, text))
    }

    fn steps(&self, context: &Context) -> Option<Vec<Step>> {
        let mut steps = Vec::with_capacity(self.0.len());
        for piece in &self.0 {
            match piece {
                Piece::Character(character) => steps.push(Step::Character(*character)),
                Piece::One => steps.push(Step::One),
                Piece::Any => steps.push(Step::Any),
                Piece::Variable { key, or_else } => {
                    // A key with several values cannot stand for one text.
                    let value = match context.values(key) {
                        Some([value]) => value.as_str(),
                        Some(_) | None => or_else.as_deref()?,
                    };
                    steps.extend(value.chars().map(Step::Character));
                }
            }
        }
        Some(steps)
    }
}

fn variable(text: &str) -> Result<Piece, AwsError> {
    if let [character @ ('*' | '?' | '$')] = text.chars().collect::<Vec<_>>()[..] {
        return Ok(Piece::Character(character));
    }
    let (name, or_else) = match text.split_once(',') {
        None => (text, None),
        Some((name, quoted)) => {
            let inner = quoted.trim().strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
            let inner =
                inner.ok_or_else(|| malformed(format!("The default of the variable '{text}' is not quoted")))?;
            (name, Some(inner.to_owned()))
        }
    };
    Ok(Piece::Variable { key: Key::read(name.trim())?, or_else })
}

/// Follows a pattern through a text; goes back to the last star when what came after it does not fit.
fn follow(steps: &[Step], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut star: Option<(usize, usize)> = None;
    let (mut at, mut read) = (0, 0);
    while read < text.len() {
        match steps.get(at) {
            Some(Step::Any) => {
                star = Some((at + 1, read));
                at += 1;
            }
            Some(Step::One) => (at, read) = (at + 1, read + 1),
            Some(Step::Character(character)) if *character == text[read] => (at, read) = (at + 1, read + 1),
            Some(Step::Character(_)) | None => match star {
                Some((after, from)) => {
                    star = Some((after, from + 1));
                    (at, read) = (after, from + 1);
                }
                None => return false,
            },
        }
    }
    steps[at..].iter().all(|step| *step == Step::Any)
}

/// A pattern of ARNs: each of the six parts is matched for itself, so that a star does not reach over a colon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArnPattern {
    /// `*`: everything.
    Everything,
    Parts(Vec<Pattern>),
}

impl ArnPattern {
    /// Reads `*` or an ARN. One with fewer than six parts is completed with stars, as IAM does.
    ///
    /// # Errors
    /// `MalformedPolicyDocument` for what is neither, and what [`Pattern::read`] answers.
    pub fn read(text: &str, variables: bool) -> Result<Self, AwsError> {
        if text == "*" {
            return Ok(ArnPattern::Everything);
        }
        if !text.starts_with("arn:") {
            return Err(malformed(format!("Resource {text} must be in ARN format or \"*\".")));
        }
        let reading = Reading { wild: true, variables };
        let mut parts =
            parts(text).into_iter().map(|part| Pattern::read(part, reading)).collect::<Result<Vec<_>, _>>()?;
        while parts.len() < 6 {
            parts.push(Pattern(vec![Piece::Any]));
        }
        Ok(ArnPattern::Parts(parts))
    }

    /// Says whether an ARN, or `*` for an action that takes no resource, fits.
    pub fn fits(&self, arn: &str, context: &Context) -> bool {
        match self {
            ArnPattern::Everything => true,
            ArnPattern::Parts(patterns) => {
                let parts = parts(arn);
                parts.len() == patterns.len()
                    && patterns.iter().zip(parts).all(|(pattern, part)| pattern.fits(part, context))
            }
        }
    }
}

/// Splits an ARN into its six parts. Colons inside a variable belong to it.
fn parts(arn: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut inside) = (0, false);
    for (at, character) in arn.char_indices() {
        match character {
            '{' if arn[..at].ends_with('$') => inside = true,
            '}' => inside = false,
            ':' if !inside && parts.len() < 5 => {
                parts.push(&arn[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&arn[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: Reading = Reading { wild: true, variables: true };

    fn fits(pattern: &str, text: &str) -> bool {
        let context = Context::of([("aws:PrincipalAccount", "111111111111"), ("aws:PrincipalTag/team", "a*b")]);
        Pattern::read(pattern, BOTH).unwrap().fits(text, &context)
    }

    #[test]
    fn stars_and_question_marks_fit_what_they_say() {
        for (pattern, text, wanted) in [
            ("*", "", true),
            ("a*", "abc", true),
            ("*c", "abc", true),
            ("a*c*", "abcd", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("abc", "abcd", false),
            ("*ab", "aab", true),
            ("a*b*c", "axbxbc", true),
            ("", "a", false),
        ] {
            assert_eq!(fits(pattern, text), wanted, "{pattern} {text}");
        }
    }

    #[test]
    fn a_variable_stands_for_text_and_not_for_a_pattern() {
        assert!(fits("x-${aws:PrincipalAccount}", "x-111111111111"));
        assert!(fits("${aws:PrincipalTag/team}", "a*b"));
        assert!(!fits("${aws:PrincipalTag/team}", "axb"));
        assert!(fits("${*}${?}${$}", "*?$"));
        assert!(!fits("${aws:PrincipalTag/none}", ""), "nothing is known of it");
        assert!(fits("${aws:PrincipalTag/none, 'else'}", "else"));
        assert_eq!(Pattern::read("${aws:PrincipalAccount", BOTH).unwrap_err().code, "MalformedPolicyDocument");
        assert_eq!(Pattern::read("${aws:Coffee}", BOTH).unwrap_err().code, "NotModelled");
    }

    #[test]
    fn a_star_in_an_arn_does_not_reach_over_a_colon() {
        let fits = |pattern: &str, arn: &str| ArnPattern::read(pattern, true).unwrap().fits(arn, &Context::default());
        let arn = "arn:aws:ec2:eu-west-1:111111111111:vpc/vpc-1";
        assert!(fits("arn:aws:ec2:*:*:vpc/*", arn));
        assert!(fits("arn:aws:ec2:*", arn), "what is left out is completed");
        assert!(!fits("arn:aws:ec2:*:vpc/*", arn));
        assert!(!fits("arn:aws:ec2:*:*:subnet/*", arn));
        assert!(!fits("arn:aws:ec2:*:*:vpc/*", "*"));
        assert!(fits("*", "*"));
        assert_eq!(ArnPattern::read("vpc-1", true).unwrap_err().code, "MalformedPolicyDocument");
    }
}
