//! Generates two pictures without an image library: a PNG with stored blocks, and a WebP with one bit per channel.

/// A landscape with a hill and the sun.
pub(super) fn landscape_png() -> Vec<u8> {
    const WIDTH: u32 = 320;
    const HEIGHT: u32 = 200;
    let mut rows = Vec::new();
    for y in 0..HEIGHT {
        rows.push(0);
        for x in 0..WIDTH {
            let hill = 120 + (i64::from(x) - 110).pow(2) / 420;
            let far = 130 - i64::from(x) / 6;
            let sun = (i64::from(x) - 242).pow(2) + (i64::from(y) - 52).pow(2) < 26 * 26;
            let shade = u8::try_from(y / 2).unwrap_or(u8::MAX);
            let colour = if i64::from(y) > hill {
                [46, 130 - shade / 3, 92]
            } else if i64::from(y) > far {
                [104, 168, 150]
            } else if sun {
                [255, 214, 120]
            } else {
                [150 + shade, 200 + shade / 3, 232]
            };
            rows.extend(colour);
        }
    }
    let mut header = Vec::new();
    header.extend(WIDTH.to_be_bytes());
    header.extend(HEIGHT.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    png.extend(chunk(*b"IHDR", &header));
    png.extend(chunk(*b"IDAT", &stored(&rows)));
    png.extend(chunk(*b"IEND", &[]));
    png
}

fn chunk(name: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut body = name.to_vec();
    body.extend(data);
    let checksum = !body.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 0 { sum >> 1 } else { (sum >> 1) ^ 0xEDB8_8320 })
    });
    let mut chunk = u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes().to_vec();
    chunk.extend(body);
    chunk.extend(checksum.to_be_bytes());
    chunk
}

/// A zlib stream without compression.
fn stored(data: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let blocks = data.chunks(0xFFFF);
    let last = blocks.len().saturating_sub(1);
    for (index, block) in blocks.enumerate() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        stream.push(u8::from(index == last));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    let (low, high) = data.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    stream.extend(((high << 16) | low).to_be_bytes());
    stream
}

/// A smiley of 128 by 128 pixels in lossless WebP. Green, red and alpha have two values each, so a pixel takes three
/// bits, and the code tables are small.
pub(super) fn face_webp() -> Vec<u8> {
    const SIDE: u32 = 128;
    let mut bits = Bits::default();
    bits.put(SIDE - 1, 14);
    bits.put(SIDE - 1, 14);
    bits.put(1, 1); // alpha is used
    bits.put(0, 3); // version
    bits.put(0, 3); // no transform, no colour cache, no meta codes
    bits.pair(60, 206);
    bits.pair(70, 250);
    bits.one(50);
    bits.pair(0, 255);
    bits.put(0b0001, 4); // distances: a simple code with the one symbol 0
    for y in 0..SIDE {
        for x in 0..SIDE {
            let (x, y) = (i64::from(x) - 64, i64::from(y) - 64);
            let inside = x * x + y * y < 60 * 60;
            let eye = (x.abs() - 22).pow(2) * 2 + (y + 18).pow(2) < 130;
            let ring = x * x + y * y;
            let mouth = y > 8 && (34 * 34..42 * 42).contains(&ring);
            let light = u32::from(!(eye || mouth));
            bits.put(light, 1);
            bits.put(light, 1);
            bits.put(u32::from(inside), 1);
        }
    }
    let mut image = vec![0x2F];
    image.extend(bits.bytes);
    if image.len() % 2 == 1 {
        image.push(0);
    }
    let length = u32::try_from(image.len()).unwrap_or(u32::MAX);
    let mut webp = b"RIFF".to_vec();
    webp.extend((length + 12).to_le_bytes());
    webp.extend(b"WEBPVP8L");
    webp.extend(length.to_le_bytes());
    webp.extend(image);
    webp
}

/// A bit writer, least significant bit first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: u32,
}

impl Bits {
    fn put(&mut self, value: u32, count: u32) {
        for bit in 0..count {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            if let Some(last) = self.bytes.last_mut() {
                *last |= u8::from(value >> bit & 1 == 1) << (self.used % 8);
            }
            self.used += 1;
        }
    }

    /// A code table of two values. Bit 0 stands for the smaller one.
    fn pair(&mut self, small: u32, large: u32) {
        self.put(0b111, 3);
        self.put(small, 8);
        self.put(large, 8);
    }

    /// A code table of one value, which takes no bits.
    fn one(&mut self, value: u32) {
        self.put(0b101, 3);
        self.put(value, 8);
    }
}
