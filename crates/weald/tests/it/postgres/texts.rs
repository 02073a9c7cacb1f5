//! Texts that PostgreSQL does not hold by itself.

use crate::{app::TestApp, command::Home, http::nul};

#[tokio::test]
async fn the_character_zero_is_kept_as_json_and_refused_elsewhere() {
    nul::means_the_same(&TestApp::start_in(Home::on_postgres()).await).await;
}
