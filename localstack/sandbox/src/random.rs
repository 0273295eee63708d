//! Seeded dice: the same seed gives the same ids and the same delays.

/// SplitMix64: small, and good enough for ids and delays.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Makes dice that depend on a text alone.
    pub fn of(text: &str) -> Self {
        // FNV-1a.
        let mix = |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self(text.bytes().fold(0xcbf2_9ce4_8422_2325, mix))
    }

    #[expect(clippy::should_implement_trait, reason = "dice have no end, and nobody iterates over them")]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `0.0..1.0`.
    pub fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// An id in EC2's manner: the prefix, a dash, 17 hexadecimal digits.
    pub fn id(&mut self, prefix: &str) -> String {
        format!("{prefix}-0{:016x}", self.next())
    }

    /// A random (version 4) UUID.
    pub fn uuid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        let variant = 0x8000 | (low >> 48 & 0x3fff);
        let (first, second, third) = (high >> 32, high >> 16 & 0xffff, high & 0xfff);
        format!("{first:08x}-{second:04x}-4{third:03x}-{variant:04x}-{:012x}", low & 0xffff_ffff_ffff)
    }

    /// Decimal digits, the first of them not zero.
    pub fn digits(&mut self, count: usize) -> String {
        let mut text = String::with_capacity(count);
        text.push(char::from(b'1' + (self.next() % 9) as u8));
        while text.len() < count {
            text.push(char::from(b'0' + (self.next() % 10) as u8));
        }
        text
    }

    /// Lower-case letters and digits.
    pub fn letters(&mut self, count: usize) -> String {
        const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
        (0..count).map(|_| char::from(ALPHABET[(self.next() % 36) as usize])).collect()
    }

    /// How long a transition takes: log-normal around the median, with a spread of about a third, in seconds.
    pub fn delay(&mut self, median_seconds: f64) -> f64 {
        // Twelve uniform draws less six are close enough to a standard normal.
        let normal = (0..12).map(|_| self.fraction()).sum::<f64>() - 6.0;
        median_seconds * (0.3 * normal).exp()
    }
}
