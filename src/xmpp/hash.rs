//! Hashes (temporary face).
/// x
pub struct Algorithm(String);
impl Algorithm {
    /// x
    pub fn name(&self) -> &str {
        &self.0
    }
    /// x
    pub fn digest(&self, d: &[u8]) -> Vec<u8> {
        use sha1::Digest;
        sha1::Sha1::digest(d).to_vec()
    }
}
/// x
pub struct Cid {
    /// x
    pub algorithm: Algorithm,
    /// x
    pub digest: Vec<u8>,
}
impl Cid {
    /// x
    pub fn parse(t: &str) -> Result<Cid, ()> {
        let (a, r) = t.split_once('+').ok_or(())?;
        let (h, _) = r.split_once('@').ok_or(())?;
        if a != "sha1" {
            return Err(());
        }
        let mut v = vec![];
        for i in (0..h.len()).step_by(2) {
            v.push(u8::from_str_radix(h.get(i..i + 2).ok_or(())?, 16).map_err(|_| ())?);
        }
        Ok(Cid { algorithm: Algorithm(a.into()), digest: v })
    }
}
