<<<<<<< HEAD
//! The `genkan` command.
=======
>>>>>>> pages
fn main() {}
