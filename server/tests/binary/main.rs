//! The built binary, started as a person starts it.

#![allow(clippy::unwrap_used)]

mod audit;
mod beginning;
mod database;
mod encrypted;
mod ending;
mod files;
mod previews;
mod process;
