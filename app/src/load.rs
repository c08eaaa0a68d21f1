//! What a page shows, asked from the API before it is rendered: rendering itself waits for nothing.

use http::{HeaderMap, Uri, header};
use stoa_domain::room::Privacy;
use stoa_domain::wire::category::Category;
use stoa_domain::wire::directory::{DirectoryQuery, DirectoryRoom};
use stoa_domain::wire::file::{File, FilesQuery};
use stoa_domain::wire::message::HistoryQuery;
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::room::RoomInfo;
use stoa_domain::wire::{self, session::Session};

use crate::admin;
use crate::api::{Api, Result, SharedTransport};
use crate::live::{Boot, RoomPage, Start};
use crate::query::Query;
use crate::routes::{self, Page};
use crate::text::{Language, Text};

/// Messages on a room's page.
const FIRST: u32 = 40;

/// A page with all that it shows.
#[derive(Debug)]
pub struct Loaded {
    pub(crate) page: Page,
    pub(crate) query: Query,
    pub(crate) language: Language,
    pub(crate) content: Content,
    /// The status that the page is answered with.
    pub status: u16,
    /// Where to go instead.
    pub redirect: Option<String>,
}

#[derive(Debug)]
pub(crate) enum Content {
    Live(Box<Start>),
    Console(Box<admin::Start>),
    Directory { boot: Boot, categories: Vec<Category>, asked: DirectoryQuery, found: Result<wire::Page<DirectoryRoom>> },
    Files { boot: Boot, room: Box<RoomInfo>, asked: FilesQuery, found: Result<wire::Page<File>> },
    NewRoom { boot: Boot, categories: Vec<Category> },
    SignIn,
    Setup { needed: bool },
    Missing,
    Trouble(Problem),
}

/// Loads the page of an address, as whoever `transport` calls for.
pub async fn load(uri: &Uri, headers: &HeaderMap, transport: SharedTransport) -> Loaded {
    let page = Page::of(uri.path());
    let query = Query::of(uri.query().unwrap_or_default());
    let language = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).map_or(Language::English, Language::of);
    let loading = Loading { api: Api::new(transport), query: &query, t: language.table() };
    let content = loading.content(page, uri).await;
    let status = match &content {
        Ok(Content::Live(start)) => start.problem.as_ref().map_or(200, |problem| problem.status),
        Ok(Content::Console(start)) => start.status(),
        Ok(Content::Missing) => 404,
        Ok(Content::Files { found: Err(problem), .. }) => problem.status,
        Ok(_) => 200,
        Err(problem) => problem.status,
    };
    let redirect = match &content {
        _ if page == Page::Root => Some(routes::CHAT.to_owned()),
        Err(problem) if problem.status == 401 => {
            let here = uri.path_and_query().map_or(routes::CHAT, |path| path.as_str());
            Some(routes::with_query(routes::SIGN_IN, &[("next", here)]))
        }
        _ => None,
    };
    Loaded { page, language, content: content.unwrap_or_else(Content::Trouble), status, redirect, query }
}

struct Loading<'a> {
    api: Api,
    query: &'a Query,
    t: &'static Text,
}

impl Loading<'_> {
    async fn content(&self, page: Page, uri: &Uri) -> Result<Content> {
        Ok(match page {
            Page::Root | Page::Missing => Content::Missing,
            Page::Admin => Content::Console(Box::new(admin::Start::load(&self.api, &uri.to_string()).await?)),
            Page::SignIn => Content::SignIn,
            Page::Setup => Content::Setup { needed: self.api.setup_needed().await? },
            Page::Chat => Content::Live(Box::new(Start { boot: self.boot().await?, room: None, problem: None, anchor: None, said: self.said() })),
            Page::Room { room, seq } => {
                let boot = self.boot().await?;
                let history = HistoryQuery { around: seq, before_seq: self.query.number("before"), after_seq: self.query.number("after"), limit: Some(FIRST) };
                let paged = history.before_seq.is_some() || history.after_seq.is_some();
                let start = match self.room(room, history).await {
                    Ok(room) => {
                        // A page of history without scripts is looked at where it is.
                        let last = room.history.messages.last().map(|message| message.seq);
                        // An address may name what never was.
                        let there = seq.filter(|seq| (room.history.from_seq..=room.history.to_seq).contains(seq));
                        Start { boot, anchor: there.or(last.filter(|_| paged)), room: Some(room), problem: None, said: self.said() }
                    }
                    Err(problem) => Start { boot, room: None, problem: Some(problem), anchor: None, said: self.said() },
                };
                Content::Live(Box::new(start))
            }
            Page::Directory => {
                let boot = self.boot().await?;
                let text = |name| Some(self.query.get(name)).filter(|text| !text.is_empty());
                let asked = DirectoryQuery {
                    q: text("q"),
                    category: text("category").and_then(|id| id.parse().ok()),
                    privacy: text("privacy").and_then(|word| Privacy::parse(&word)),
                    cursor: text("cursor"),
                    limit: None,
                };
                Content::Directory { boot, categories: self.api.categories().await?, found: self.api.directory(&asked).await, asked }
            }
            Page::Files { room } => {
                let text = |name| Some(self.query.get(name)).filter(|text| !text.is_empty());
                let asked = FilesQuery { q: text("q"), kind: text("type"), by: text("by").and_then(|id| id.parse().ok()) };
                let by = asked.by.map(|by| by.to_string()).unwrap_or_default();
                let (q, kind, cursor) = (self.query.get("q"), self.query.get("type"), self.query.get("cursor"));
                let (boot, info) = (self.boot().await?, self.api.room(room).await?);
                let found = self.api.files(room, &[("q", &q), ("type", &kind), ("by", &by), ("cursor", &cursor)]).await;
                Content::Files { boot, room: Box::new(info), asked, found }
            }
            Page::NewRoom => Content::NewRoom { boot: self.boot().await?, categories: self.api.categories().await? },
        })
    }

    /// Why a form of chat was refused.
    fn said(&self) -> String {
        let slug = self.query.get("problem");
        if slug.is_empty() { slug } else { self.t.problem_of(&slug).unwrap_or(self.t.internal).to_owned() }
    }

    async fn boot(&self) -> Result<Boot> {
        let session: Session = self.api.session().await?;
        let rooms = self.api.my_rooms().await?.into_iter().map(Into::into).collect();
        let (invitations, asked) = (self.api.invitations().await?, self.api.my_requests().await?);
        Ok(Boot { session, rooms, invitations, asked, now: crate::when::now() })
    }

    async fn room(&self, room: stoa_domain::id::RoomId, query: HistoryQuery) -> Result<RoomPage> {
        let (info, history) = (self.api.room(room).await?, self.api.history(room, query).await?);
        let manages = info.may.manage && info.privacy == Privacy::Closed;
        let requests = if manages { self.api.join_requests(room).await? } else { Vec::new() };
        Ok(RoomPage { info, history, requests })
    }
}
