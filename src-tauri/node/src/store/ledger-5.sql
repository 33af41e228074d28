-- Form 5: hashes come in no order, and a table sorted by them is touched on nearly all its pages by every block. What is newest stands in
-- the order in which it came, until there is so much of it that sorting it in is worth the pages it touches (see finding.rs).

-- The newest records, until they stand in `records`.
CREATE TABLE recent_records(number INTEGER PRIMARY KEY, prefix INTEGER NOT NULL);
-- Where to look for a subject: prefix is the first eight bytes of its index key, as a signed integer, most significant byte first.
CREATE TABLE keys(prefix INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY(prefix, number)) WITHOUT ROWID;
CREATE TABLE recent_keys(number INTEGER PRIMARY KEY, prefix INTEGER NOT NULL);

INSERT INTO keys SELECT
    (instr('123456789ABCDEF', substr(hex, 1, 1)) << 60) | (instr('123456789ABCDEF', substr(hex, 2, 1)) << 56)
  | (instr('123456789ABCDEF', substr(hex, 3, 1)) << 52) | (instr('123456789ABCDEF', substr(hex, 4, 1)) << 48)
  | (instr('123456789ABCDEF', substr(hex, 5, 1)) << 44) | (instr('123456789ABCDEF', substr(hex, 6, 1)) << 40)
  | (instr('123456789ABCDEF', substr(hex, 7, 1)) << 36) | (instr('123456789ABCDEF', substr(hex, 8, 1)) << 32)
  | (instr('123456789ABCDEF', substr(hex, 9, 1)) << 28) | (instr('123456789ABCDEF', substr(hex, 10, 1)) << 24)
  | (instr('123456789ABCDEF', substr(hex, 11, 1)) << 20) | (instr('123456789ABCDEF', substr(hex, 12, 1)) << 16)
  | (instr('123456789ABCDEF', substr(hex, 13, 1)) << 12) | (instr('123456789ABCDEF', substr(hex, 14, 1)) << 8)
  | (instr('123456789ABCDEF', substr(hex, 15, 1)) << 4) | instr('123456789ABCDEF', substr(hex, 16, 1)), number
  FROM (SELECT hex(key) AS hex, number FROM subjects) ORDER BY 1, 2;

-- As before, but that the key has no index of its own.
CREATE TABLE subjects_5(
  number INTEGER PRIMARY KEY, key BLOB NOT NULL, name TEXT NOT NULL, count INTEGER NOT NULL, turn INTEGER NOT NULL,
  changed INTEGER NOT NULL, frontier BLOB NOT NULL, state BLOB NOT NULL);
INSERT INTO subjects_5 SELECT number, key, name, count, turn, changed, frontier, state FROM subjects;
DROP TABLE subjects;
ALTER TABLE subjects_5 RENAME TO subjects;
CREATE INDEX subjects_governing ON subjects(name) WHERE name >= 'alliance:' AND name < 'alliance;';
