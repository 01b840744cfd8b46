//! A phrase as it is written: searched in folded text in linear time, with typos where a rule tolerates them.

use crate::text::is_unspaced;

/// Counts the work of the matcher, which a test bounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Steps(pub u64);

impl Steps {
    pub fn add(&mut self, steps: usize) {
        self.0 += steps as u64;
    }
}

/// A folded phrase, prepared for the search of Knuth, Morris and Pratt.
#[derive(Clone, Debug)]
pub struct Needle {
    pub chars: Vec<char>,
    /// For each prefix, the length of its longest proper prefix that is also its suffix.
    borders: Vec<usize>,
}

impl Needle {
    pub fn new(chars: Vec<char>) -> Self {
        let mut borders = vec![0; chars.len()];
        let mut length = 0;
        for at in 1..chars.len() {
            while length > 0 && chars[at] != chars[length] {
                length = borders[length - 1];
            }
            length += usize::from(chars[at] == chars[length]);
            borders[at] = length;
        }
        Self { chars, borders }
    }

    pub fn is(&self, text: &[char], steps: &mut Steps) -> bool {
        steps.add(1);
        !self.chars.is_empty() && text == self.chars
    }

    pub fn begins(&self, text: &[char], steps: &mut Steps) -> bool {
        steps.add(self.chars.len());
        !self.chars.is_empty() && text.starts_with(&self.chars) && ends_word(text, self.chars.len())
    }

    /// The first place where the phrase stands as whole words.
    pub fn find(&self, text: &[char], steps: &mut Steps) -> Option<(usize, usize)> {
        if self.chars.is_empty() {
            return None;
        }
        steps.add(2 * text.len());
        let mut length = 0;
        for (at, c) in text.iter().enumerate() {
            while length > 0 && *c != self.chars[length] {
                length = self.borders[length - 1];
            }
            length += usize::from(*c == self.chars[length]);
            if length == self.chars.len() {
                let (start, end) = (at + 1 - length, at + 1);
                if starts_word(text, start) && ends_word(text, end) {
                    return Some((start, end));
                }
                length = self.borders[length - 1];
            }
        }
        None
    }
}

pub fn starts_word(text: &[char], at: usize) -> bool {
    at == 0 || text[at - 1] == ' ' || is_unspaced(text[at]) || is_unspaced(text[at - 1])
}

pub fn ends_word(text: &[char], end: usize) -> bool {
    end == text.len() || text[end] == ' ' || is_unspaced(text[end]) || is_unspaced(text[end - 1])
}

/// How many typos a phrase of this length tolerates.
pub fn slips(length: usize) -> usize {
    match length {
        0..=4 => 0,
        5..=8 => 1,
        _ => 2,
    }
}

/// From this length on, the first letter may be wrong too.
const ANY_FIRST_LETTER: usize = 9;

/// A phrase that tolerates typos.
#[derive(Clone, Debug)]
pub enum Typos {
    Short(Box<Automaton<1>>),
    /// Syllables of Hangul fold to three letters each.
    Long(Box<Automaton<2>>),
}

/// Where a word may start and end.
pub trait WordBounds {
    fn starts(&self, at: usize) -> bool;
    /// How many typos a match may have that ends here; `None`: no match ends here.
    fn most(&self, end: usize) -> Option<usize>;
}

/// Whole words between spaces.
pub struct Spaces<'t>(pub &'t [char]);

impl WordBounds for Spaces<'_> {
    fn starts(&self, at: usize) -> bool {
        at == 0 || self.0[at - 1] == ' '
    }

    fn most(&self, end: usize) -> Option<usize> {
        (end == self.0.len() || self.0[end] == ' ').then_some(MOST_SLIPS)
    }
}

const MOST_SLIPS: usize = 2;
const LEVELS: usize = MOST_SLIPS + 1;

impl Typos {
    /// `None` if the phrase is too short for typos, or if ligatures made it longer than any sentence.
    pub fn new(phrase: &[char]) -> Option<Self> {
        match (slips(phrase.len()), phrase.len()) {
            (0, _) | (_, 256..) => None,
            (_, ..128) => Some(Self::Short(Box::new(Automaton::new(phrase)))),
            _ => Some(Self::Long(Box::new(Automaton::new(phrase)))),
        }
    }

    /// The first words that are the phrase but for typos.
    pub fn find(&self, text: &[char], bounds: &impl WordBounds, steps: &mut Steps) -> Option<(usize, usize)> {
        match self {
            Self::Short(automaton) => automaton.find(text, bounds, steps),
            Self::Long(automaton) => automaton.find(text, bounds, steps),
        }
    }
}

