//! Parses the command line and hands over to the server.

use std::process::ExitCode;

use clap::Parser;
use handoff::server::{cli::Cli, run};
use tikv_jemallocator::Jemalloc;

#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    run(Cli::parse())
}
