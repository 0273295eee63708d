//! The health pages: `/healthz`, `/readyz` and `/metrics`, on loopback unless the file says otherwise.
//!
//! They only show the board; nothing can be asked of the daemon through them.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::Board;

/// What Prometheus asks for.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Serves the pages until `stop`.
///
/// # Errors
/// When the listener fails for good.
pub async fn serve(listener: TcpListener, board: Arc<Board>, stop: CancellationToken) -> std::io::Result<()> {
    let pages = Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .with_state(board);
    axum::serve(listener, pages).with_graceful_shutdown(stop.cancelled_owned()).await
}

async fn healthz(State(board): State<Arc<Board>>) -> Response {
    page(board.is_alive(), &board)
}

async fn readyz(State(board): State<Arc<Board>>) -> Response {
    page(board.is_ready(), &board)
}

fn page(good: bool, board: &Board) -> Response {
    let status = if good { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, [(CONTENT_TYPE, "application/json")], format!("{}\n", board.page())).into_response()
}

async fn metrics(State(board): State<Arc<Board>>) -> impl IntoResponse {
    ([(CONTENT_TYPE, OPEN_METRICS)], board.metrics_text())
}
