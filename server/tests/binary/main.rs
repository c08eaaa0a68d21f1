//! The built binary, started as a person starts it.

#![allow(clippy::unwrap_used)]

mod audit;
mod beginning;
mod compliance;
mod database;
mod encrypted;
mod ending;
mod faulty;
mod files;
mod moto;
mod person;
mod previews;
mod process;
mod s3;
mod s3_faults;
mod scanning;
mod tus;
