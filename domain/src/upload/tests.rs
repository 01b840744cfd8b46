//! Limits, types, codecs, names and positions, each by bytes as programs write them.

use proptest::prelude::*;

use super::*;

fn part(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len() + 8).expect("small");
    [length.to_be_bytes().as_slice(), kind, content].concat()
}

fn track(handler: &[u8; 4], codec: &[u8; 4]) -> Vec<u8> {
    let samples = [[0; 4].as_slice(), &1u32.to_be_bytes(), &part(codec, &[0; 70])].concat();
    let table = part(b"stbl", &part(b"stsd", &samples));
    let handler = part(b"hdlr", &[[0; 8].as_slice(), handler, &[0; 13]].concat());
    let media = part(b"mdia", &[part(b"mdhd", &[0; 24]), handler, part(b"minf", &table)].concat());
    part(b"trak", &[part(b"tkhd", &[0; 84]), media].concat())
}

/// The kind and the codec of a track.
type Track = (&'static [u8; 4], &'static [u8; 4]);

/// A file of this brand with these tracks, whose description stands at the end.
fn film(brand: &[u8; 4], tracks: &[Track]) -> Vec<u8> {
    let tracks: Vec<u8> = tracks.iter().flat_map(|(handler, codec)| track(handler, codec)).collect();
    let description = part(b"moov", &[part(b"mvhd", &[0; 100]), tracks].concat());
    // A length of 64 bits, as cameras write it.
    let content = [1u32.to_be_bytes().as_slice(), b"mdat", &(16u64 + 5_000).to_be_bytes(), &[7; 5_000]].concat();
    [part(b"ftyp", &[brand.as_slice(), &[0; 8]].concat()), content, description].concat()
}

fn scanned(file: &[u8], step: usize) -> Tracks {
    let mut scan = Mp4Scan::default();
    file.chunks(step).for_each(|piece| scan.push(piece));
    scan.tracks().clone()
}

fn checked(file: &[u8], name: &str, size: u64, send_as: SendAs) -> Result<AcceptedFile, FileRefusal> {
    let head = &file[..file.len().min(HEAD)];
    let tracks = needs_scan(sniff(head, name)).then(|| scanned(file, 1_000));
    check(head, name, size, tracks.as_ref(), send_as)
}

const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0";
const WEBP: &[u8] = b"RIFF\x24\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\x01\0\xff\x01\0";
const MOVING: &[u8] = b"RIFF\x24\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\xff\x01\0\xff\x01\0";
const OPUS: &[u8] = b"OggS\0\x02\0\0\0\0\0\0\0\0FFOH\0\0\0\0\0\0\0\0\x01\x13OpusHead";

#[test]
fn the_first_bytes_decide_and_the_name_only_between_archives() {
    let table: [(&[u8], &str, FileType); 21] = [
        (JPEG, "a.png", FileType::Jpeg),
        (PNG, "a.exe", FileType::Png),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x10\x02\0\0\0", "", FileType::PngDeep),
        (WEBP, "", FileType::Webp),
        (MOVING, "", FileType::WebpMoving),
        (b"RIFF\x24\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\x03\0\xff\x01\0", "", FileType::WebpPicture),
        (b"RIFF\x24\0\0\0WEBPVP8L\x0a\0\0\0\x2f\xff\xc1\x7f\0", "", FileType::Webp),
        (b"GIF89a\x01\0", "a.jpg", FileType::Gif),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "", FileType::Heic),
        (b"\0\0\0\x14ftypqt  \0\0\0\0", "a.mp4", FileType::QuickTime),
        (b"\0\0\0\x1cftypM4A \0\0\0\0", "", FileType::M4a),
        (b"\0\0\0\x1cftyp3gp5\0\0\0\0", "", FileType::ThreeGp),
        (OPUS, "", FileType::OggOpus),
        (b"\xff\xf1\x50\x80", "", FileType::Aac),
        (b"\xff\xfb\x90\x64", "", FileType::Mp3),
        (b"%PDF-1.7", "a.html", FileType::Pdf),
        (b"PK\x03\x04\x14\0", "list.XLSX", FileType::Excel),
        (b"PK\x03\x04\x14\0", "photo.jpg", FileType::Zip),
        (b"MZ\x90\0\x03", "photo.jpg", FileType::Unknown),
        ("Grüße".as_bytes(), "photo.jpg", FileType::Text),
        (&"Grüße".as_bytes()[..3], "", FileType::Text),
    ];
    for (head, name, expected) in table {
        assert_eq!(sniff(head, name), expected, "{name} {head:?}");
    }
}

