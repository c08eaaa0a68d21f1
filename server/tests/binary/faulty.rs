//! Stands between the server and its store, and does what stores do on their bad days.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Method, StatusCode, header};
use tokio::net::TcpListener;
use tokio::sync::watch;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    Good,
    /// 500 to everything.
    Failing,
    /// What is asked is read, and never answered.
    Silent,
    /// Says that it has kept what it was sent, and hasn't.
    Forgetful,
    /// Keeps half of what it was sent.
    Halving,
    /// What it gives ends in the middle.
    Cutting,
    /// What it gives is longer than what it was sent.
    Padding,
    /// Changes are done there, but nobody is told.
    Mute,
    /// Changes are neither done nor answered.
    Deaf,
}

pub struct Faulty {
    pub port: u16,
    day: Arc<Mutex<Day>>,
    /// Requests that change something, so far.
    changes: watch::Receiver<usize>,
}

struct Between {
    to: u16,
    day: Arc<Mutex<Day>>,
    changes: watch::Sender<usize>,
    http: reqwest::Client,
}

impl Faulty {
    pub async fn before(to: u16) -> Self {
        // The client wants one, though it speaks no TLS.
        drop(rustls::crypto::ring::default_provider().install_default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (day, port) = (Arc::new(Mutex::new(Day::Good)), listener.local_addr().unwrap().port());
        let (sender, changes) = watch::channel(0);
        let between = Between { to, day: Arc::clone(&day), changes: sender, http: reqwest::Client::builder().no_proxy().build().unwrap() };
        let router = Router::new().fallback(pass).with_state(Arc::new(between));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { port, day, changes }
    }

    pub fn has(&self, day: Day) {
        *self.day.lock().unwrap() = day;
    }

    /// Waits until so many changes have come, and where they are passed on, are done.
    pub async fn changed(&mut self, times: usize) {
        self.changes.wait_for(|changes| *changes >= times).await.unwrap();
    }

    pub fn changes(&self) -> usize {
        *self.changes.borrow()
    }
}

async fn pass(State(between): State<Arc<Between>>, request: Request) -> Response {
    let day = *between.day.lock().unwrap();
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let changes = parts.method != Method::GET && parts.method != Method::HEAD;
    let asked = || forward(&between, &parts, body.clone());
    let answer = match day {
        Day::Failing => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Day::Silent => std::future::pending().await,
        Day::Deaf if changes => {
            between.changes.send_modify(|changes| *changes += 1);
            std::future::pending().await
        }
        Day::Forgetful if parts.method == Method::PUT => (StatusCode::OK, [(header::ETAG, "\"kept\"")]).into_response(),
        Day::Halving if parts.method == Method::PUT => forward(&between, &parts, body.slice(..body.len() / 2)).await,
        Day::Cutting if parts.method == Method::GET => cut(asked().await).await,
        Day::Padding if !changes => padded(asked().await),
        _ => asked().await,
    };
    if changes {
        between.changes.send_modify(|changes| *changes += 1);
    }
    if day == Day::Mute && changes { std::future::pending().await } else { answer }
}

async fn forward(between: &Between, parts: &http::request::Parts, body: Bytes) -> Response {
    let mut headers = parts.headers.clone();
    headers.remove(header::CONTENT_LENGTH);
    let url = format!("http://127.0.0.1:{}{}", between.to, parts.uri);
    let answer = between.http.request(parts.method.clone(), url).headers(headers).body(body).send().await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut response = Response::new(if parts.method == Method::HEAD { Body::empty() } else { Body::from(answer.bytes().await.unwrap()) });
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// The announced length stays.
async fn cut(answer: Response) -> Response {
    let (parts, body) = answer.into_parts();
    let whole = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let half = whole.slice(..whole.len() / 2);
    let pieces = futures_util::stream::iter([Ok(half), Err(std::io::Error::other("cut"))]);
    Response::from_parts(parts, Body::from_stream(pieces))
}

/// All lengths that are told are by a byte too large.
fn padded(mut answer: Response) -> Response {
    let more = |value: &HeaderValue| value.to_str().ok()?.parse().ok().map(|length: u64| HeaderValue::from(length + 1));
    let range = answer.headers().get(header::CONTENT_RANGE).and_then(|range| {
        let (part, size) = range.to_str().ok()?.split_once('/')?;
        format!("{part}/{}", size.parse::<u64>().ok()? + 1).parse().ok()
    });
    match range {
        Some(range) => drop(answer.headers_mut().insert(header::CONTENT_RANGE, range)),
        None => {
            if let Some(length) = answer.headers().get(header::CONTENT_LENGTH).and_then(more) {
                answer.headers_mut().insert(header::CONTENT_LENGTH, length);
                *answer.body_mut() = Body::from_stream(futures_util::stream::pending::<std::io::Result<Bytes>>());
            }
        }
    }
    answer
}
