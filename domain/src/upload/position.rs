//! Whether a picture says where it was taken: a GPS part in its Exif data. Cameras put that into the first bytes.

/// The entry of the first directory that points at the GPS part.
const GPS: u16 = 0x8825;

/// Whether the picture that begins with these bytes has the place of its making in it. JPEG and PNG.
pub fn has_position(head: &[u8]) -> bool {
    exif(head).is_some_and(|exif| names_gps(exif) == Some(true))
}

/// The Exif data, without what stands before it.
fn exif(head: &[u8]) -> Option<&[u8]> {
    if head.starts_with(b"\xff\xd8") { in_jpeg(&head[2..]) } else { in_png(head.strip_prefix(b"\x89PNG\r\n\x1a\n")?) }
}

fn in_jpeg(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        let [0xff, marker, high, low, ..] = *rest else { return None };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let end = 2 + length;
        let segment = rest.get(4..end.min(rest.len()))?;
        if marker == 0xe1
            && let Some(exif) = segment.strip_prefix(b"Exif\0\0")
        {
            return Some(exif);
        }
        // The picture itself begins.
        if marker == 0xda {
            return None;
        }
        rest = rest.get(end..)?;
    }
}

fn in_png(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        let length = rest.get(..4).and_then(|four| four.try_into().ok()).map(u32::from_be_bytes)?;
        let kind = rest.get(4..8)?;
        let end = usize::try_from(length).ok()?.checked_add(8)?;
        if kind == b"eXIf" {
            return rest.get(8..end.min(rest.len()));
        }
        // After the content there are four bytes of a checksum.
        rest = rest.get(end.checked_add(4)?..)?;
    }
}

fn names_gps(exif: &[u8]) -> Option<bool> {
    let is_little = match exif.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let two = |at: usize| {
        let bytes: [u8; 2] = exif.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if is_little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let four = |at: usize| {
        let bytes: [u8; 4] = exif.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if is_little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    };
    let directory = usize::try_from(four(4)?).ok()?;
    let count = usize::from(two(directory)?);
    let mut entries = (0..count).map_while(|nth| two(directory.checked_add(2 + nth * 12)?));
    Some(entries.any(|tag| tag == GPS))
}