#[test]
fn what_runs_in_a_browser_is_never_a_type_that_is_shown() {
    // A picture with a page behind its head is a picture; a page with a picture behind it is a text.
    let picture = [JPEG, b"<script>alert(1)</script>"].concat();
    assert_eq!(checked(&picture, "a.html", 40, SendAs::Itself).expect("a picture").found.mime(), "image/jpeg");
    for page in ["<html><script>alert(1)</script>", "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"x()\"/>"] {
        let file = checked(page.as_bytes(), "a.jpg", 40, SendAs::Itself).expect("a document");
        assert_eq!((file.kind, file.found.mime()), (FileKind::Document, "text/plain"));
    }
    let archive = [b"PK\x03\x04".as_slice(), JPEG, b"<html>"].concat();
    assert_eq!(checked(&archive, "a.jpg", 40, SendAs::Itself).expect("a document").kind, FileKind::Document);
}

#[test]
fn each_kind_has_metas_limit_and_a_way_out() {
    let film = film(b"isom", &[(b"vide", b"avc1"), (b"soun", b"mp4a")]);
    let table: [(&[u8], FileKind, u64, &str); 6] = [
        (JPEG, FileKind::Image, 5 * MB, "pictures up to 5 MB"),
        (&film, FileKind::Video, 16 * MB, "videos up to 16 MB"),
        (OPUS, FileKind::Audio, 16 * MB, "sounds up to 16 MB"),
        (WEBP, FileKind::Sticker, 100 * KB, "stickers up to 100 KB"),
        (MOVING, FileKind::Sticker, 500 * KB, "stickers up to 500 KB"),
        (b"%PDF-1.7", FileKind::Document, 100 * MB, "up to 100 MB"),
    ];
    for (file, kind, limit, words) in table {
        assert_eq!(checked(file, "a", limit, SendAs::Itself).map(|file| file.kind), Ok(kind));
        let refusal = checked(file, "a", limit + 1, SendAs::Itself).expect_err("too large");
        assert!(refusal.words().contains(words), "{}", refusal.words());
        let is_document = kind == FileKind::Document;
        assert_eq!(refusal.has_way_out(), !is_document);
        assert_eq!(refusal.words().contains("as a document"), !is_document);
        assert_eq!(checked(file, "a", limit + 1, SendAs::Document).is_ok(), !is_document);
    }
    let large = checked(b"%PDF-1.7", "a", 101 * MB, SendAs::Itself).expect_err("too large").words();
    assert!(large.contains("101 MB") && large.contains("up to 100 MB") && large.contains("link"), "{large}");
    for send_as in [SendAs::Itself, SendAs::Document] {
        let empty = checked(b"", "a.jpg", 0, send_as).expect_err("empty");
        assert_eq!((empty, empty.has_way_out()), (FileRefusal::Empty, false));
    }
}

#[test]
fn a_video_is_taken_by_its_codecs_wherever_they_are_named() {
    let table: [(&[u8; 4], &[Track], &str); 7] = [
        (b"isom", &[(b"vide", b"avc1"), (b"soun", b"mp4a")], ""),
        (b"3gp5", &[(b"vide", b"avc1")], ""),
        (b"isom", &[(b"vide", b"hvc1"), (b"soun", b"mp4a")], "H.264 videos only, and this one is H.265 (HEVC)"),
        (b"mp42", &[(b"vide", b"avc1"), (b"soun", b"Opus")], "AAC sound only, and this one has Opus"),
        (b"mp42", &[(b"vide", b"avc1"), (b"soun", b"mp4a"), (b"soun", b"mp4a")], "one sound track, and this one has 2"),
        (b"mp42", &[(b"vide", b"\0<b>")], "this one is “??b?”"),
        (b"mp42", &[], "its video can't be read"),
    ];
    for (brand, tracks, words) in table {
        let file = film(brand, tracks);
        let found = checked(&file, "a.mp4", 7_000, SendAs::Itself);
        match found {
            Ok(found) => assert_eq!((found.kind, words), (FileKind::Video, "")),
            Err(refusal) => {
                assert!(!words.is_empty() && refusal.words().contains(words), "{}", refusal.words());
                assert!(refusal.has_way_out());
            }
        }
        assert_eq!(checked(&file, "a.mp4", 7_000, SendAs::Document).map(|file| file.kind), Ok(FileKind::Document));
    }
    let sound = film(b"isom", &[(b"soun", b"mp4a")]);
    assert_eq!(checked(&sound, "a.mp4", 7_000, SendAs::Itself).map(|file| file.found), Ok(FileType::M4a));
}

