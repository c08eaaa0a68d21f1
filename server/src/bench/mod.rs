//! `stoa bench`: a load generator over the public API, and the limit that it is measured against.
//!
//! It knows the API and nothing of the server's inside, so what it measures is what a client
//! gets. Everything here runs on the calling thread: the generator has one core and must not
//! be what is measured. Call [`run`] outside of an asynchronous runtime.

mod chat;
mod failure;
mod files;
mod frame;
mod history;
mod http;
mod limit;
mod page;
mod process;
mod report;
mod table;
mod world;

use std::process::ExitCode;

use failure::Failure;

#[derive(Debug, clap::Args)]
pub struct BenchArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Many clients post and receive: deliveries per second, delays, CPU and memory.
    Chat(chat::ChatArgs),
    /// Fills a room with messages and reads chunks of its history at random places.
    History(history::HistoryArgs),
    /// Asks for a room's page, one request after another.
    Page(page::PageArgs),
    /// Sends and fetches files, large ones beside a plain server and many slow ones beside chat.
    Files(files::FilesArgs),
    /// The limit for files: a plain server that writes what comes to a folder, and gives it out again.
    Plain(files::PlainArgs),
    /// The limit: a server that keeps nothing and only passes messages on.
    Limit(limit::LimitArgs),
    /// Prints the table of goals from the reports of several runs.
    Table(table::TableArgs),
}

/// Runs a command of `stoa bench`. Fails when a measurement can't be made, and when what was
/// delivered isn't what was acknowledged.
#[must_use]
pub fn run(args: BenchArgs) -> ExitCode {
    let done = match args.command {
        Command::Chat(args) => chat::run(&args),
        Command::History(args) => history::run(&args),
        Command::Page(args) => page::run(&args),
        Command::Files(args) => files::run(&args),
        Command::Plain(args) => files::plain(&args),
        Command::Limit(args) => limit::run(&args),
        Command::Table(args) => table::run(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(why)) => {
            eprintln!("stoa bench: {why}");
            ExitCode::FAILURE
        }
    }
}
