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

/// A body on its way, in either direction.
#[derive(Debug)]
pub struct Moving {
    pub length: u64,
    pub left: u64,
}

/// Of what is uploaded.
static BLOCK: [u8; 256 * 1024] = [b'x'; 256 * 1024];

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

    pub fn delete(&mut self, path: &str) -> Result<()> {
        let response = self.send("DELETE", path, None)?;
        if response.status == 204 { Ok(()) } else { Err(fail(format!("DELETE {path}: answered {}", response.status))) }
    }

    /// Sends so many bytes, and reads what is answered.
    pub fn upload<T: DeserializeOwned>(&mut self, method: &str, path: &str, length: u64) -> Result<T> {
        let mut moving = self.begin_upload(method, path, length)?;
        self.give(&mut moving, length)?;
        let response = self.receive().context(|| format!("{method} {path}"))?;
        read_json(&response).context(|| format!("{method} {path}"))
    }

    pub fn begin_upload(&mut self, method: &str, path: &str, length: u64) -> Result<Moving> {
        let mut request = self.head(method, path)?;
        write!(request, "content-length: {length}\r\n\r\n")?;
        self.stream.get_mut().write_all(&request)?;
        Ok(Moving { length, left: length })
    }

    /// Sends the next part of a body, at most so much.
    pub fn give(&mut self, moving: &mut Moving, most: u64) -> Result<()> {
        let mut now = moving.left.min(most);
        moving.left -= now;
        while now > 0 {
            let block = BLOCK.get(..usize::try_from(now)?.min(BLOCK.len())).unwrap_or_default();
            self.stream.get_mut().write_all(block)?;
            now -= block.len() as u64;
        }
        Ok(())
    }

    /// Asks for a body, which is taken later.
    pub fn download(&mut self, path: &str) -> Result<Moving> {
        let mut request = self.head("GET", path)?;
        request.extend_from_slice(b"\r\n");
        self.stream.get_mut().write_all(&request)?;
        let (response, length) = self.receive_head()?;
        match (response.status, length) {
            (200, Some(length)) => Ok(Moving { length, left: length }),
            (status, _) => Err(fail(format!("GET {path}: answered {status}"))),
        }
    }

    /// Reads the next part of a body, at most so much, and forgets it.
    pub fn take(&mut self, moving: &mut Moving, most: u64) -> Result<()> {
        let mut now = moving.left.min(most);
        moving.left -= now;
        let mut block = vec![0; BLOCK.len()];
        while now > 0 {
            let most = usize::try_from(now)?.min(block.len());
            match self.stream.read(&mut block[..most])? {
                0 => return Err(fail("the connection ended within an answer")),
                read => now -= read as u64,
            }
        }
        Ok(())
    }

    /// Without the line that ends it.
    fn head(&self, method: &str, path: &str) -> Result<Vec<u8>> {
        let mut request = Vec::with_capacity(512);
        // Without the second header the server takes a changing request for a forged one.
        write!(request, "{method} {path} HTTP/1.1\r\nhost: {}\r\nsec-fetch-site: same-origin\r\n", self.authority)?;
        if let Some(cookie) = &self.cookie {
            write!(request, "cookie: {cookie}\r\n")?;
        }
        Ok(request)
    }

    fn send(&mut self, method: &str, path: &str, body: Option<&[u8]>) -> Result<Response> {
        let mut request = self.head(method, path)?;
        if let Some(body) = body {
            write!(request, "content-type: application/json\r\ncontent-length: {}\r\n", body.len())?;
        }
        request.extend_from_slice(b"\r\n");
        request.extend_from_slice(body.unwrap_or_default());
        self.stream.get_mut().write_all(&request)?;
        self.receive().context(|| format!("{method} {path}"))
    }

    /// An answer without its body, and how long that is; none where it comes in chunks.
    fn receive_head(&mut self) -> Result<(Response, Option<u64>)> {
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
        Ok((response, (!chunked).then_some(length)))
    }

    fn receive(&mut self) -> Result<Response> {
        let (mut response, length) = self.receive_head()?;
        if let Some(length) = length {
            self.read_into(&mut response.body, usize::try_from(length)?)?;
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
