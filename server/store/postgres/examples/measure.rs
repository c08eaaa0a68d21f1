//! `cargo run --release -p stoa-postgres --example measure [SECONDS] [MESSAGES]`

#[path = "../../shared/measure.rs"]
mod measure;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = stoa_postgres::testing::PostgresServer::start();
    let store = stoa_postgres::connect(&server.database().await, 5).await?;
    measure::measure(store).await
}
