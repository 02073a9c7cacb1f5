//! The whole product with its tables in a PostgreSQL server of its own.

mod crashes;
mod outage;
mod start;
mod texts;
mod upkeep;
