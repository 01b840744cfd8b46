//! File names of others, made harmless.

/// The longest file name, in characters.
const NAME_LIMIT: usize = 120;

/// Removes from a file name what could deceive: folders, control characters, marks that change the text direction (with
/// one of them `cod.exe` is displayed as `exe.doc`), and leading dots. A name that is too long keeps its end, which has
/// the extension. Empty if nothing is left.
pub fn safe_file_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_bidi = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{61c}');
    let clean: String = name.chars().filter(|c| !c.is_control() && !is_bidi(*c)).collect();
    let clean = clean.trim().trim_start_matches('.').trim_end_matches(['.', ' ']);
    let length = clean.chars().count();
    if length <= NAME_LIMIT {
        return clean.to_owned();
    }
    let end = clean.rsplit_once('.').map(|(_, end)| end).filter(|end| end.chars().count() <= 10);
    match end {
        Some(end) => {
            let kept = NAME_LIMIT - end.chars().count() - 1;
            format!("{}.{end}", clean.chars().take(kept).collect::<String>())
        }
        None => clean.chars().take(NAME_LIMIT).collect(),
    }
}
