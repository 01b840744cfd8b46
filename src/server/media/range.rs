//! Parses one `Range` of bytes (RFC 9110, 14.2). Several ranges, other units and invalid values are ignored, as the
//! standard allows.

use std::ops::Range;

/// The part of a file that a `Range` header asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Whole,
    Part(Range<u64>),
    /// The range begins after the end of the file: 416.
    Nothing,
}

pub(super) fn wanted(header: Option<&str>, size: u64) -> Wanted {
    let Some((first, last)) = header.and_then(|header| header.trim().strip_prefix("bytes=")?.split_once('-')) else {
        return Wanted::Whole;
    };
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<u64>().unwrap_or(u64::MAX))
    };
    match (first.trim(), last.trim()) {
        ("", last) => match number(last) {
            None => Wanted::Whole,
            Some(_) if size == 0 => Wanted::Nothing,
            Some(0) => Wanted::Nothing,
            Some(last) => Wanted::Part(size.saturating_sub(last)..size),
        },
        (first, last) => {
            let Some(first) = number(first) else { return Wanted::Whole };
            let end = match last {
                "" => Some(u64::MAX),
                last => number(last),
            };
            match end {
                Some(end) if end >= first && first < size => Wanted::Part(first..end.saturating_add(1).min(size)),
                Some(end) if end >= first => Wanted::Nothing,
                _ => Wanted::Whole,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_read_like_the_standard_says() {
        for (header, meant) in [
            ("bytes=0-0", Wanted::Part(0..1)),
            ("bytes=0-", Wanted::Part(0..100)),
            ("bytes=10-1000", Wanted::Part(10..100)),
            ("bytes=-30", Wanted::Part(70..100)),
            ("bytes=-300", Wanted::Part(0..100)),
            ("bytes=99-99999999999999999999", Wanted::Part(99..100)),
            ("bytes=100-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=5-2", Wanted::Whole),
            ("bytes=1-2,4-5", Wanted::Whole),
            ("bytes=a-b", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
            ("items=1-2", Wanted::Whole),
        ] {
            assert_eq!(wanted(Some(header), 100), meant, "{header}");
        }
        assert_eq!(wanted(Some("bytes=0-"), 0), Wanted::Nothing);
        assert_eq!(wanted(None, 100), Wanted::Whole);
    }
}
