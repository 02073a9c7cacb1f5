//! Prints the `OpenAPI` document: `cargo run -p weald-server --example openapi`.
#![expect(clippy::print_stdout, reason = "printing is its purpose")]

fn main() -> Result<(), serde_json::Error> {
    println!("{}", weald_server::openapi().to_pretty_json()?);
    Ok(())
}
