//! `cargo run --release -p stoa-sqlite --example measure [SECONDS] [MESSAGES]`

#[path = "../../shared/measure.rs"]
mod measure;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let store = stoa_sqlite::open(folder.path()).await?;
    measure::measure(store).await
}
