//! The built binary, started as a person starts it.

mod beginning;
mod encrypted;
mod ending;
mod process;