/// The automaton of Wu and Manber, simulated with bits: bit `i` of level `j` says that the last characters are the
/// first `i` letters of the phrase with at most `j` typos. A swap of neighbours is one typo.
#[derive(Clone, Debug)]
pub struct Automaton<const N: usize> {
    phrase: Vec<char>,
    /// For each letter, the bits that it leads to.
    masks: Vec<(char, [u128; N])>,
    slips: usize,
}

impl<const N: usize> Automaton<N> {
    fn new(phrase: &[char]) -> Self {
        let mut letters = phrase.to_vec();
        letters.sort_unstable();
        letters.dedup();
        let mask = |letter: &char| {
            let mut bits = [0; N];
            for (at, _) in phrase.iter().enumerate().filter(|(_, c)| *c == letter) {
                set(&mut bits, at + 1);
            }
            (*letter, bits)
        };
        Self { masks: letters.iter().map(mask).collect(), phrase: phrase.to_vec(), slips: slips(phrase.len()) }
    }

    fn find(&self, text: &[char], bounds: &impl WordBounds, steps: &mut Steps) -> Option<(usize, usize)> {
        let mut states = [[0; N]; LEVELS];
        let mut swaps = [[0; N]; LEVELS];
        steps.add(text.len() * (self.slips + 1) * N);
        for (at, c) in text.iter().enumerate() {
            if bounds.starts(at) && (self.phrase.len() >= ANY_FIRST_LETTER || *c == self.phrase[0]) {
                for (level, state) in states.iter_mut().enumerate().take(self.slips + 1) {
                    // Letters of the phrase may be missing from the start on.
                    (0..=level).for_each(|bit| set(state, bit));
                }
            }
            let known = self.masks.binary_search_by_key(c, |(letter, _)| *letter);
            let mask = known.map_or([0; N], |at| self.masks[at].1);
            let (old, swapped) = (states, swaps);
            for level in 0..=self.slips {
                let mut next = and(&shifted(&old[level], 1), &mask);
                if level > 0 {
                    let fewer = level - 1;
                    next = or(&next, &old[fewer]);
                    next = or(&next, &shifted(&old[fewer], 1));
                    next = or(&next, &shifted(&states[fewer], 1));
                    next = or(&next, &and(&swapped[level], &shifted(&mask, 1)));
                    swaps[level] = and(&shifted(&old[fewer], 2), &mask);
                }
                states[level] = next;
            }
            let end = at + 1;
            if let Some(most) = bounds.most(end) {
                let levels = &states[..=self.slips.min(most)];
                if let Some(level) = levels.iter().position(|state| has(state, self.phrase.len())) {
                    return Some((self.start(text, end, level, bounds), end));
                }
            }
        }
        None
    }

    /// The start of a match that ends at `end`, as near to the phrase's length as possible.
    fn start(&self, text: &[char], end: usize, slips: usize, bounds: &impl WordBounds) -> usize {
        let wanted: String = self.phrase.iter().collect();
        let exact = end.saturating_sub(self.phrase.len());
        let nearest = [0_isize, 1, -1, 2, -2].into_iter().filter_map(|by| exact.checked_add_signed(by));
        let fits = |start: &usize| {
            let candidate: String = text[*start..end].iter().collect();
            *start < end && bounds.starts(*start) && strsim::osa_distance(&candidate, &wanted) <= slips
        };
        nearest.filter(|start| *start < end).find(fits).unwrap_or(exact)
    }
}

fn set<const N: usize>(bits: &mut [u128; N], bit: usize) {
    bits[bit / 128] |= 1 << (bit % 128);
}

fn has<const N: usize>(bits: &[u128; N], bit: usize) -> bool {
    bits[bit / 128] >> (bit % 128) & 1 == 1
}

fn or<const N: usize>(one: &[u128; N], other: &[u128; N]) -> [u128; N] {
    std::array::from_fn(|at| one[at] | other[at])
}

fn and<const N: usize>(one: &[u128; N], other: &[u128; N]) -> [u128; N] {
    std::array::from_fn(|at| one[at] & other[at])
}

/// The bits moved up by one or two.
fn shifted<const N: usize>(bits: &[u128; N], by: u32) -> [u128; N] {
    std::array::from_fn(|at| {
        let carry = if at == 0 { 0 } else { bits[at - 1] >> (128 - by) };
        bits[at] << by | carry
    })
}
