//! Parses one `Range` of bytes (RFC 9110, 14.2). Several ranges, other units and invalid values are ignored, as the
//! standard allows.

use std::ops::Range;

/// The part of a file that a `Range` header asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RequestedRange {
    Whole,
    Part(Range<u64>),
    /// The range begins after the end of the file: 416.
    Unsatisfiable,
}

pub(super) fn requested_range(header: Option<&str>, size: u64) -> RequestedRange {
    let Some((first, last)) = header.and_then(|header| header.trim().strip_prefix("bytes=")?.split_once('-')) else {
        return RequestedRange::Whole;
    };
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<u64>().unwrap_or(u64::MAX))
    };
    match (first.trim(), last.trim()) {
        ("", last) => match number(last) {
            None => RequestedRange::Whole,
            Some(_) if size == 0 => RequestedRange::Unsatisfiable,
            Some(0) => RequestedRange::Unsatisfiable,
            Some(last) => RequestedRange::Part(size.saturating_sub(last)..size),
        },
        (first, last) => {
            let Some(first) = number(first) else { return RequestedRange::Whole };
            let end = match last {
                "" => Some(u64::MAX),
                last => number(last),
            };
            match end {
                Some(end) if end >= first && first < size => {
                    RequestedRange::Part(first..end.saturating_add(1).min(size))
                }
                Some(end) if end >= first => RequestedRange::Unsatisfiable,
                _ => RequestedRange::Whole,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_parsed_as_in_rfc_9110() {
        for (header, expected) in [
            ("bytes=0-0", RequestedRange::Part(0..1)),
            ("bytes=0-", RequestedRange::Part(0..100)),
            ("bytes=10-1000", RequestedRange::Part(10..100)),
            ("bytes=-30", RequestedRange::Part(70..100)),
            ("bytes=-300", RequestedRange::Part(0..100)),
            ("bytes=99-99999999999999999999", RequestedRange::Part(99..100)),
            ("bytes=100-", RequestedRange::Unsatisfiable),
            ("bytes=-0", RequestedRange::Unsatisfiable),
            ("bytes=5-2", RequestedRange::Whole),
            ("bytes=1-2,4-5", RequestedRange::Whole),
            ("bytes=a-b", RequestedRange::Whole),
            ("bytes=-", RequestedRange::Whole),
            ("items=1-2", RequestedRange::Whole),
        ] {
            assert_eq!(requested_range(Some(header), 100), expected, "{header}");
        }
        assert_eq!(requested_range(Some("bytes=0-"), 0), RequestedRange::Unsatisfiable);
        assert_eq!(requested_range(None, 100), RequestedRange::Whole);
    }
}
