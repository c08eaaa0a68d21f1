//! The API with the real router and a real database: what it answers, refuses, and hides.

#![allow(clippy::unwrap_used)]

mod audit;
mod categories;
mod cleanup;
mod client;
mod cookies;
mod documents;
mod files;
mod forms;
mod groups;
mod handshake;
mod hidden;
mod import;
mod input;
mod limits;
mod order;
mod people;
mod pool;
mod preview;
mod principals;
mod problems;
mod rights;
mod rooms;
mod signing_in;
mod sites;
mod socket;
mod socket_input;
mod storage;
mod units;
mod uploads;
mod whom;
mod world;
