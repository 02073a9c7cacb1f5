//! Makes sure that the folder of the web app exists, so that a build without it embeds nothing,
//! and that a new web app makes a new binary.

fn main() -> std::io::Result<()> {
    std::fs::create_dir_all("../../web/dist")?;
    println!("cargo::rerun-if-changed=../../web/dist");
    Ok(())
}
