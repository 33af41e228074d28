//! What may be asked, how large, how often and by whom: the one table of limits, and the refusals that name what was broken.

use std::time::Duration;

use hyper::Method;

/// The version of paths and bodies; the header [`VERSION_HEADER`] carries it.
pub const VERSION: &str = "1";
/// Names the network (64 hexadecimal digits): what was asked in another network is not answered in this one.
pub const NETWORK_HEADER: &str = "sealroad-network";
/// Names [`VERSION`].
pub const VERSION_HEADER: &str = "sealroad-version";
/// Greatest number of bytes of a query.
pub const QUERY: usize = 2048;

/// Greatest number of bytes of a document as it travels, sealed.
pub const DOCUMENT: u64 = 64 << 20;
/// Greatest number of bytes of one piece of a document.
pub const PIECE: u64 = 1 << 20;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;
/// 4,096 records of 1 KiB, and the lengths before them.
const BATCH: usize = 4 * MIB + 64 * KIB;

/// The greatest block with its header and certificate, and as much again of smaller messages that go with it.
const BLOCK: usize = 2 * ledger::limits::BLOCK_BYTES;

/// What can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Path {
    /// Records to be confirmed, or spread.
    Records,
    /// Which of these records the asked node wants.
    RecordsWanted,
    /// What became of records.
    RecordStatus,
    /// Messages between validators.
    Consensus,
    /// The newest header and its certificate.
    Head,
    /// Whole blocks.
    Blocks,
    /// Headers and proofs for a light node.
    Light,
    /// What is new since a height; may wait for it.
    Follow,
    /// An evidence file.
    Evidence,
    /// Documents by hash, piece by piece.
    Documents,
    /// Where other peers are.
    Peers,
    /// Two-sided records directly between two parties.
    Exchange,
}

/// Who somebody is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Anyone with a key.
    Stranger,
    /// A member of the network.
    Member,
    /// A validator of the network.
    Validator,
}

/// The limits of one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The path.
    pub path: Path,
    /// Its method.
    pub method: Method,
    /// Its address below a node's.
    pub url: &'static str,
    /// Greatest request body, in bytes.
    pub request: usize,
    /// Greatest reply body, in bytes.
    pub reply: usize,
    /// Requests of one peer in a minute.
    pub per_minute: u32,
    /// Requests of one peer at once, after a quiet time.
    pub burst: u32,
    /// Time for the whole request: sent, answered, and the reply taken.
    pub within: Duration,
    /// Who may ask, at least.
    pub who: Role,
}

#[rustfmt::skip]
const fn row(
    path: Path, method: Method, url: &'static str, (request, reply): (usize, usize), (per_minute, burst): (u32, u32),
    seconds: u64, who: Role,
) -> Row {
    Row { path, method, url, request, reply, per_minute, burst, within: Duration::from_secs(seconds), who }
}

/// Every path in the order of [`Path`].
#[rustfmt::skip]
pub const TABLE: [Row; 12] = [
    //                                                              greatest bytes        requests
    //                                                              request, reply        a minute, burst  seconds
    row(Path::Records,       Method::POST, "/v1/records",          (BATCH,     MIB),      (1200, 60),  30, Role::Member),
    row(Path::RecordsWanted, Method::POST, "/v1/records/wanted",   (256 * KIB, BATCH),    (1200, 60),  30, Role::Validator),
    row(Path::RecordStatus,  Method::POST, "/v1/records/status",   (64 * KIB,  MIB),      (600,  30),  10, Role::Member),
    row(Path::Consensus,     Method::POST, "/v1/consensus",        (BLOCK,     KIB),      (12000, 400), 20, Role::Validator),
    row(Path::Head,          Method::GET,  "/v1/head",             (0,         64 * KIB), (600,  30),  10, Role::Stranger),
    row(Path::Blocks,        Method::GET,  "/v1/blocks",           (0,         16 * MIB), (1200, 60),  60, Role::Member),
    row(Path::Light,         Method::POST, "/v1/light",            (KIB,       4 * MIB),  (1800, 60),  20, Role::Stranger),
    row(Path::Follow,        Method::POST, "/v1/follow",           (128 * KIB, 4 * MIB),  (1200, 120), 60, Role::Member),
    row(Path::Evidence,      Method::GET,  "/v1/evidence",         (0,         16 * MIB), (180,  10),  60, Role::Stranger),
    row(Path::Documents,     Method::GET,  "/v1/documents",        (0,         MIB),      (600,  30),  60, Role::Member),
    row(Path::Peers,         Method::GET,  "/v1/peers",            (0,         64 * KIB), (30,   10),  10, Role::Stranger),
    row(Path::Exchange,      Method::POST, "/v1/exchange",         (BATCH,     BATCH),    (240,  30),  20, Role::Member),
];

