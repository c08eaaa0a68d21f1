//! The command line: a file a command. What goes wrong is told in one line, with exit code 1.

mod admin;
mod audit;
mod compliance;
mod config;
mod demo;
mod files;
mod password;
mod pool;
mod preview;
mod serve;

use std::future::Future;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::{Config, Loaded, Overrides};
use crate::failure::Failure;
use crate::{bench, telemetry};

/// A persistent group chat server.
#[derive(Debug, Parser)]
#[command(name = "stoa", version, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// A command that reads this server's settings.
#[derive(Debug, Args)]
struct Set<T: Args> {
    #[command(flatten)]
    overrides: Overrides,
    #[command(flatten)]
    command: T,
}

/// A group of such commands.
#[derive(Debug, Args)]
struct Sets<T: Subcommand> {
    #[command(flatten)]
    overrides: Overrides,
    #[command(subcommand)]
    command: T,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Starts the server.
    Serve(Set<serve::Serve>),
    /// Accounts of administrators; also while the server runs.
    Admin(Sets<admin::Admin>),
    /// The audit log; also while the server runs.
    Audit(Sets<audit::AuditCommand>),
    /// The compliance archive; also while the server runs.
    Compliance(Sets<compliance::ComplianceCommand>),
    /// The files of rooms; also while the server runs.
    Files(Sets<files::FilesCommand>),
    /// This server's own settings.
    Config(Sets<config::ConfigCommand>),
    /// Settings of the whole pool, in the database; also while servers run.
    Pool(Sets<pool::Pool>),
    /// Fills an empty data folder with a sample company, to look at.
    Demo(Set<demo::Demo>),
    /// The load generator.
    Bench(bench::BenchArgs),
    /// Makes the previews of the image that it is given: a part of the server.
    #[command(hide = true)]
    Preview,
}

/// Runs what the command line says.
#[must_use]
pub fn run() -> ExitCode {
    let Cli { command } = Cli::parse();
    // Before anything speaks TLS. It fails only if it was done already.
    drop(rustls::crypto::ring::default_provider().install_default());
    let done = match command {
        Command::Serve(Set { overrides, command }) => command.run(&overrides),
        Command::Admin(Sets { overrides, command }) => command.run(&overrides),
        Command::Audit(Sets { overrides, command }) => command.run(&overrides),
        Command::Compliance(Sets { overrides, command }) => command.run(&overrides),
        Command::Files(Sets { overrides, command }) => command.run(&overrides),
        Command::Config(Sets { overrides, command }) => command.run(&overrides),
        Command::Pool(Sets { overrides, command }) => command.run(&overrides),
        Command::Demo(Set { overrides, command }) => command.run(&overrides),
        Command::Bench(arguments) => return bench::run(arguments),
        Command::Preview => preview::run(),
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
