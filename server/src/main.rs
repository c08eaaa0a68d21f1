//! The binary `stoa`.

use std::process::ExitCode;

fn main() -> ExitCode {
    stoa_server::cli::run()
}