/// What one node grants all others. The default is meant for use; tests pass smaller ones.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The limits of each path, in the order of [`Path`].
    pub table: [Row; 12],
    /// Time for connecting, and for the handshake.
    pub handshake: Duration,
    /// Time until the next request stands there whole; also how long a quiet connection is kept.
    pub head: Duration,
    /// Least bytes a second of a body, counted from its beginning …
    pub pace: u32,
    /// … once this time has passed.
    pub grace: Duration,
    /// Connections in all.
    pub connections: usize,
    /// Connections of one network address.
    pub of_address: usize,
    /// Connections of one key.
    pub of_key: usize,
    /// Answers being worked out at once, a thread each.
    pub answers: usize,
    /// Conversations with desktops that we know at once, a thread each: those that are slow delay nobody else until they are so many.
    pub talks: usize,
    /// Bytes of request bodies held at once, of all peers; as many again of replies that wait to be taken.
    pub held: usize,
    /// Messages that wait in one link.
    pub link_messages: usize,
    /// Bytes of the messages that wait in one link.
    pub link_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            table: TABLE,
            handshake: Duration::from_secs(8),
            head: Duration::from_secs(20),
            pace: 8 * 1024,
            grace: Duration::from_secs(5),
            connections: 512,
            of_address: 128,
            of_key: 16,
            answers: 16,
            talks: 16,
            held: 256 * MIB,
            link_messages: 8192,
            link_bytes: 32 * MIB,
        }
    }
}

impl Limits {
    /// The limits of a path.
    #[must_use]
    pub const fn row(&self, path: Path) -> &Row {
        &self.table[path as usize]
    }

    /// The longest time any request may take.
    #[must_use]
    pub fn longest(&self) -> Duration {
        self.table.iter().map(|row| row.within).max().unwrap_or_default()
    }

    /// The path of an address below ours.
    #[must_use]
    pub fn at(&self, url: &str) -> Option<&Row> {
        self.table.iter().find(|row| row.url == url)
    }
}

/// Why a request was refused before anybody worked on it, or its reply withheld.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// No such path.
    UnknownPath,
    /// The path has another method.
    WrongMethod,
    /// Asked in another network.
    WrongNetwork,
    /// Asked in another version.
    WrongVersion,
    /// Not for this peer's role.
    NotAllowed,
    /// The peer broke limits too often and is not heard for a while.
    Dropped,
    /// The peer broke limits and is to wait.
    Slowed,
    /// More requests than the table allows.
    Rate,
    /// A body larger than the table allows.
    TooLarge,
    /// A query longer than [`QUERY`].
    QueryTooLong,
    /// A body that came too slowly, or not within the time of the table.
    TooSlow,
    /// A body that broke off.
    BrokenOff,
    /// More connections of one key than allowed.
    TooManyConnections,
    /// We have too much to do.
    Busy,
    /// The answer is larger than the table allows: our fault.
    ReplyTooLarge,
    /// Something went wrong here: our fault.
    Fault,
}

impl Refusal {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::UnknownPath,
        Self::WrongMethod,
        Self::WrongNetwork,
        Self::WrongVersion,
        Self::NotAllowed,
        Self::Dropped,
        Self::Slowed,
        Self::Rate,
        Self::TooLarge,
        Self::QueryTooLong,
        Self::TooSlow,
        Self::BrokenOff,
        Self::TooManyConnections,
        Self::Busy,
        Self::ReplyTooLarge,
        Self::Fault,
    ];

    /// Code for words, the HTTP status (RFC 9110, RFC 6585), and what it costs the peer in points.
    const fn meaning(self) -> (&'static str, u16, u32) {
        match self {
            Self::UnknownPath => ("net.unknown-path", 404, 1),
            Self::WrongMethod => ("net.wrong-method", 405, 1),
            Self::WrongNetwork => ("net.wrong-network", 421, 5),
            Self::WrongVersion => ("net.wrong-version", 421, 1),
            Self::NotAllowed => ("net.not-allowed", 403, 2),
            Self::Dropped => ("net.dropped", 403, 0),
            Self::Slowed => ("net.slowed", 429, 1),
            Self::Rate => ("net.rate", 429, 2),
            Self::TooLarge => ("net.too-large", 413, 10),
            Self::QueryTooLong => ("net.query-too-long", 414, 5),
            Self::TooSlow => ("net.too-slow", 408, 5),
            Self::BrokenOff => ("net.broken-off", 400, 1),
            Self::TooManyConnections => ("net.too-many-connections", 429, 2),
            Self::Busy => ("net.busy", 503, 0),
            Self::ReplyTooLarge => ("net.reply-too-large", 500, 0),
            Self::Fault => ("net.fault", 500, 0),
        }
    }

    /// Code for words.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.meaning().0
    }

    /// HTTP status.
    #[must_use]
    pub const fn status(self) -> u16 {
        self.meaning().1
    }

    /// What it costs the peer in points of its score; 0 where it is not the peer's fault.
    #[must_use]
    pub const fn points(self) -> u32 {
        self.meaning().2
    }

    /// The same request may be granted later.
    #[must_use]
    pub const fn passes(self) -> bool {
        matches!(
            self,
            Self::Dropped
                | Self::Slowed
                | Self::Rate
                | Self::TooSlow
                | Self::BrokenOff
                | Self::TooManyConnections
                | Self::Busy
                | Self::Fault
        )
    }

    /// The refusal of a code.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|refusal| refusal.code() == code)
    }
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
