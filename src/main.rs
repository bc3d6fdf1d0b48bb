//! The `genkan` command.
fn main() {}
