//! Building a list from what is public: hashes with counts as "Pwned Passwords" has them, or words.
use super::{file, key};
use crate::domain::Password;
use std::{
    cmp::Reverse,
    fs::{self, File},
    io::{self, BufRead, BufWriter, Write},
    path::{Path, PathBuf},
};

/// A shard of a list has some four million entries at most, so that building it takes no more memory
/// than the entries themselves.
const SHARD: usize = 1 << 22;

/// What the lines of an input are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// SHA-1 in 40 hexadecimal digits, and perhaps a colon and how often it leaked.
    Sha1,
    /// A password.
    Plain,
}

/// Gathers entries.
#[derive(Debug)]
pub struct Builder {
    min_count: u64,
    limit: usize,
    /// What an entry is kept by, when not all are (more is better), and its key.
    entries: Vec<(u64, u64)>,
    read: u64,
}

impl Builder {
    /// Takes hashes that leaked at least `min_count` times; and of all entries only `limit`: of
    /// hashes the most frequent, of words the first.
    #[must_use]
    pub fn new(min_count: u64, limit: Option<usize>) -> Self {
        Self { min_count, limit: limit.unwrap_or(usize::MAX), entries: vec![], read: 0 }
    }

    /// Takes an input, in a form that its first line shows unless it is said.
    pub fn take(&mut self, mut input: impl BufRead, form: Option<Form>) -> io::Result<()> {
        let (mut line, mut number, mut form) = (vec![], 0_u64, form);
        while input.read_until(b'\n', &mut line)? > 0 {
            number += 1;
            let text = line.trim_ascii_end();
            if !text.is_empty() {
                let form = *form.get_or_insert_with(|| if hash(text).is_some() { Form::Sha1 } else { Form::Plain });
                self.add(text, form).ok_or_else(|| {
                    io::Error::other(format!("line {number} is not a SHA-1 in 40 hexadecimal digits, with its count"))
                })?;
            }
            line.clear();
        }
        Ok(())
    }

    /// `None`: it is not of this form.
    fn add(&mut self, line: &[u8], form: Form) -> Option<()> {
        self.read += 1;
        let entry = match form {
            Form::Sha1 => hash(line).map(|(key, count)| (count.unwrap_or(self.min_count), key))?,
            // What nobody can type is nobody's password.
            Form::Plain => match str::from_utf8(line).ok().and_then(|text| Password::attempt(text).ok()) {
                Some(password) => (u64::MAX - self.read, key(&password)),
                None => return Some(()),
            },
        };
        if entry.0 >= self.min_count {
            self.entries.push(entry);
        }
        if self.entries.len() >= self.limit.saturating_mul(2).max(1024) {
            self.cut();
        }
        Some(())
    }

    fn cut(&mut self) {
        if self.entries.len() > self.limit {
            self.entries.select_nth_unstable_by_key(self.limit, |(rank, _)| Reverse(*rank));
            self.entries.truncate(self.limit);
        }
    }

    /// The keys, sorted and distinct.
    pub(super) fn keys(mut self) -> Vec<u64> {
        self.cut();
        sorted(self.entries.into_iter().map(|(_, key)| key).collect())
    }

    /// Writes the list into the place of whatever is there, in one step; how many entries it has, and
    /// how many bytes.
    pub fn write(self, to: &Path) -> io::Result<(usize, u64)> {
        let keys = self.keys();
        let mut unfinished = to.as_os_str().to_owned();
        unfinished.push(".unfinished");
        let unfinished = PathBuf::from(unfinished);
        let written = write_whole(&unfinished, &keys).and_then(|bytes| {
            fs::rename(&unfinished, to)?;
            Ok((keys.len(), bytes))
        });
        if written.is_err() {
            // What remains of it is of no use; that it cannot be removed is told by what went wrong.
            _ = fs::remove_file(&unfinished);
        }
        written
    }
}

fn write_whole(file: &Path, keys: &[u64]) -> io::Result<u64> {
    let shards = keys.len().div_ceil(SHARD).next_power_of_two();
    let mut writer = BufWriter::new(File::create(file)?);
    file::write(&mut writer, keys, shards)?;
    writer.flush()?;
    let file = writer.into_inner()?;
    file.sync_all()?;
    Ok(file.metadata()?.len())
}

/// Keys as a list has them.
pub(super) fn sorted(mut keys: Vec<u64>) -> Vec<u64> {
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The key of a hash, and how often it leaked where that is said.
fn hash(line: &[u8]) -> Option<(u64, Option<u64>)> {
    let line = str::from_utf8(line).ok()?;
    let (hash, count) = match line.split_once(':') {
        Some((hash, count)) => (hash, Some(count.trim().parse().ok()?)),
        None => (line, None),
    };
    let is_hash = hash.len() == 40 && hash.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_hash.then(|| u64::from_str_radix(&hash[..16], 16).ok()).flatten().map(|key| (key, count))
}
