//! The file of a list. All numbers are little-endian:
//!
//! | bytes | |
//! |---|---|
//! | 8, 4, 4, 8 | the magic, the version, how many shards, how many entries |
//! | for each shard: 8, 4, 4 | the seed, the length of a segment, the length of all that keys begin in |
//! | 2 each | its fingerprints: two segments more than that |
//! | 32 | SHA-256 of all before |
use super::{Breached, Error, shard_of};
use aws_lc_rs::digest::{Context, SHA256};
use std::{
    fs::File,
    io::{self, BufReader, Read, Write},
};
use xorf::{BinaryFuse16, Descriptor};

const MAGIC: &[u8; 8] = b"GENKANBP";
const VERSION: u32 = 1;
/// More shards than any list needs.
const MOST_SHARDS: usize = 1 << 16;
/// The longest segment that the filters have.
const LONGEST_SEGMENT: u32 = 1 << 18;
const SEAL: u64 = 32;

/// Writes a list of keys, sorted and distinct, in so many shards, a power of two.
pub fn write(to: &mut impl Write, keys: &[u64], shards: usize) -> io::Result<()> {
    let mut to = Sealing { inner: to, context: Context::new(&SHA256) };
    to.write_all(MAGIC)?;
    to.write_all(&VERSION.to_le_bytes())?;
    to.write_all(&u32::try_from(shards).map_err(io::Error::other)?.to_le_bytes())?;
    to.write_all(&(keys.len() as u64).to_le_bytes())?;
    let mut rest = keys;
    for shard in 0..shards {
        let (its, others) = rest.split_at(rest.partition_point(|key| shard_of(*key, shards) == shard));
        let filter = BinaryFuse16::try_from(its).map_err(io::Error::other)?;
        let Descriptor { seed, segment_length, segment_count_length, .. } = filter.descriptor;
        to.write_all(&seed.to_le_bytes())?;
        to.write_all(&segment_length.to_le_bytes())?;
        to.write_all(&segment_count_length.to_le_bytes())?;
        let bytes: Vec<u8> = filter.fingerprints.iter().flat_map(|print| print.to_le_bytes()).collect();
        to.write_all(&bytes)?;
        rest = others;
    }
    let Sealing { inner, context } = to;
    inner.write_all(context.finish().as_ref())
}

/// Reads a list.
pub fn read(file: File) -> Result<Breached, Error> {
    let length = file.metadata()?.len();
    read_from(BufReader::with_capacity(1 << 20, file), length)
}

/// Reads a list of so many bytes.
pub fn read_from(from: impl Read, length: u64) -> Result<Breached, Error> {
    let mut from = Checking { inner: from, left: length.saturating_sub(SEAL), context: Context::new(&SHA256) };
    if from.array().map_err(foreign)? != *MAGIC {
        return Err(Error::Foreign);
    }
    if u32::from_le_bytes(from.array()?) != VERSION {
        return Err(Error::OtherVersion);
    }
    let shards = u32::from_le_bytes(from.array()?) as usize;
    if !shards.is_power_of_two() || shards > MOST_SHARDS {
        return Err(Error::Damaged);
    }
    let entries = u64::from_le_bytes(from.array()?);
    let shards = (0..shards).map(|_| from.shard()).collect::<Result<_, _>>()?;
    from.end()?;
    Ok(Breached { shards, entries })
}

/// What is too short for the magic is something else.
fn foreign(why: Error) -> Error {
    if matches!(why, Error::Damaged) { Error::Foreign } else { why }
}

/// Passes on what is written, and hashes it.
struct Sealing<W> {
    inner: W,
    context: Context,
}

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.context.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Hashes what is read. Never reads, nor makes room for, more than there is.
struct Checking<R> {
    inner: R,
    left: u64,
    context: Context,
}

impl<R: Read> Checking<R> {
    fn bytes(&mut self, into: &mut [u8]) -> Result<(), Error> {
        self.left = self.left.checked_sub(into.len() as u64).ok_or(Error::Damaged)?;
        self.inner.read_exact(into)?;
        self.context.update(into);
        Ok(())
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let mut array = [0; N];
        self.bytes(&mut array)?;
        Ok(array)
    }

    /// A filter that answers for every key: no key leads outside its fingerprints.
    fn shard(&mut self) -> Result<BinaryFuse16, Error> {
        let seed = u64::from_le_bytes(self.array()?);
        let segment_length = u32::from_le_bytes(self.array()?);
        let segment_count_length = u32::from_le_bytes(self.array()?);
        let sound = segment_length.is_power_of_two()
            && segment_length <= LONGEST_SEGMENT
            && segment_count_length > 0
            && segment_count_length.is_multiple_of(segment_length);
        let length = segment_count_length.checked_add(2 * segment_length.min(LONGEST_SEGMENT)).ok_or(Error::Damaged)?;
        if !sound || u64::from(length) * 2 > self.left {
            return Err(Error::Damaged);
        }
        let mut bytes = vec![0; length as usize * 2];
        self.bytes(&mut bytes)?;
        let fingerprints = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        let segment_length_mask = segment_length - 1;
        let descriptor = Descriptor { seed, segment_length, segment_length_mask, segment_count_length };
        Ok(BinaryFuse16 { descriptor, fingerprints })
    }

    /// Nothing is left but the seal, and it fits.
    fn end(mut self) -> Result<(), Error> {
        let mut seal = [0; 32];
        if self.left > 0 {
            return Err(Error::Damaged);
        }
        self.inner.read_exact(&mut seal)?;
        if self.context.finish().as_ref() == seal { Ok(()) } else { Err(Error::Damaged) }
    }
}
