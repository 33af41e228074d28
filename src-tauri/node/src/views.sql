-- views.db: everything derived from ledger.db for tables and search. May be deleted at any time.
CREATE TABLE progress(height INTEGER NOT NULL, code TEXT NOT NULL, network BLOB NOT NULL);
CREATE TABLE rows(
  id INTEGER PRIMARY KEY, subject TEXT NOT NULL UNIQUE, type TEXT NOT NULL, number TEXT NOT NULL, name TEXT NOT NULL,
  status TEXT NOT NULL, place TEXT NOT NULL, at TEXT NOT NULL, due TEXT NOT NULL, expected TEXT NOT NULL,
  exceptions INTEGER NOT NULL, single INTEGER NOT NULL, owner TEXT NOT NULL, shipment TEXT NOT NULL,
  quantity INTEGER NOT NULL, code TEXT NOT NULL, row TEXT NOT NULL, words TEXT NOT NULL);
CREATE INDEX rows_type_at ON rows(type, at);
-- What the chips count, without reading the rows.
CREATE INDEX rows_chips ON rows(type, status, due, expected, exceptions, single);
CREATE INDEX rows_code ON rows(code) WHERE code <> '';
CREATE INDEX rows_number ON rows(number);
-- By the mark of a package its shipment is found.
CREATE TABLE marks(mark TEXT NOT NULL, subject TEXT NOT NULL, PRIMARY KEY(mark, subject)) WITHOUT ROWID;
-- What went into which shipment: where goods are that travelled, and which shipments hold recalled goods.
CREATE TABLE packed(shipment TEXT NOT NULL, goods TEXT NOT NULL, PRIMARY KEY(shipment, goods)) WITHOUT ROWID;
CREATE INDEX packed_goods ON packed(goods);
-- Trigrams: parts of numbers are found, and Chinese without word breaks; words hold short forms too (short.rs). Written beside
-- the rows and not by triggers: a statement with triggers makes FTS5 write its tables out after every row.
CREATE VIRTUAL TABLE search USING fts5(words, content='rows', content_rowid='id', tokenize='trigram');
