//! Where a request came from.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;

use crate::config::Proxy;

/// The other end of the connection; put into each request by the listener.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// The client's address: the peer's, or what a trusted proxy says, read from its end, since the
/// beginning is whatever the client wrote there.
pub fn client(peer: IpAddr, headers: &HeaderMap, proxy: &Proxy) -> IpAddr {
    let mut client = peer.to_canonical();
    let forwarded = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
    for hop in hops.into_iter().rev() {
        if !proxy.trusts(client) {
            break;
        }
        // Some proxies write the port too.
        let parsed = hop.parse::<IpAddr>().or_else(|_| hop.parse::<SocketAddr>().map(|address| address.ip()));
        match parsed {
            Ok(address) => client = address.to_canonical(),
            Err(_) => break,
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Network;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let trusted = |list: &[&str]| Proxy { trusted: list.iter().map(|text| Network::try_from((*text).to_owned()).unwrap()).collect() };
        let from = |peer: &str, forwarded: &str, proxy: &Proxy| {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", forwarded.parse().unwrap());
            client(peer.parse().unwrap(), &headers, proxy).to_string()
        };
        assert_eq!(from("10.0.0.1", "1.2.3.4", &trusted(&[])), "10.0.0.1");
        let ours = trusted(&["10.0.0.0/8"]);
        assert_eq!(from("10.0.0.1", "6.6.6.6, 1.2.3.4", &ours), "1.2.3.4", "what the client claims before doesn't count");
        assert_eq!(from("10.0.0.1", "1.2.3.4, 10.9.9.9", &ours), "1.2.3.4");
        assert_eq!(from("9.9.9.9", "1.2.3.4", &ours), "9.9.9.9");
        assert_eq!(from("10.0.0.1", "nonsense", &ours), "10.0.0.1");
        assert_eq!(from("::ffff:10.0.0.1", "[2001:db8::1]:443", &ours), "2001:db8::1");
    }
}
