//! How deep JSON nests, without parsing it.

use weald_domain::limits::JSON_DEPTH_MAX;

/// Whether JSON text nests deeper than the limit.
pub(super) fn too_deep(json: &[u8]) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                if depth > JSON_DEPTH_MAX {
                    return true;
                }
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(levels: usize) -> String {
        format!("{}{}", "[".repeat(levels), "]".repeat(levels))
    }

    #[test]
    fn sixty_four_levels_are_taken_and_one_more_is_not() {
        assert!(!too_deep(nested(64).as_bytes()));
        assert!(too_deep(nested(65).as_bytes()));
    }

    #[test]
    fn brackets_in_strings_do_not_nest() {
        let text = format!("[\"\\\"{}\"]", "[".repeat(100));
        assert!(!too_deep(text.as_bytes()));
        assert!(!too_deep("[]".repeat(100).as_bytes()));
    }
}
