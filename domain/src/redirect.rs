//! Allowed redirect targets after signing in.

/// The longest path, in bytes.
const LONGEST: usize = 512;

/// `path` if it is a path of this site. Any other target would be an open redirect. Control characters are refused,
/// because browsers remove some of them: `/`, TAB, `/evil.test` is another site to them.
pub fn own_path(path: &str) -> Option<&str> {
    let is_own = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(|c: char| c == '\\' || c.is_control())
        && path.len() < LONGEST;
    is_own.then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_redirected_to() {
        for foreign in ["https://evil.test", "//evil.test", "/\\evil.test", "evil", "/a\r\nSet-Cookie: x", ""] {
            assert_eq!(own_path(foreign), None, "{foreign}");
        }
        assert_eq!(own_path("/conversations/cnv_1?q=a"), Some("/conversations/cnv_1?q=a"));
    }

    #[test]
    fn a_path_has_fewer_than_512_bytes() {
        let path = |length: usize| format!("/{}", "a".repeat(length - 1));
        assert_eq!(own_path(&path(511)), Some(path(511).as_str()));
        assert_eq!(own_path(&path(512)), None);
        assert_eq!(own_path("/"), Some("/"));
        for foreign in ["/a\\b", "/a\nb", "/a\rb", "a/b", "/\t/evil.test", "/a\u{1}b", "/\u{7f}", "/a\u{85}b", "/\0"] {
            assert_eq!(own_path(foreign), None, "{foreign:?}");
        }
    }
}
