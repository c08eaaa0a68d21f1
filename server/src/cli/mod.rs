//! The command line: a file a command. What goes wrong is told in one line, with exit code 1.

mod admin;
mod config;
mod demo;
mod password;
mod pool;
mod serve;

use std::future::Future;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Config, Loaded, Overrides};
use crate::failure::Failure;
use crate::{bench, telemetry};

/// A persistent group chat server.
#[derive(Debug, Parser)]
#[command(name = "stoa", version, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    overrides: Overrides,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Starts the server.
    Serve(serve::Serve),
    /// Accounts of administrators; also while the server runs.
    #[command(subcommand)]
    Admin(admin::Admin),
    /// This server's own settings.
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Settings of the whole pool, in the database; also while servers run.
    #[command(subcommand)]
    Pool(pool::Pool),
    /// Fills an empty data folder with a sample company, to look at.
    Demo(demo::Demo),
    /// The load generator.
    Bench(bench::BenchArgs),
}

/// Runs what the command line says.
#[must_use]
pub fn run() -> ExitCode {
    let Cli { overrides, command } = Cli::parse();
    // Before anything speaks TLS. It fails only if it was done already.
    drop(rustls::crypto::ring::default_provider().install_default());
    let done = match command {
        Command::Serve(command) => command.run(&overrides),
        Command::Admin(command) => command.run(&overrides),
        Command::Config(command) => command.run(&overrides),
        Command::Pool(command) => command.run(&overrides),
        Command::Demo(command) => command.run(&overrides),
        Command::Bench(arguments) => return bench::run(arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("stoa: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a command that is asynchronous inside.
fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| Failure::new(format!("can't start: {error}")))?.block_on(work)
}

/// The settings for a command beside the server, whose own words matter more than its log.
fn load_quietly(overrides: &Overrides) -> Result<Loaded, Failure> {
    let mut loaded = Config::load(overrides, serde_json::json!({}))?;
    if loaded.config.log.level == "info" {
        loaded.config.log.level = "warn".to_owned();
    }
    telemetry::log(&loaded.config.log);
    Ok(loaded)
}
