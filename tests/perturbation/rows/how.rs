//! The ways in which a field is changed.

/// Changes a thing of EC2's directly in the model, where no call does it: takes it off its shelf and puts it back.
macro_rules! model {
    ($shelf:ident, $name:expr, $it:ident => $change:expr) => {
        model!($shelf, $name, $it, bench => $change)
    };
    ($shelf:ident, $name:expr, $it:ident, $bench:ident => $change:expr) => {
        |$bench| {
            let id = $bench.id($name);
            let mut sandbox = $bench.seed.lock();
            let network = &mut sandbox.settled().network;
            let mut $it = network.$shelf.remove(&id).expect($name);
            $change;
            network.$shelf.insert($it);
        }
    };
}

/// Makes a call of EC2's, as somebody in an account.
macro_rules! call {
    ($account:expr, $action:expr, $($params:tt)+) => {
        |bench| bench.call($account, $action, serde_json::json!($($params)+))
    };
}

/// A row.
macro_rules! row {
    ($kind:expr, $field:expr, $how:expr, $drift:expr, $comes_to:expr) => {
        crate::rows::Row { kind: $kind, field: $field, how: $how, drift: $drift, comes_to: $comes_to }
    };
}

/// Makes a call to another service than EC2, as somebody in an account.
pub fn ask(
    bench: &crate::world::Bench<'_>,
    account: &str,
    service: aws_sandbox::Service,
    action: &str,
    params: serde_json::Value,
) {
    let params = bench.world.names.fill(&params.to_string());
    let params = serde_json::from_str(&params).expect("parameters");
    bench.seed.ask(&bench.id(account), service, action, params);
    bench.seed.settle();
}
