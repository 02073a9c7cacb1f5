//! `database.url`: an address that is shown everywhere without its password, and may have one only
//! in its variable, which other users do not see.

use weald_api::config::ConfigSource;
use weald_store::{AddressError, DatabaseAddress};

use super::{Layered, setting};
use crate::environment::Environment;

/// The key of the setting.
pub(crate) const KEY: &str = "database.url";
/// What to do about an address that does not fit.
pub(crate) const HINT: &str = "write for example `postgres://weald@localhost/weald`; a password \
     goes into the variable PGPASSWORD, the file ~/.pgpass, or the address in the variable \
     WEALD_DATABASE__URL";

/// Whether an address may stand where others can read it.
pub(super) fn check(text: &str) -> Result<(), String> {
    let address = DatabaseAddress::postgres(text).map_err(|error| error.to_string())?;
    if address.has_password() {
        return Err("a setting never holds a password".into());
    }
    Ok(())
}

/// An address without its password.
pub(super) fn shown(text: &str) -> Result<String, String> {
    let address = DatabaseAddress::postgres(text).map_err(|error| error.to_string())?;
    Ok(address.shown().unwrap_or_default())
}

impl Layered {
    /// Where the tables are. The layers hold the address without a password: what its variable
    /// says is read here once more.
    pub(crate) fn database(&self, env: &Environment) -> Result<DatabaseAddress, AddressError> {
        let said = self.explain(KEY).unwrap_or_default();
        let Some((source, text)) = said
            .first()
            .and_then(|winner| Some((winner.source, winner.value.as_str()?)))
        else {
            return Ok(DatabaseAddress::Sqlite);
        };
        let variable = setting(KEY).map(|setting| setting.variable());
        let whole = variable
            .as_deref()
            .filter(|_| source == ConfigSource::Environment)
            .and_then(|variable| env.variable(variable));
        DatabaseAddress::postgres(whole.unwrap_or(text))
    }
}