#[test]
fn pictures_that_phones_do_not_show_say_so() {
    for (head, noun, is_redrawable) in
        [(b"\0\0\0\x18ftypheic\0\0\0\0".as_slice(), "HEIC", true), (b"GIF89a\x01\0".as_slice(), "GIF", false)]
    {
        let refusal = checked(head, "a", 900, SendAs::Itself).expect_err("not shown");
        assert!(refusal.words().contains(noun) && refusal.has_way_out(), "{refusal:?}");
        assert_eq!(refusal.is_redrawable(), is_redrawable, "{refusal:?}");
    }
    assert!(!FileRefusal::OtherType { found: FileType::Wav }.is_redrawable());
}

#[test]
fn a_recording_may_be_webm_or_opus_and_has_a_limit_of_its_own() {
    let webm = b"\x1a\x45\xdf\xa3 and what was recorded";
    assert_eq!(checked(webm, "a", LARGEST_RECORDING, SendAs::Voice).map(|file| file.kind), Ok(FileKind::Voice));
    for (file, size, way_out) in [
        (webm.as_slice(), LARGEST_RECORDING + 1, "Record a shorter one."),
        (b"\0\0\0\x10ftypM4A \0\0\0\0".as_slice(), 16, "Use another browser, or attach an audio file."),
    ] {
        let refusal = checked(file, "a", size, SendAs::Voice).expect_err("no voice message");
        assert!(refusal.words().ends_with(way_out), "{}", refusal.words());
        assert!(!refusal.has_way_out() && !refusal.is_redrawable(), "it is no document either");
    }
}

#[test]
fn meta_gets_types_of_its_reference_only() {
    assert_eq!(type_at_meta(FileType::Jpeg, 5 * MB), "image/jpeg");
    assert_eq!(type_at_meta(FileType::Jpeg, 5 * MB + 1), "text/plain", "as a document");
    assert_eq!(type_at_meta(FileType::OggOpus, 10), "audio/ogg; codecs=opus");
    for other in [FileType::Heic, FileType::Zip, FileType::Unknown, FileType::Wav] {
        assert_eq!(type_at_meta(other, 10), "text/plain");
    }
}

#[test]
fn names_with_paths_and_marks_become_plain() {
    for (name, plain) in [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ana\\menu.pdf", "menu.pdf"),
        ("\u{202e}fdp.exe", "fdp.exe"),
        ("a\0b\r\n.pdf", "ab.pdf"),
        ("...", ""),
        ("/", ""),
    ] {
        assert_eq!(safe_file_name(name), plain, "{name:?}");
    }
    let long = safe_file_name(&format!("{}.docx", "x".repeat(500)));
    assert!(long.chars().count() == 120 && long.ends_with("x.docx"));
}

/// Exif data whose first directory has these entries.
fn exif(tags: &[u16]) -> Vec<u8> {
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    bytes.extend(u16::try_from(tags.len()).expect("few").to_le_bytes());
    for tag in tags {
        bytes.extend(tag.to_le_bytes());
        bytes.extend([0; 10]);
    }
    bytes
}

