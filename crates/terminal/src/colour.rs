//! How much colour a stream may carry, and the few colours Weald uses.

/// What a person asked for (`--color`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColourChoice {
    /// Colour on a terminal.
    #[default]
    Auto,
    /// Colour always.
    Always,
    /// No colour.
    Never,
}

/// What a stream may carry, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum ColourLevel {
    /// Plain text.
    #[default]
    None,
    /// The sixteen colours of the terminal's own theme.
    Basic,
    /// 256 colours.
    Indexed,
    /// 24-bit colours.
    True,
}

/// What decides about colour; the caller reads it from flags and environment.
#[derive(Debug, Clone, Copy, Default)]
pub struct ColourSignals<'a> {
    /// `--color`, or `--no-color` as [`ColourChoice::Never`].
    pub choice: ColourChoice,
    /// `NO_COLOR`.
    pub no_color: Option<&'a str>,
    /// `CLICOLOR_FORCE`.
    pub force: Option<&'a str>,
    /// `TERM`.
    pub term: Option<&'a str>,
    /// `COLORTERM`.
    pub colorterm: Option<&'a str>,
}

impl ColourLevel {
    /// The level of a stream: flag, then `NO_COLOR`, then `CLICOLOR_FORCE`, then whether it is a
    /// terminal that knows colour.
    #[must_use]
    pub fn detect(signals: ColourSignals<'_>, stream: Stream) -> Self {
        let set = |value: Option<&str>| value.is_some_and(|text| !text.is_empty());
        let forced = signals.force.is_some_and(|text| !matches!(text, "" | "0"));
        let wanted = match signals.choice {
            ColourChoice::Never => false,
            ColourChoice::Always => true,
            ColourChoice::Auto if set(signals.no_color) => false,
            ColourChoice::Auto if forced => true,
            ColourChoice::Auto => {
                stream == Stream::Terminal && !matches!(signals.term, None | Some("" | "dumb"))
            }
        };
        if wanted {
            Self::of_terminal(signals)
        } else {
            Self::None
        }
    }

    fn of_terminal(signals: ColourSignals<'_>) -> Self {
        let term = signals.term.unwrap_or_default();
        match signals.colorterm {
            Some("truecolor" | "24bit") => Self::True,
            _ if term.ends_with("-direct") => Self::True,
            _ if term.contains("256color") => Self::Indexed,
            _ => Self::Basic,
        }
    }
}

/// Where a stream leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stream {
    /// A person looks at it.
    Terminal,
    /// A program or a file takes it.
    #[default]
    Other,
}

/// What a piece of text is, and so how it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// Names and links.
    Accent,
    /// What is beside the point: reasoning, times, hints.
    Dim,
    /// Headings.
    Strong,
    /// It worked.
    Good,
    /// It deserves a look.
    Warning,
    /// It failed.
    Bad,
}

impl Paint {
    /// The text with the colour around it, or bare at [`ColourLevel::None`].
    #[must_use]
    pub fn on(self, level: ColourLevel, text: &str) -> String {
        let code = match (self, level) {
            (_, ColourLevel::None) => return text.to_owned(),
            (Self::Accent, ColourLevel::True) => "38;2;62;158;120",
            (Self::Accent, ColourLevel::Indexed) => "38;5;72",
            (Self::Accent, ColourLevel::Basic) => "36",
            (Self::Dim, _) => "2",
            (Self::Strong, _) => "1",
            (Self::Good, _) => "32",
            (Self::Warning, _) => "33",
            (Self::Bad, _) => "31",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const XTERM: ColourSignals<'static> = ColourSignals {
        choice: ColourChoice::Auto,
        no_color: None,
        force: None,
        term: Some("xterm-256color"),
        colorterm: None,
    };

    #[test]
    fn a_pipe_gets_no_colour_unless_it_is_forced() {
        let force = ColourSignals {
            force: Some("1"),
            ..XTERM
        };
        let off = ColourSignals {
            force: Some("0"),
            ..XTERM
        };
        assert_eq!(ColourLevel::detect(XTERM, Stream::Other), ColourLevel::None);
        assert_eq!(ColourLevel::detect(off, Stream::Other), ColourLevel::None);
        assert_eq!(
            ColourLevel::detect(force, Stream::Other),
            ColourLevel::Indexed
        );
    }

    #[test]
    fn no_color_beats_force_and_the_flag_beats_both() {
        let both = ColourSignals {
            no_color: Some("1"),
            force: Some("1"),
            ..XTERM
        };
        let always = ColourSignals {
            choice: ColourChoice::Always,
            ..both
        };
        let never = ColourSignals {
            choice: ColourChoice::Never,
            no_color: None,
            ..both
        };
        let empty = ColourSignals {
            no_color: Some(""),
            ..XTERM
        };
        assert_eq!(
            ColourLevel::detect(both, Stream::Terminal),
            ColourLevel::None
        );
        assert_eq!(
            ColourLevel::detect(always, Stream::Other),
            ColourLevel::Indexed
        );
        assert_eq!(
            ColourLevel::detect(never, Stream::Terminal),
            ColourLevel::None
        );
        assert_eq!(
            ColourLevel::detect(empty, Stream::Terminal),
            ColourLevel::Indexed
        );
    }

    #[test]
    fn the_terminal_says_how_many_colours_it_has() {
        let level = |term, colorterm| {
            ColourLevel::detect(
                ColourSignals {
                    term,
                    colorterm,
                    ..XTERM
                },
                Stream::Terminal,
            )
        };
        assert_eq!(level(Some("dumb"), None), ColourLevel::None);
        assert_eq!(level(None, None), ColourLevel::None);
        assert_eq!(level(Some("xterm"), None), ColourLevel::Basic);
        assert_eq!(level(Some("xterm"), Some("truecolor")), ColourLevel::True);
    }

    #[test]
    fn plain_text_stays_plain() {
        assert_eq!(Paint::Bad.on(ColourLevel::None, "no"), "no");
        assert_eq!(Paint::Bad.on(ColourLevel::Basic, "no"), "\x1b[31mno\x1b[0m");
    }
}
