//! A daemon that goes on for a week of passes takes no more memory and no more open files than in its first hours.
//!
//! In a process of its own, since both are counted for the whole process.

#[cfg_attr(feature = "aws", expect(dead_code, reason = "these tests stay in process"))]
mod support;

#[expect(dead_code, reason = "the daemon's tests use more of it")]
#[path = "daemon/hands.rs"]
mod hands;
#[expect(dead_code, reason = "the daemon's tests use more of it")]
#[path = "daemon/land.rs"]
mod land;
#[expect(dead_code, reason = "the daemon's tests use more of it")]
#[path = "daemon/life.rs"]
mod life;

use std::sync::{Arc, Mutex};

use life::Stage;
use transitd::daemon::Happening;
use transitd::store::SqliteStore;

#[tokio::test]
async fn pass_after_pass_memory_and_open_files_stay_as_they_are() {
    let mut stage = Stage::new("{ every: 5m }");
    // On disk, thousands of passes would wait for the disk.
    stage.store = Arc::new(Mutex::new(SqliteStore::in_memory(&"corp".parse().unwrap()).unwrap()));
    stage.converge().await;
    let stage = stage.again();
    let mut measures = Vec::new();
    stage
        .run(|stage, happening| {
            let Happening::Passed(pass, _) = happening else { return };
            stage.land.seed.lock().clear_log();
            stage.told.words.lock().unwrap().clear();
            match pass.number {
                // Now and then something is to be done, so that ledger and journal are used as well.
                number if number % 200 == 0 => stage.land.delete_route(&stage.land.tools),
                501 | 1501 => measures.push((resident_kilobytes(), open_files())),
                1600.. => stage.stop.cancel(),
                _ => {}
            }
        })
        .await;
    let [(memory, files), (memory_later, files_later)] = measures[..] else { panic!("{measures:?}") };
    assert!(memory_later < memory + 8 * 1024, "{memory} kB, and 1,000 passes later {memory_later} kB");
    assert!(files_later <= files, "{files} files, and 1,000 passes later {files_later}");
}

fn resident_kilobytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}
