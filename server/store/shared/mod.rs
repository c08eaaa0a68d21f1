//! The portable queries, each once. Both database crates include this folder; where the databases
//! differ it asks the crate's `dialect` (SQL) and `database` (connections).

mod access;
mod accounts;
mod append;
pub(crate) mod archive;
mod audit;
mod bulk;
mod calls;
mod chain;
mod cleanup;
mod create;
pub(crate) mod error;
mod files;
mod follows;
mod history;
mod imports;
mod joining;
mod leases;
mod lists;
mod queue;
mod scans;
mod sessions;
mod state;
mod storage;
mod store;
mod text;
mod unit;