#[test]
fn the_position_in_a_picture_is_found() {
    let jpeg = |tags: &[u16]| {
        let data = [b"Exif\0\0".as_slice(), &exif(tags)].concat();
        let length = u16::try_from(data.len() + 2).expect("small").to_be_bytes();
        [b"\xff\xd8\xff\xe0\0\x04JF\xff\xe1".as_slice(), &length, &data, b"\xff\xda\0\x02"].concat()
    };
    let png = |tags: &[u16]| {
        let data = exif(tags);
        let length = u32::try_from(data.len()).expect("small").to_be_bytes();
        [b"\x89PNG\r\n\x1a\n\0\0\0\x01IHDRx1234".as_slice(), &length, b"eXIf", &data].concat()
    };
    assert!(has_position(&jpeg(&[0x010f, 0x8825])) && has_position(&png(&[0x8825])));
    assert!(!has_position(&jpeg(&[0x010f])) && !has_position(&png(&[])) && !has_position(JPEG));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_scan_does_not_depend_on_its_pieces(step in 1usize..3_000) {
        let file = film(b"isom", &[(b"vide", b"hvc1"), (b"soun", b"mp4a")]);
        prop_assert_eq!(scanned(&file, step), Tracks { video: vec![*b"hvc1"], audio: vec![*b"mp4a"] });
    }

    #[test]
    fn any_bytes_are_checked_without_a_fault(tail in prop::collection::vec(any::<u8>(), 0..400), cut in 0usize..6_000) {
        let film = film(b"isom", &[(b"vide", b"avc1")]);
        let file = [&film[..cut.min(film.len())], tail.as_slice()].concat();
        let _either = checked(&file, "a.mp4", file.len() as u64, SendAs::Itself);
        let _either = has_position(&[b"\xff\xd8".as_slice(), &file].concat());
    }
}

#[test]
fn a_file_without_bytes_or_of_sixteen_bits_a_colour_is_refused() {
    let check = |head: &[u8], size| check(head, "a.png", size, None, SendAs::Itself);
    assert_eq!((check(PNG, 0), check(&[], 5)), (Err(FileRefusal::Empty), Err(FileRefusal::Empty)));
    let deep = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x10\x02\0\0\0";
    assert_eq!(check(deep, 100), Err(FileRefusal::DeepPng));
}

#[test]
fn only_containers_of_films_are_scanned() {
    assert!(needs_scan(FileType::Mp4) && needs_scan(FileType::ThreeGp));
    assert!(!needs_scan(FileType::Jpeg) && !needs_scan(FileType::Webm));
}

#[test]
fn pictures_and_documents_are_told_apart_by_brand_and_ending() {
    for (brand, found) in [
        (b"avif", FileType::Avif),
        (b"avis", FileType::Avif),
        (b"heic", FileType::Heic),
        (b"qt  ", FileType::QuickTime),
    ] {
        assert_eq!(sniff(&film(brand, &[])[..64], "a"), found);
    }
    let compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice();
    for (head, name, found) in [
        (b"PK\x03\x04".as_slice(), "a.DOCX", FileType::Word),
        (b"PK\x03\x04", "a.pptx", FileType::PowerPoint),
        (b"PK\x03\x04", "a.zip", FileType::Zip),
        (compound, "a.doc", FileType::WordOld),
        (compound, "a.xls", FileType::ExcelOld),
        (compound, "a.ppt", FileType::PowerPointOld),
        (compound, "a.msi", FileType::Unknown),
    ] {
        assert_eq!(sniff(head, name), found, "{name}");
    }
}

#[test]
fn a_plain_webp_of_512_pixels_a_side_is_a_sticker() {
    let webp = |width: u16, height: u16| {
        let mut head = b"RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0\0\0\0\x9d\x01\x2a".to_vec();
        // The upper two bits scale it.
        head.extend((width | 0x4000).to_le_bytes());
        head.extend((height | 0x8000).to_le_bytes());
        sniff(&head, "")
    };
    assert_eq!(webp(512, 512), FileType::Webp);
    assert_eq!((webp(512, 511), webp(256, 512)), (FileType::WebpPicture, FileType::WebpPicture));
    assert_eq!(sniff(b"RIFF\x24\0\0\0WAVEfmt ", ""), sniff(b"RIFF\x24\0\0\0WAVEfmt ", "a.wav"));
    assert_ne!(sniff(b"RIFF\x24\0\0\0AVI LIST", ""), FileType::Webp);
}

#[test]
fn what_only_resembles_a_known_file_is_unknown() {
    for head in
        [b"RIFF\x24\0\0\0AVI LIST".as_slice(), b"XXXX\x24\0\0\0WEBPVP8X", b"XXXX\x24\0\0\0WAVEfmt ", b"a\x01b", b""]
    {
        assert_eq!(sniff(head, "a"), FileType::Unknown, "{head:?}");
    }
    assert_eq!(sniff(b"a\tb\r\nc\x0c", "a"), FileType::Text);
    let wide = b"RIFF\x24\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\x01\x01\xff\x01\0";
    assert_eq!(sniff(wide, "a"), FileType::WebpPicture, "66,048 pixels wide");
}
