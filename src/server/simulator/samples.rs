//! Files and cards that a phone can send without having any: made up byte by byte, so that nothing is bundled.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    Simulator,
    inbound::SayError,
    pictures,
    world::{INBOUND_LIFE_MS, Media},
};

/// A made-up file.
pub(super) struct Sample {
    mime: &'static str,
    filename: &'static str,
    bytes: Vec<u8>,
}

impl Simulator {
    /// The wire's media object: of the uploaded file `id`, or of a fresh sample.
    pub(super) fn file(&self, id: Option<&str>, sample: fn() -> Sample) -> Result<Value, SayError> {
        let now = self.inner.now();
        let mut world = self.inner.world();
        let id = match id {
            Some(id) => id.to_owned(),
            None => {
                let Sample { mime, filename, bytes } = sample();
                world.keep_media(mime, Some(filename.to_owned()), Bytes::from(bytes), now, INBOUND_LIFE_MS)
            }
        };
        let media = world.media(&id, now).ok_or_else(|| SayError::NoMedia(id.clone()))?;
        let mut body = json!({"id": id, "mime_type": media.mime,
            "sha256": STANDARD.encode(Sha256::digest(&media.bytes))});
        // The address is a recent addition at Meta; without a listener there is none to give.
        if let Some(base) = self.base_url() {
            let path = world.link(&id, now);
            body["url"] = format!("{base}{path}").into();
        }
        Ok(body)
    }

    /// The name an uploaded file came with.
    pub(super) fn filename(&self, body: &Value) -> Option<String> {
        let id = body["id"].as_str()?;
        let named = |media: &Media| media.filename.clone();
        self.inner.world().media(id, self.inner.now()).and_then(named)
    }
}

/// A landscape of 320 by 200.
pub(super) fn picture() -> Sample {
    Sample { mime: "image/png", filename: "picture.png", bytes: pictures::landscape_png() }
}

/// A yellow face on a clear ground.
pub(super) fn sticker() -> Sample {
    Sample { mime: "image/webp", filename: "sticker.webp", bytes: pictures::face_webp() }
}

/// Three seconds of silence in Opus, 20 ms a packet.
pub(super) fn voice() -> Sample {
    const SECONDS: u32 = 3;
    let mut head = b"OpusHead".to_vec();
    head.extend([1, 1]);
    head.extend(312_u16.to_le_bytes());
    head.extend(48_000_u32.to_le_bytes());
    head.extend([0, 0, 0]);
    let mut tags = b"OpusTags".to_vec();
    tags.extend(7_u32.to_le_bytes());
    tags.extend(b"handoff");
    tags.extend(0_u32.to_le_bytes());
    let mut bytes = ogg_page(2, 0, 0, &[&head]);
    bytes.extend(ogg_page(0, 0, 1, &[&tags]));
    // 0xF8 is a full-band 20 ms mono frame; FF FE decodes to silence.
    let packet: &[u8] = &[0xF8, 0xFF, 0xFE];
    for second in 1..=SECONDS {
        let flags = if second == SECONDS { 4 } else { 0 };
        bytes.extend(ogg_page(flags, u64::from(second) * 48_000, second + 1, &[packet; 50]));
    }
    Sample { mime: "audio/ogg; codecs=opus", filename: "voice.ogg", bytes }
}

/// One page of an Ogg stream; every packet here is shorter than one lacing value.
fn ogg_page(flags: u8, granule: u64, sequence: u32, packets: &[&[u8]]) -> Vec<u8> {
    let mut page = b"OggS\0".to_vec();
    page.push(flags);
    page.extend(granule.to_le_bytes());
    page.extend(0x48_4F_46_46_u32.to_le_bytes());
    page.extend(sequence.to_le_bytes());
    let checksum_at = page.len();
    page.extend([0; 4]);
    page.push(u8::try_from(packets.len()).unwrap_or(u8::MAX));
    page.extend(packets.iter().map(|packet| u8::try_from(packet.len()).unwrap_or(u8::MAX)));
    page.extend(packets.concat());
    let checksum = page.iter().fold(0_u32, |mut sum, byte| {
        sum ^= u32::from(*byte) << 24;
        for _ in 0..8 {
            sum = if sum & 0x8000_0000 == 0 { sum << 1 } else { (sum << 1) ^ 0x04C1_1DB7 };
        }
        sum
    });
    page.splice(checksum_at..checksum_at + 4, checksum.to_le_bytes());
    page
}

/// One page with one line of text.
pub(super) fn document() -> Sample {
    let content = "BT /F1 22 Tf 60 720 Td (Invoice 4711) Tj 0 -34 Td /F1 12 Tf (A sample from the simulator.) Tj ET";
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut pdf = "%PDF-1.4\n".to_owned();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (index, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", pdf.len()));
        pdf.push_str(&format!("{} 0 obj\n{object}\nendobj\n", index + 1));
    }
    let start = pdf.len();
    pdf.push_str(&table);
    pdf.push_str(&format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1));
    Sample { mime: "application/pdf", filename: "invoice-4711.pdf", bytes: pdf.into_bytes() }
}

/// The boxes of an MP4 with no frame inside: enough for anything that looks at the first bytes, nothing to watch.
pub(super) fn clip() -> Sample {
    let mut bytes = vec![0, 0, 0, 24];
    bytes.extend(b"ftypisom\0\0\x02\0isommp42");
    bytes.extend([0, 0, 0, 8]);
    bytes.extend(b"mdat");
    Sample { mime: "video/mp4", filename: "clip.mp4", bytes }
}

/// One card.
pub(super) fn contacts() -> Value {
    json!([{"name": {"formatted_name": "Jonas Keller", "first_name": "Jonas", "last_name": "Keller"},
        "phones": [{"phone": "+49 30 5550147", "wa_id": "49305550147", "type": "WORK"}],
        "emails": [{"email": "jonas.keller@example.com", "type": "WORK"}],
        "org": {"company": "Keller Umzüge", "title": "Owner"}, "origin": "other"}])
}

/// A basket of two.
pub(super) fn order() -> Value {
    json!({"catalog_id": "600700800900100", "text": "Please gift-wrap the mug", "product_items": [
        {"product_retailer_id": "MUG-BLUE", "quantity": 1, "item_price": 14.5, "currency": "EUR"},
        {"product_retailer_id": "TEA-MINT", "quantity": 3, "item_price": 6, "currency": "EUR"}]})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_what_they_say() {
        for sample in [picture(), sticker(), voice(), document(), clip()] {
            let kind = infer::get(&sample.bytes).map(|kind| kind.mime_type().to_owned());
            let mime = sample.mime.split(';').next().unwrap_or_default();
            // The recogniser names Ogg's Opus by its codec.
            let opus = kind.as_deref() == Some("audio/opus") && mime == "audio/ogg";
            assert!(opus || kind.as_deref() == Some(mime), "{mime} looks like {kind:?}");
        }
    }
}
