//! Runs a command of the command line: reads the configuration, starts logging and the runtime.

use std::process::ExitCode;

use tracing_subscriber::EnvFilter;

use super::{
    admin,
    cli::{Cli, CliCommand},
    clock::{Clock, Entropy},
    config::{Config, LogFormat, Purpose},
    demo, gateway, private_files,
    serve::{BoxError, end_after_signal, serve},
    services::{Services, StartError},
};

/// Bytes of stack of each thread of the runtime. Without optimisation, rendering a page and a turn of the bot take more
/// than the usual two MiB, and a stack that overflows ends the whole server.
const STACK: usize = 16 * 1024 * 1024;

/// Runs a command to its end. Exit code 2: the configuration or the command line is wrong; 1: something else failed.
pub fn run(cli: Cli) -> ExitCode {
    private_files::restrict_new_files();
    let purpose = match cli.command {
        CliCommand::Demo | CliCommand::Simulator => Purpose::Demo,
        CliCommand::Serve | CliCommand::Migrate | CliCommand::Admin(_) => Purpose::Serve,
    };
    let config = match Config::load(purpose) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("handoff: {error}");
            return ExitCode::from(2);
        }
    };
    start_logging(config.log_format);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("handoff: couldn't start the runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    if matches!(cli.command, CliCommand::Serve | CliCommand::Demo) {
        end_after_signal();
    }
    let ended = runtime.block_on(carry_out(cli.command, config));
    // Does not wait for work that never ends.
    runtime.shutdown_background();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("handoff: {error}");
            match error.downcast_ref::<StartError>() {
                Some(start) if start.is_configuration() => ExitCode::from(2),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

async fn carry_out(command: CliCommand, config: Config) -> Result<(), BoxError> {
    match command {
        CliCommand::Serve => serve(config).await,
        CliCommand::Demo => demo::run(config).await,
        CliCommand::Simulator => demo::simulator_alone(&config).await,
        CliCommand::Migrate => {
            Services::build(&config, Clock::real(), Entropy::real(), gateway::Timeouts::default()).await?;
            println!("The database is up to date.");
            Ok(())
        }
        CliCommand::Admin(command) => admin::run(command, &config).await,
    }
}

/// The log filter: `chosen` in the syntax of `RUST_LOG`, or the default. `genai` is always off, because it logs the
/// model's answers in full; our own log of a failed turn contains no text.
pub fn log_filter(chosen: Option<&str>) -> EnvFilter {
    let filter = EnvFilter::new(chosen.unwrap_or("info,tower_http=warn,sqlx=warn"));
    match "genai=off".parse() {
        Ok(silent) => filter.add_directive(silent),
        Err(_) => filter,
    }
}

fn start_logging(format: LogFormat) {
    let chosen = std::env::var("RUST_LOG").ok().filter(|chosen| !chosen.is_empty());
    let builder = tracing_subscriber::fmt().with_env_filter(log_filter(chosen.as_deref())).with_writer(std::io::stderr);
    let started = match format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    if let Err(error) = started {
        eprintln!("handoff: couldn't start logging: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn model_texts_are_never_logged() {
        for chosen in [None, Some("trace"), Some("debug,genai=trace"), Some("genai=debug")] {
            let filter = log_filter(chosen).to_string();
            assert!(filter.contains("genai=off") && !filter.contains("genai=trace"), "{filter}");
        }
    }
}
