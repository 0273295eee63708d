//! The daemon in the sandbox's time: what wakes it, what it does then, what it tells, and that it ends.

#[cfg_attr(feature = "aws", expect(dead_code, reason = "these tests stay in process"))]
mod support;

#[path = "daemon/hands.rs"]
mod hands;
#[path = "daemon/land.rs"]
mod land;
#[path = "daemon/life.rs"]
mod life;
#[path = "daemon/log.rs"]
mod log;
#[path = "daemon/memory.rs"]
mod memory;
#[path = "daemon/orders.rs"]
mod orders;
#[path = "daemon/rounds.rs"]
mod rounds;
#[path = "daemon/told.rs"]
mod told;
#[path = "daemon/trouble.rs"]
mod trouble;

use land::Land;
use life::Stage;

/// Names the calls since the log was cleared that change something.
fn writes(land: &Land) -> Vec<String> {
    let sandbox = land.seed.lock();
    sandbox.log().iter().filter(|call| !call.is_read()).map(|call| call.action.clone()).collect()
}

const EVERY_FIVE: &str = "{ every: 5m }";

async fn converged(daemon: &str) -> Stage {
    let stage = Stage::new(daemon);
    stage.converge().await;
    stage.again()
}
