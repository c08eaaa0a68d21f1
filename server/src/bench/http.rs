//! As much of an HTTP client as setting up and timing needs: one connection, kept alive, one
//! request after another.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use stoa_domain::wire::problem::Problem;

use super::failure::{Context as _, Result, fail};

/// Where the server is.
#[derive(Debug, Clone)]
pub struct Base {
    pub authority: String,
    pub address: SocketAddr,
}

impl Base {
    pub fn parse(url: &str) -> Result<Self> {
        let Some(rest) = url.strip_prefix("http://") else {
            return Err(fail(format!("{url}: the benchmark speaks plain http:// only")));
        };
        let authority = rest.split('/').next().unwrap_or_default().to_owned();
        let with_port = if authority.contains(':') { authority.clone() } else { format!("{authority}:80") };
        let address = with_port.to_socket_addrs().context(|| format!("looking for {authority}"))?.next();
        Ok(Self { address: address.ok_or_else(|| fail(format!("{authority} has no address")))?, authority })
    }
}

#[derive(Debug)]
pub struct Response {
    pub status: u16,
    /// `name=value` of the cookie that it sets.
    pub cookie: Option<String>,
    pub body: Vec<u8>,
}

/// One connection of one user.
pub struct Http {
    authority: String,
    stream: BufReader<TcpStream>,
    pub cookie: Option<String>,
}

impl Http {
    pub fn connect(base: &Base) -> Result<Self> {
        let stream = TcpStream::connect(base.address).context(|| format!("connecting to {}", base.authority))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        Ok(Self { authority: base.authority.clone(), stream: BufReader::new(stream), cookie: None })
    }

    pub fn get(&mut self, path: &str) -> Result<Response> {
        self.send("GET", path, None)
    }

    pub fn get_json<T: DeserializeOwned>(&mut self, path: &str) -> Result<T> {
        let response = self.get(path)?;
        read_json(&response).context(|| format!("GET {path}"))
    }

    pub fn post_json<T: DeserializeOwned>(&mut self, path: &str, body: &impl Serialize) -> Result<T> {
        let response = self.send("POST", path, Some(&serde_json::to_vec(body)?))?;
        if response.cookie.is_some() {
            self.cookie.clone_from(&response.cookie);
        }
        read_json(&response).context(|| format!("POST {path}"))
    }

    fn send(&mut self, method: &str, path: &str, body: Option<&[u8]>) -> Result<Response> {
        let mut request = Vec::with_capacity(512);
        // Without the second header the server takes a changing request for a forged one.
        write!(request, "{method} {path} HTTP/1.1\r\nhost: {}\r\nsec-fetch-site: same-origin\r\n", self.authority)?;
        if let Some(cookie) = &self.cookie {
            write!(request, "cookie: {cookie}\r\n")?;
        }
        if let Some(body) = body {
            write!(request, "content-type: application/json\r\ncontent-length: {}\r\n", body.len())?;
        }
        request.extend_from_slice(b"\r\n");
        request.extend_from_slice(body.unwrap_or_default());
        self.stream.get_mut().write_all(&request)?;
        self.receive().context(|| format!("{method} {path}"))
    }

    fn receive(&mut self) -> Result<Response> {
        let status_line = self.line()?;
        let status = status_line.split(' ').nth(1).and_then(|code| code.parse().ok());
        let mut response = Response { status: status.ok_or_else(|| fail(format!("not an HTTP answer: {status_line:?}")))?, cookie: None, body: Vec::new() };
        let (mut length, mut chunked) = (0, false);
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else { break };
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse()?,
                "transfer-encoding" => chunked = value.eq_ignore_ascii_case("chunked"),
                "set-cookie" => response.cookie = value.split(';').next().map(str::to_owned),
                _ => {}
            }
        }
        if !chunked {
            self.read_into(&mut response.body, length)?;
            return Ok(response);
        }
        loop {
            let line = self.line()?;
            let size = usize::from_str_radix(line.split(';').next().unwrap_or_default().trim(), 16)?;
            self.read_into(&mut response.body, size)?;
            self.line()?;
            if size == 0 {
                return Ok(response);
            }
        }
    }

    fn read_into(&mut self, body: &mut Vec<u8>, size: usize) -> Result<()> {
        let got = (&mut self.stream).take(size as u64).read_to_end(body)?;
        if got == size { Ok(()) } else { Err(fail("the connection ended within an answer")) }
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(fail("the server closed the connection"));
        }
        Ok(line.trim_end().to_owned())
    }
}

fn read_json<T: DeserializeOwned>(response: &Response) -> Result<T> {
    if !(200..300).contains(&response.status) {
        let problem = serde_json::from_slice::<Problem>(&response.body).map(|problem| format!(": {problem} {:?}", problem.errors));
        return Err(fail(format!("answered {}{}", response.status, problem.unwrap_or_default())));
    }
    Ok(serde_json::from_slice(&response.body)?)
}
