//! The `genkan` command.
#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    genkan::cli::run()
}
