//! German words.

/// German and English, sorted by nothing but use.
const WORDS: &[(&str, &str)] = &[
    // verbs
    ("zeig", "show"),
    ("zeige", "show"),
    ("zeigen", "show"),
    ("anzeigen", "show"),
    ("liste", "list"),
    ("auflisten", "list"),
    ("liest", "read"),
    ("lies", "read"),
    ("lese", "read"),
    ("lesen", "read"),
    ("öffne", "open"),
    ("öffnen", "open"),
    ("steht", "says"),
    ("suche", "search"),
    ("such", "search"),
    ("suchen", "search"),
    ("durchsuche", "search"),
    ("finde", "find"),
    ("finden", "find"),
    ("zähle", "count"),
    ("zähl", "count"),
    ("zählen", "count"),
    ("anzahl", "count"),
    ("fasse", "summarise"),
    ("zusammenfassen", "summarise"),
    ("zusammenfassung", "summary"),
    ("enthält", "contains"),
    ("enthalten", "contain"),
    ("vergleiche", "diff between"),
    ("vergleich", "diff between"),
    ("heißen", "called"),
    ("heißt", "called"),
    ("namens", "named"),
    ("vorkommen", "occurrences"),
    // questions
    ("wie", "how"),
    ("viele", "many"),
    ("was", "what"),
    ("wo", "where"),
    ("wer", "who"),
    ("welche", "which"),
    ("welcher", "which"),
    ("welches", "which"),
    ("welchem", "which"),
    ("welchen", "which"),
    ("hat", "has"),
    ("haben", "have"),
    ("ist", "is"),
    ("sind", "are"),
    ("gibt", "are"),
    // things
    ("datei", "file"),
    ("dateien", "files"),
    ("ordner", "folder"),
    ("verzeichnis", "directory"),
    ("verzeichnisse", "directories"),
    ("zeile", "line"),
    ("zeilen", "lines"),
    ("änderung", "changes"),
    ("änderungen", "changes"),
    ("geändert", "changed"),
    ("verändert", "changed"),
    ("passiert", "happened"),
    ("neues", "new"),
    ("verlauf", "history"),
    ("historie", "history"),
    ("committet", "committed"),
    ("uncommittet", "uncommitted"),
    ("zweig", "branch"),
    ("zustand", "status"),
    ("stand", "status"),
    ("unterschied", "diff"),
    ("unterschiede", "diff"),
    ("zwischen", "between"),
    ("gegenüber", "against"),
    ("projekt", "project"),
    ("projekts", "project"),
    ("hier", "here"),
    ("überall", "everywhere"),
    ("wort", "word"),
    ("wörter", "words"),
    ("inhalt", "content"),
    ("lizenz", "license"),
    ("bilder", "image"),
    ("bild", "image"),
    ("größte", "largest"),
    ("größten", "largest"),
    ("größter", "largest"),
    ("ältesten", "oldest"),
    // joints
    ("im", "in"),
    ("unter", "under"),
    ("aus", "from"),
    ("von", "of"),
    ("vom", "of"),
    ("nach", "for"),
    ("bis", "to"),
    ("seit", "since"),
    ("vor", "before"),
    ("am", "on"),
    ("und", "and"),
    ("dann", "then"),
    ("danach", "then"),
    ("anschließend", "then"),
    ("mit", "with"),
    ("der", "the"),
    ("die", "the"),
    ("das", "the"),
    ("den", "the"),
    ("dem", "the"),
    ("des", "the"),
    ("mir", "me"),
    ("mein", "my"),
    ("meine", "my"),
    ("meinen", "my"),
    ("alle", "all"),
    ("allen", "all"),
    ("aller", "all"),
    ("bitte", "please"),
    ("nicht", "not"),
    ("sie", "them"),
    ("es", "it"),
    ("ihn", "it"),
    ("diese", "this"),
    ("dieser", "this"),
    ("dieses", "this"),
    ("diesem", "this"),
    ("diesen", "this"),
    ("davon", "them"),
    ("deren", "their"),
    // time
    ("heute", "today"),
    ("gestern", "yesterday"),
    ("woche", "week"),
    ("wochen", "weeks"),
    ("tag", "day"),
    ("tage", "days"),
    ("tagen", "days"),
    ("monat", "month"),
    ("monate", "months"),
    ("monaten", "months"),
    ("jahr", "year"),
    ("jahre", "years"),
    ("letzte", "last"),
    ("letzten", "last"),
    ("letzter", "last"),
    ("letztes", "last"),
    ("kürzlich", "recently"),
    ("ersten", "first"),
    ("erste", "first"),
    ("zweite", "second"),
    ("zweiten", "second"),
    ("dritte", "third"),
    ("dritten", "third"),
    ("vierte", "fourth"),
    ("vierten", "fourth"),
    ("eins", "one"),
    ("zwei", "two"),
    ("drei", "three"),
    ("vier", "four"),
    ("fünf", "five"),
    ("sechs", "six"),
    ("sieben", "seven"),
    ("acht", "eight"),
    ("neun", "nine"),
    ("zehn", "ten"),
    // talk
    ("hallo", "hello"),
    ("servus", "hello"),
    ("moin", "hello"),
    ("hilfe", "help"),
    ("beispiele", "examples"),
    ("kannst", "can"),
    ("du", "you"),
    ("bist", "are"),
    ("abbrechen", "cancel"),
    ("abbruch", "cancel"),
    ("vergiss", "forget"),
    ("egal", "cancel"),
    ("lass", "cancel"),
    ("weiter", "more"),
    ("mehr", "more"),
    ("nochmal", "again"),
    ("ja", "yes"),
    ("nein", "no"),
    ("morgen", "morning"),
    ("guten", "good"),
];

/// The English word for a German one.
pub(in super::super) fn pivot(lower: &str) -> Option<&'static str> {
    let found = WORDS.iter().find(|(german, _)| *german == lower);
    found.map(|(_, english)| *english)
}

/// The words that a misspelt one may stand for.
pub(in super::super) fn known() -> impl Iterator<Item = (&'static str, &'static str)> {
    WORDS.iter().copied()
}

/// `Rust-Dateien` and `Markdowndateien`: the kind, and the rest.
pub(in super::super) fn compound(word: &str) -> Option<(&str, &str)> {
    let lower = word.to_lowercase();
    if lower.len() != word.len() {
        return None;
    }
    let ending = ["dateien", "datei"]
        .into_iter()
        .find(|e| lower.ends_with(e))?;
    let at = word.len() - ending.len();
    let kind = word.get(..at)?.trim_end_matches('-');
    (!kind.is_empty()).then_some((kind, word.get(at..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compounds_come_apart() {
        assert_eq!(compound("Rust-Dateien"), Some(("Rust", "Dateien")));
        assert_eq!(compound("Testdatei"), Some(("Test", "datei")));
        assert_eq!(compound("-Dateien"), None);
        assert_eq!(compound("İdatei"), None);
        assert_eq!(pivot("datei"), Some("file"));
    }
}
