//! What comes out of each format, read by programs of others.

#![allow(clippy::unwrap_used)]

mod delivery;
mod forms;
mod nasty;
mod sample;
mod smtp;
mod stylesheets;
mod validators;
