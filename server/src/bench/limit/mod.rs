//! `stoa bench limit`: the limit that Stoa is measured against.
//!
//! A bare tokio server on one thread that keeps nothing and checks nothing. It answers as much
//! of the API as the generator needs, builds one frame per message, shares it between all
//! sockets of the room, and writes what is queued for a socket at once.

mod hub;
mod setup;
mod socket;

use std::net::SocketAddr;
use std::rc::Rc;

use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{LocalSet, spawn_local};

use self::hub::Hub;
use super::failure::{Context as _, Result};

#[derive(Debug, clap::Args)]
pub struct LimitArgs {
    #[arg(long, default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
}

pub fn run(args: &LimitArgs) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    LocalSet::new().block_on(&runtime, serve(args.listen))
}

async fn serve(listen: SocketAddr) -> Result<()> {
    let listener = TcpListener::bind(listen).await.context(|| format!("listening on {listen}"))?;
    println!("the limit is at http://{}", listener.local_addr()?);
    let hub = Rc::new(Hub::new());
    spawn_local(Rc::clone(&hub).deliver());
    loop {
        // Out of file descriptors, perhaps: the ones who are connected go on.
        let Ok((stream, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        let hub = Rc::clone(&hub);
        spawn_local(async move {
            let _ = connection(hub, stream).await;
        });
    }
}

/// Answers requests until one turns the connection into a socket.
async fn connection(hub: Rc<Hub>, mut stream: TcpStream) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut pending = Vec::new();
    loop {
        let Some((request, length)) = setup::request(&pending)? else {
            stream.readable().await?;
            if !hub.read(&stream, &mut pending)? {
                return Ok(());
            }
            continue;
        };
        let rest = pending.split_off(length);
        let (answer, person) = setup::answer(&hub, &request);
        stream.write_all(&answer).await?;
        pending = rest;
        if let Some(person) = person {
            drop(request);
            return socket::serve(hub, stream, person, pending).await;
        }
    }
}
