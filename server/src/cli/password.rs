//! Passwords come from standard input only: a command line is seen by everyone on the machine.

use std::io::{BufRead, IsTerminal, Write};

use crate::failure::Failure;

#[derive(Debug, clap::Args)]
pub struct Password {
    /// Reads the password, a line, from standard input.
    #[arg(long, required = true)]
    password_stdin: bool,
}

impl Password {
    pub fn read(&self) -> Result<String, Failure> {
        let mut input = std::io::stdin().lock();
        if self.password_stdin && std::io::stdin().is_terminal() {
            let mut out = std::io::stderr();
            drop(out.write_all(b"Password (it is shown while you type): ").and_then(|()| out.flush()));
        }
        let mut line = String::new();
        input.read_line(&mut line).map_err(|error| Failure::new(format!("the password can't be read: {error}")))?;
        let password = line.trim_end_matches(['\n', '\r']).to_owned();
        if password.is_empty() { Err(Failure::new("no password came on standard input: pipe it in, as a line")) } else { Ok(password) }
    }
}
