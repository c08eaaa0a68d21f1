//! `stoa bench plain`: a plain axum server, the limit for files. It writes what comes to the disk and gives it out again,
//! in pieces of a sensible size; it asks nobody who he is, hashes nothing and keeps no books. What it has answered for is on
//! the disk, as with Stoa: otherwise the one would be measured against the disk and the other against memory.

use std::net::SocketAddr;
use std::path::PathBuf;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::put;
use futures_util::StreamExt as _;
use http::{StatusCode, header};
use tokio::fs::File;
use tokio::io::{AsyncWriteExt as _, BufWriter};
use tokio_util::io::ReaderStream;

use super::super::failure::{Context as _, Result};

/// Of one write and one read.
const PIECE: usize = 128 * 1024;

#[derive(Debug, clap::Args)]
pub struct PlainArgs {
    #[arg(long, default_value = "127.0.0.1:8091")]
    listen: SocketAddr,
    /// Where it keeps what comes; on the same disk as the data of the server that it is compared with.
    #[arg(long)]
    folder: PathBuf,
}

pub fn run(args: &PlainArgs) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        std::fs::create_dir_all(&args.folder)?;
        let router = Router::new().route("/{file}", put(take).get(give).delete(remove)).layer(axum::extract::DefaultBodyLimit::disable());
        let listener = tokio::net::TcpListener::bind(args.listen).await.context(|| format!("listening on {}", args.listen))?;
        println!("the plain server is at http://{}", listener.local_addr()?);
        axum::serve(listener, router.with_state(args.folder.clone())).await?;
        Ok(())
    })
}

type Answer<T> = std::result::Result<T, StatusCode>;

fn broken<E>(_: E) -> StatusCode {
    StatusCode::INTERNAL_SERVER_ERROR
}

async fn take(State(folder): State<PathBuf>, Path(file): Path<u32>, body: Body) -> Answer<(StatusCode, &'static str)> {
    let mut file = BufWriter::with_capacity(PIECE, File::create(folder.join(file.to_string())).await.map_err(broken)?);
    let mut body = body.into_data_stream();
    while let Some(piece) = body.next().await {
        file.write_all(&piece.map_err(broken)?).await.map_err(broken)?;
    }
    file.flush().await.map_err(broken)?;
    file.get_ref().sync_all().await.map_err(broken)?;
    Ok((StatusCode::CREATED, "null"))
}

async fn give(State(folder): State<PathBuf>, Path(file): Path<u32>) -> Answer<Response> {
    let file = File::open(folder.join(file.to_string())).await.map_err(|_| StatusCode::NOT_FOUND)?;
    let length = file.metadata().await.map_err(broken)?.len();
    let body = Body::from_stream(ReaderStream::with_capacity(file, PIECE));
    Response::builder().header(header::CONTENT_LENGTH, length).body(body).map_err(broken)
}

async fn remove(State(folder): State<PathBuf>, Path(file): Path<u32>) -> Answer<StatusCode> {
    tokio::fs::remove_file(folder.join(file.to_string())).await.map_err(broken)?;
    Ok(StatusCode::NO_CONTENT)
}
