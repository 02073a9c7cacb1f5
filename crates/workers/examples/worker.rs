//! A program that is nothing but the built-in workers: `worker <id>`. Tests start it where the
//! product starts `weald worker run <id>`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let id = std::env::args().next_back().unwrap_or_default();
    Ok(weald_workers::run(&id)?)
}
