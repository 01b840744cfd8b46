//! Draws that a seed repeats: `SplitMix64` of Steele, Lea and Flood (2014). Never for what must not be guessed.

/// A sequence of draws.
#[derive(Clone, Debug)]
pub(super) struct Draws(u64);

impl Draws {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// One of `values`, each as likely as the others; `None` if there are none.
    pub fn one_of<T: Copy>(&mut self, values: &[T]) -> Option<T> {
        let scaled = (u128::from(self.bits()) * values.len() as u128) >> 64;
        values.get(usize::try_from(scaled).ok()?).copied()
    }

    /// A time between two events that happen independently, in milliseconds with a mean of `mean`.
    #[cfg(test)]
    pub fn exponential(&mut self, mean: f64) -> f64 {
        let unit = (self.bits() >> 11) as f64 / (1_u64 << 53) as f64;
        -mean * (1.0 - unit).ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_the_published_one() {
        let mut draws = Draws::new(1_234_567);
        let first = [draws.bits(), draws.bits(), draws.bits()];
        assert_eq!(first, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn every_value_is_drawn_about_as_often() {
        let mut draws = Draws::new(7);
        let mut counts = [0_u32; 5];
        for _ in 0..5_000 {
            let value = draws.one_of(&[0_usize, 1, 2, 3, 4]).expect("a value");
            counts[value] += 1;
        }
        assert!(counts.iter().all(|count| (900..1_100).contains(count)), "{counts:?}");
        assert_eq!(draws.one_of::<u8>(&[]), None);
    }
}
