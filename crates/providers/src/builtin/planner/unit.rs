//! Counted things, and places, in a sentence.

use super::{language::Language, markdown::code};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    File,
    Folder,
    Line,
    Commit,
    Author,
}

impl Language {
    /// `1 file`, `2 Dateien`, `3 个文件`.
    pub(super) fn counted(self, count: usize, unit: Unit) -> String {
        let (english, german, chinese) = match unit {
            Unit::File => (["file", "files"], ["Datei", "Dateien"], "个文件"),
            Unit::Folder => (["folder", "folders"], ["Ordner", "Ordner"], "个文件夹"),
            Unit::Line => (["line", "lines"], ["Zeile", "Zeilen"], "行"),
            Unit::Commit => (["commit", "commits"], ["Commit", "Commits"], "次提交"),
            Unit::Author => (["author", "authors"], ["Person", "Personen"], "位作者"),
        };
        let [one, many] = self.pick(english, german, [chinese, chinese]);
        format!("{count} {}", if count == 1 { one } else { many })
    }

    /// The same, when there may be more.
    pub(super) fn at_least(self, counted: String, is_truncated: bool) -> String {
        if is_truncated {
            format!("{} {counted}", self.pick("at least", "mindestens", "至少"))
        } else {
            counted
        }
    }

    /// What a list leaves out, as its last line; empty when nothing.
    pub(super) fn rest(self, all: usize, shown: usize, is_truncated: bool) -> String {
        match (all.checked_sub(shown).filter(|rest| *rest > 0), self) {
            (Some(rest), Self::English) => format!("\n… and {rest} more.\n"),
            (Some(rest), Self::German) => format!("\n… und {rest} weitere.\n"),
            (Some(rest), Self::Chinese) => format!("\n…… 还有 {rest} 个。\n"),
            (None, _) if is_truncated => self
                .pick(
                    "\nThere is more; the list was cut.\n",
                    "\nEs gibt noch mehr; die Liste ist abgeschnitten.\n",
                    "\n还有更多；列表已截断。\n",
                )
                .to_owned(),
            (None, _) => String::new(),
        }
    }

    /// A folder as a thing.
    pub(super) fn place(self, path: &str) -> String {
        if path == "." {
            self.pick("the project", "das Projekt", "项目").to_owned()
        } else {
            code(path)
        }
    }

    /// A folder as a place.
    pub(super) fn within(self, path: &str) -> String {
        match (self, path) {
            (Self::German, ".") => "im Projekt".to_owned(),
            (Self::English | Self::German, _) => format!("in {}", self.place(path)),
            (Self::Chinese, _) => format!("{}中", self.place(path)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_and_places_fit_their_language() {
        let told = |language: Language| {
            let counted = language.counted(1, Unit::File);
            (
                language.at_least(counted, true),
                language.within("."),
                language.within("src"),
            )
        };
        let expected = |count: &str, project: &str, folder: &str| {
            (count.to_owned(), project.to_owned(), folder.to_owned())
        };
        assert_eq!(
            told(Language::English),
            expected("at least 1 file", "in the project", "in `src`")
        );
        assert_eq!(
            told(Language::German),
            expected("mindestens 1 Datei", "im Projekt", "in `src`")
        );
        assert_eq!(
            told(Language::Chinese),
            expected("至少 1 个文件", "项目中", "`src`中")
        );
    }
}
