//! Words of other languages, and misspelt ones, as the English words that the rules know.

pub(super) mod chinese;
pub(super) mod german;
pub(super) mod spelling;
