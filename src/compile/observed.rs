//! What is only observed: kind by kind, segment by segment.

use crate::intent::{Intent, ManagedKind, Mode};
use crate::model::{Kind, Topology};

pub(super) fn compile(intent: &Intent, topology: &mut Topology) {
    for (name, segment) in &intent.segments {
        let observed = segment.manage.iter().filter(|(_, mode)| **mode == Mode::Observe);
        let kinds = observed.map(|(kind, _)| kind_of(*kind)).collect::<std::collections::BTreeSet<_>>();
        if !kinds.is_empty() {
            topology.observed.insert(name.clone(), kinds);
        }
    }
}

/// Returns the kind that the file's word stands for.
pub fn kind_of(kind: ManagedKind) -> Kind {
    match kind {
        ManagedKind::Attachments => Kind::Attachment,
        ManagedKind::Associations => Kind::Association,
        ManagedKind::Propagations => Kind::Propagation,
        ManagedKind::StaticRoutes => Kind::StaticRoute,
        ManagedKind::VpcRoutes => Kind::VpcRoute,
    }
}
