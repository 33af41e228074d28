//! Which page of an SQLite file is of what: the file format, <https://www.sqlite.org/fileformat2.html>, sections 1.3, 1.5 and 1.6.

use rusqlite::Connection;
use std::collections::BTreeMap;
use std::path::Path;

/// A page in bytes.
pub const PAGE: usize = 8192;

/// The pages of a file by what they are of, such as `blocks leaf`.
pub struct Pages {
    bytes: Vec<u8>,
    pub kinds: BTreeMap<String, Vec<usize>>,
    /// Of overflow pages: how many bytes of content, after the number of the next.
    pub used: BTreeMap<usize, usize>,
}

fn varint(bytes: &[u8]) -> (usize, usize) {
    let mut value = 0;
    for (at, byte) in bytes.iter().take(8).enumerate() {
        value = value << 7 | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return (value, at + 1);
        }
    }
    (value << 8 | usize::from(bytes[8]), 9)
}

impl Pages {
    pub fn of(file: &Path) -> Self {
        let connection = Connection::open(file).unwrap();
        let mut statement = connection
            .prepare("SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0")
            .unwrap();
        let roots = statement
            .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?)))
            .unwrap();
        let roots: Vec<(String, u32)> = roots.map(Result::unwrap).collect();
        let mut pages = Self {
            bytes: std::fs::read(file).unwrap(),
            kinds: BTreeMap::new(),
            used: BTreeMap::new(),
        };
        assert_eq!(pages.bytes.len() % PAGE, 0);
        pages.tree("schema", 1);
        for (name, root) in roots {
            pages.tree(&name, root as usize);
        }
        pages.free();
        let known: usize = pages.kinds.values().map(Vec::len).sum();
        assert_eq!(
            known,
            pages.bytes.len() / PAGE,
            "every page is of something, and of one thing"
        );
        pages
    }

    fn number(&self, at: usize) -> usize {
        u32::from_be_bytes(self.bytes[at..at + 4].try_into().unwrap()) as usize
    }

    fn short(&self, at: usize) -> usize {
        u16::from_be_bytes(self.bytes[at..at + 2].try_into().unwrap()).into()
    }

    fn note(&mut self, name: &str, kind: &str, page: usize) {
        self.kinds.entry(format!("{name} {kind}")).or_default().push(page);
    }

    fn tree(&mut self, name: &str, page: usize) {
        let start = (page - 1) * PAGE;
        let head = start + if page == 1 { 100 } else { 0 };
        let kind = self.bytes[head];
        let (interior, table) = (matches!(kind, 2 | 5), matches!(kind, 5 | 13));
        assert!(matches!(kind, 2 | 5 | 10 | 13), "page {page} of {name} is a {kind}");
        self.note(name, if interior { "interior" } else { "leaf" }, page);
        let cells = self.short(head + 3);
        let pointers = head + if interior { 12 } else { 8 };
        for cell in 0..cells {
            let mut at = start + self.short(pointers + 2 * cell);
            if interior {
                let child = self.number(at);
                self.tree(name, child);
                at += 4;
            }
            if !(interior && table) {
                let (size, length) = varint(&self.bytes[at..]);
                at += length;
                if table {
                    at += varint(&self.bytes[at..]).1;
                }
                self.overflow(name, at, size, table);
            }
        }
        if interior {
            let child = self.number(head + 8);
            self.tree(name, child);
        }
    }

    fn overflow(&mut self, name: &str, at: usize, size: usize, table: bool) {
        let most = if table { PAGE - 35 } else { (PAGE - 12) * 64 / 255 - 23 };
        if size <= most {
            return;
        }
        let least = (PAGE - 12) * 32 / 255 - 23;
        let some = least + (size - least) % (PAGE - 4);
        let local = if some <= most { some } else { least };
        let (mut page, mut left) = (self.number(at + local), size - local);
        while page != 0 {
            self.note(name, "overflow", page);
            self.used.insert(page, left.min(PAGE - 4));
            left -= left.min(PAGE - 4);
            page = self.number((page - 1) * PAGE);
        }
    }

    fn free(&mut self) {
        let mut trunk = self.number(32);
        while trunk != 0 {
            let at = (trunk - 1) * PAGE;
            self.note("free", "trunk", trunk);
            for leaf in 0..self.number(at + 4) {
                let page = self.number(at + 8 + 4 * leaf);
                self.note("free", "leaf", page);
            }
            trunk = self.number(at);
        }
    }
}
