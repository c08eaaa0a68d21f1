//! People and places as they were called.

use stoa_domain::archive::{PartnerName, Party, Place, PlaceKind};
use stoa_domain::id::UserId;
use stoa_domain::room::{Privacy, RoomType};
use uuid::Uuid;

use crate::dialect::Kind::{Id, Int, Text};
use crate::dialect::{Cell, Connection, ids, list};
use crate::shared::bulk::Bulk;
use crate::shared::error::{Work, corrupt};
use crate::shared::text::{clean, word};

#[derive(sqlx::FromRow)]
struct PartyRow {
    id: i64,
    number: i64,
    user_id: Uuid,
    name: String,
    display_name: String,
    email: Option<String>,
    domain_id: Option<Uuid>,
    domain_name: Option<String>,
}

impl PartyRow {
    fn party(self) -> (i64, Party) {
        let domain = self.domain_id.map(|id| PartnerName { id: id.into(), name: self.domain_name.unwrap_or_default() });
        (self.id, Party { id: UserId(self.user_id), number: self.number, name: self.name, display_name: self.display_name, email: self.email, domain })
    }
}

pub async fn last_parties(conn: &mut Connection, users: &[UserId]) -> Work<Vec<(i64, Party)>> {
    let rows: Vec<PartyRow> = sqlx::query_as(concat!(
        "SELECT p.id, p.number, p.user_id, p.name, p.display_name, p.email, p.domain_id, p.domain_name FROM parties p WHERE p.user_id IN ",
        ids!(1),
        " AND NOT EXISTS (SELECT 1 FROM parties l WHERE l.user_id = p.user_id AND l.id > p.id)"
    ))
    .bind(list(users.iter().map(|user| user.0)))
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(PartyRow::party).collect())
}

pub async fn parties(conn: &mut Connection, ids: &[i64]) -> Work<Vec<(i64, Party)>> {
    static FIND: Bulk = Bulk::new(
        "SELECT p.id, p.number, p.user_id, p.name, p.display_name, p.email, p.domain_id, p.domain_name FROM",
        &[("id", Int)],
        "CROSS JOIN parties p WHERE p.id = r.id",
    );
    let mut asked = FIND.rows();
    ids.iter().for_each(|id| asked.push(&[Cell::Int(*id)]));
    Ok(FIND.fetch::<PartyRow>(conn, asked).await?.into_iter().map(PartyRow::party).collect())
}

#[derive(sqlx::FromRow)]
struct PlaceRow {
    id: i64,
    kind: String,
    place_id: Uuid,
    name: String,
    description: String,
    path: String,
    privacy: String,
    room_type: String,
}

impl PlaceRow {
    fn place(self) -> Work<(i64, Place)> {
        let place = Place {
            kind: word("a kind of place", &self.kind, PlaceKind::parse)?,
            id: self.place_id,
            path: serde_json::from_str(&self.path).map_err(|_| corrupt("a path", &self.path))?,
            privacy: word("a privacy", &self.privacy, Privacy::parse)?,
            room_type: word("a room type", &self.room_type, RoomType::parse)?,
            name: self.name,
            description: self.description,
        };
        Ok((self.id, place))
    }
}

pub async fn last_places(conn: &mut Connection, places: &[Uuid]) -> Work<Vec<(i64, Place)>> {
    let rows: Vec<PlaceRow> = sqlx::query_as(concat!(
        "SELECT p.id, p.kind, p.place_id, p.name, p.description, p.path, p.privacy, p.room_type FROM places p WHERE p.place_id IN ",
        ids!(1),
        " AND NOT EXISTS (SELECT 1 FROM places l WHERE l.place_id = p.place_id AND l.id > p.id)"
    ))
    .bind(list(places.iter().copied()))
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(PlaceRow::place).collect()
}

pub async fn places(conn: &mut Connection, ids: &[i64]) -> Work<Vec<(i64, Place)>> {
    static FIND: Bulk = Bulk::new(
        "SELECT p.id, p.kind, p.place_id, p.name, p.description, p.path, p.privacy, p.room_type FROM",
        &[("id", Int)],
        "CROSS JOIN places p WHERE p.id = r.id",
    );
    let mut asked = FIND.rows();
    ids.iter().for_each(|id| asked.push(&[Cell::Int(*id)]));
    FIND.fetch::<PlaceRow>(conn, asked).await?.into_iter().map(PlaceRow::place).collect()
}

pub async fn insert_parties(conn: &mut Connection, parties: &[(i64, Party)]) -> Work<()> {
    static INSERT: Bulk = Bulk::new(
        "INSERT INTO parties (id, number, user_id, name, display_name, email, domain_id, domain_name)
         SELECT r.id, r.number, r.user_id, r.name, r.display_name, r.email, r.domain_id, r.domain_name FROM",
        &[("id", Int), ("number", Int), ("user_id", Id), ("name", Text), ("display_name", Text), ("email", Text), ("domain_id", Id), ("domain_name", Text)],
        "",
    );
    let mut rows = INSERT.rows();
    for (id, party) in parties {
        rows.push(&[
            Cell::Int(*id),
            Cell::Int(party.number),
            Cell::Id(party.id.0),
            Cell::Text(&party.name),
            Cell::Text(&party.display_name),
            party.email.as_deref().map_or(Cell::Null, Cell::Text),
            party.domain.as_ref().map_or(Cell::Null, |domain| Cell::Id(domain.id.0)),
            party.domain.as_ref().map_or(Cell::Null, |domain| Cell::Text(&domain.name)),
        ]);
    }
    INSERT.run(conn, rows).await.map(drop)
}

pub async fn insert_places(conn: &mut Connection, places: &[(i64, Place)]) -> Work<()> {
    static INSERT: Bulk = Bulk::new(
        "INSERT INTO places (id, kind, place_id, name, description, path, privacy, room_type)
         SELECT r.id, r.kind, r.place_id, r.name, r.description, r.path, r.privacy, r.room_type FROM",
        &[("id", Int), ("kind", Text), ("place_id", Id), ("name", Text), ("description", Text), ("path", Text), ("privacy", Text), ("room_type", Text)],
        "",
    );
    let mut rows = INSERT.rows();
    for (id, place) in places {
        let path = serde_json::to_string(&place.path).map_err(|_| corrupt("a path", &place.name))?;
        rows.push(&[
            Cell::Int(*id),
            Cell::Text(place.kind.as_str()),
            Cell::Id(place.id),
            Cell::Text(&clean(&place.name)),
            Cell::Text(&clean(&place.description)),
            Cell::Text(&path),
            Cell::Text(place.privacy.as_str()),
            Cell::Text(place.room_type.as_str()),
        ]);
    }
    INSERT.run(conn, rows).await.map(drop)
}
