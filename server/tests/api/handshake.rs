//! What may stand in the request for a channel: whatever it is, there is an answer, and no socket
//! without a ticket.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::world::World;

const TICKETS: [&[u8]; 24] = [
    b"",
    b",",
    b"stoa.1",
    b"stoa.1,",
    b"stoa.1, ticket.",
    b"ticket.x",
    b"stoa.1, ticket.x",
    b"ticket.x,stoa.1",
    b"STOA.1, TICKET.x",
    b"stoa.1;ticket.x",
    b"stoa.1, ticket.x, ticket.y",
    b"stoa.1,,,ticket.x",
    b"stoa.1, ticket..",
    b"stoa.1, ticket.====",
    b"stoa.1, ticket.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    b"stoa.1, ticket.A.B.C",
    b"stoa.1, ticket.%00%ff",
    b"stoa.1, ticket.\xff\xfe",
    b"stoa.1, ticket.\xc3\xa9",
    b"stoa.1, ticket.\"x\"",
    b"stoa.1\t,\tticket.x\t",
    b"\xe2\x80\xae",
    b"stoa.2, ticket.x",
    b"stoa.1, ticket.\x01",
];
const NAMES: [&str; 8] = ["connection", "upgrade", "sec-websocket-version", "sec-websocket-key", "sec-websocket-protocol", "origin", "content-length", "x"];
const VALUES: [&[u8]; 16] = [
    b"",
    b",",
    b"upgrade",
    b"keep-alive, Upgrade",
    b"close, upgrade",
    b"WebSocket",
    b"websocket, h2c",
    b"13",
    b"8, 13",
    b"-1",
    b"dGhlIHNhbXBsZSBub25jZQ==",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
    b"null",
    b"http://",
    b"0",
    b"\x80",
];

fn request(headers: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = b"GET /api/v1/channel HTTP/1.1\r\nhost: a\r\n".to_vec();
    for (name, value) in headers {
        bytes.extend_from_slice(&[name.as_bytes(), b": ", value, b"\r\n"].concat());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes
}

const GOOD: [(&str, &[u8]); 4] =
    [("connection", b"upgrade"), ("upgrade", b"websocket"), ("sec-websocket-version", b"13"), ("sec-websocket-key", b"dGhlIHNhbXBsZSBub25jZQ==")];

#[tokio::test]
async fn whatever_the_request_says_it_is_answered() {
    let world = World::new().await;
    let address = world.listen().await;
    let mut requests: Vec<Vec<u8>> = TICKETS.iter().map(|ticket| request(&[&GOOD[..], &[("sec-websocket-protocol", *ticket)]].concat())).collect();
    let all: Vec<_> = GOOD.into_iter().chain([("sec-websocket-protocol", b"stoa.1, ticket.x".as_slice())]).collect();
    for name in NAMES {
        for value in VALUES {
            // Added to what is right, and in place of it.
            requests.push(request(&[&all[..], &[(name, value)]].concat()));
            let others: Vec<_> = all.iter().copied().filter(|(other, _)| *other != name).chain([(name, value)]).collect();
            requests.push(request(&others));
        }
    }
    for long in [4_000, 100_000] {
        requests.push(request(&[&GOOD[..], &[("sec-websocket-protocol", [b"stoa.1, ticket.".as_slice(), &vec![b'x'; long]].concat().as_slice())]].concat()));
        requests.push(request(&[&GOOD[..], &[("sec-websocket-protocol", b"stoa.1,".repeat(long / 7).as_slice())]].concat()));
    }
    for bytes in requests {
        let said = String::from_utf8_lossy(&bytes[..bytes.len().min(400)]).into_owned();
        let mut stream = TcpStream::connect(address).await.unwrap();
        // It may be refused before all of it was read.
        drop(stream.write_all(&bytes).await);
        drop(stream.shutdown().await);
        let mut head = [0; 12];
        tokio::time::timeout(Duration::from_secs(20), stream.read_exact(&mut head)).await.expect(&said).expect(&said);
        let status: u16 = String::from_utf8_lossy(&head[9..]).parse().expect(&said);
        assert!((400..500).contains(&status), "{status} for {said}");
    }
}
