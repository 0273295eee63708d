//! `safety`: the limits on what transitd may do.

use std::collections::BTreeMap;
use std::time::Duration;

use super::decode::Decoder;
use super::segments::KINDS;
use super::shape;
use super::tree::{Node, Value};
use super::types::{Departures, Freeze, Gaps, Quotas, Removals, Safety, Undeclared, UndeclaredAction};

/// The limits where the file sets none: enough for a day's ordinary changes, too few to take a network apart.
const REMOVALS: Removals = Removals { per_hour: 5, per_day: 20, per_segment_per_day: 10 };

/// The longest hold of a departed VPC. What shall stay for longer belongs into the file.
const LONGEST_HOLD: Duration = Duration::from_hours(90 * 24);

const UNDECLARED: [(&str, UndeclaredAction); 2] =
    [("report", UndeclaredAction::Report), ("remove", UndeclaredAction::Remove)];
const GAPS: [(&str, Gaps); 3] = [("ask", Gaps::Ask), ("allow", Gaps::Allow), ("forbid", Gaps::Forbid)];

/// What holds where the file does not speak of safety at all.
pub(super) fn default() -> Safety {
    Safety {
        undeclared: Undeclared { otherwise: UndeclaredAction::Report, kinds: BTreeMap::new() },
        removals: REMOVALS,
        departures: None,
        gaps: Gaps::Ask,
        freeze: Vec::new(),
        quotas: Quotas::default(),
    }
}

pub(super) fn read(decoder: &mut Decoder, node: &Node) -> Option<Safety> {
    let mut fields = decoder.open::<shape::Safety>(node, "limits")?;
    let Safety { undeclared, removals, departures, gaps, freeze, quotas: usual } = default();
    let undeclared = fields.get_or(decoder, "undeclared", undeclared, undeclared_things);
    let removals = fields.get_or(decoder, "removals", removals, removal_limits);
    let departures = fields.get_or(decoder, "departures", departures, |d, n| held_departures(d, n).map(Some));
    let gaps = fields.get_or(decoder, "gaps", gaps, |d, n| d.word(n, &GAPS));
    let freeze = fields.get_or(decoder, "freeze", freeze, freezes);
    let quotas = fields.get_or(decoder, "quotas", usual, quotas);
    fields.close(decoder);
    Some(Safety {
        undeclared: undeclared?,
        removals: removals?,
        departures: departures?,
        gaps: gaps?,
        freeze: freeze?,
        quotas: quotas?,
    })
}

/// Reads quotas that were raised; those that the file leaves out are AWS's own.
fn quotas(decoder: &mut Decoder, node: &Node) -> Option<Quotas> {
    let mut fields = decoder.open::<shape::Quotas>(node, "quotas")?;
    let usual = Quotas::default();
    let mut quota = |name, usual| fields.get_or(decoder, name, usual, quota_of_some);
    let attachments_per_hub = quota("attachments_per_hub", usual.attachments_per_hub);
    let tables_per_hub = quota("tables_per_hub", usual.tables_per_hub);
    let routes_per_hub = quota("routes_per_hub", usual.routes_per_hub);
    let routes_per_vpc_table = quota("routes_per_vpc_table", usual.routes_per_vpc_table);
    fields.close(decoder);
    Some(Quotas {
        attachments_per_hub: attachments_per_hub?,
        tables_per_hub: tables_per_hub?,
        routes_per_hub: routes_per_hub?,
        routes_per_vpc_table: routes_per_vpc_table?,
    })
}

fn quota_of_some(decoder: &mut Decoder, node: &Node) -> Option<usize> {
    let number = decoder.number(node)?;
    if number == 0 {
        decoder
            .wrong(node.span, "a quota of 0 lets the network have none at all")
            .help("write what AWS allows, or leave the line out: then the default of AWS holds");
        return None;
    }
    usize::try_from(number).ok()
}

fn undeclared_things(decoder: &mut Decoder, node: &Node) -> Option<Undeclared> {
    if let Value::Scalar { .. } = &node.value {
        let otherwise = decoder.word(node, &UNDECLARED)?;
        return Some(Undeclared { otherwise, kinds: BTreeMap::new() });
    }
    let mut fields = decoder.open::<shape::UndeclaredKinds>(node, "`report`, `remove`, or kinds of things")?;
    let mut kinds = BTreeMap::new();
    for (name, kind) in KINDS {
        if let Some(action) = fields.get(decoder, name, |d, n| d.word(n, &UNDECLARED)) {
            kinds.insert(kind, action);
        }
    }
    fields.close(decoder);
    Some(Undeclared { otherwise: UndeclaredAction::Report, kinds })
}

fn removal_limits(decoder: &mut Decoder, node: &Node) -> Option<Removals> {
    let mut fields = decoder.open::<shape::Removals>(node, "limits on removals")?;
    let per_hour = fields.get_or(decoder, "per_hour", REMOVALS.per_hour, Decoder::number);
    let per_day = fields.get_or(decoder, "per_day", REMOVALS.per_day, Decoder::number);
    let per_segment_per_day =
        fields.get_or(decoder, "per_segment_per_day", REMOVALS.per_segment_per_day, Decoder::number);
    fields.close(decoder);
    Some(Removals { per_hour: per_hour?, per_day: per_day?, per_segment_per_day: per_segment_per_day? })
}

fn held_departures(decoder: &mut Decoder, node: &Node) -> Option<Departures> {
    let mut fields = decoder.open::<shape::Departures>(node, "`hold_for`")?;
    let hold_for = fields.get(decoder, "hold_for", |d, n| d.span_of_time(n, LONGEST_HOLD));
    fields.close(decoder);
    Some(Departures { hold_for: hold_for? })
}

fn freezes(decoder: &mut Decoder, node: &Node) -> Option<Vec<Freeze>> {
    let mut freezes = Vec::new();
    for item in decoder.items(node, "freezes")? {
        let Some(mut fields) = decoder.open::<shape::Freeze>(item, "a freeze") else { continue };
        let from = fields.get(decoder, "from", Decoder::day);
        let until = fields.get(decoder, "until", |d, n| Some((d.day(n)?, n.span)));
        let why = fields.get(decoder, "why", Decoder::text);
        fields.close(decoder);
        let (Some(from), Some((until, span)), Some(why)) = (from, until, why) else { continue };
        if until < from {
            decoder
                .wrong(span, format!("the freeze ends on {until}, before it begins on {from}"))
                .help("`from` is its first day, `until` its last");
        }
        freezes.push(Freeze { from, until, why });
    }
    Some(freezes)
}
