//! Where all that is left to chance comes from: one number, the same on every machine.

/// xorshift64* (Vigna, 2016): enough for a schedule.
#[derive(Clone, Debug)]
pub struct Seed(u64);

impl Seed {
    /// A sequence of its own for every number; neighbours have nothing in common.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        // One step of splitmix64, whose answer is 0 for a single number only.
        let mut mixed = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        Self((mixed ^ (mixed >> 31)) | 1)
    }

    /// The next number.
    pub const fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// At least 0, less than `bound`; 0 where there is nothing below it.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap_or(0) % bound.max(1)
    }

    /// At least `least`, at most `most`.
    pub const fn between(&mut self, least: u64, most: u64) -> u64 {
        least + (self.next() >> 33) % (most.saturating_sub(least) + 1)
    }

    /// True once in `n` times; never for 0.
    pub fn one_in(&mut self, n: usize) -> bool {
        n > 0 && self.below(n) == 0
    }
}
