-- Form 4: what passes straight between two desktops, and what can never be confirmed any more.

-- Which node of another firm keeps a record of our outbox too and found it good. at: when it said so, in milliseconds of the wall clock.
CREATE TABLE held(id BLOB NOT NULL, node BLOB NOT NULL, at INTEGER NOT NULL, PRIMARY KEY(id, node)) WITHOUT ROWID;
-- Records of others, handed over by a node, that contradict one of the outbox (against: its id), until a person has chosen. kept: a
-- person has chosen ours; it is remembered so that nobody is asked twice.
CREATE TABLE rivals(id BLOB PRIMARY KEY, record BLOB NOT NULL, node BLOB NOT NULL, against BLOB NOT NULL, kept INTEGER NOT NULL,
  at INTEGER NOT NULL) WITHOUT ROWID;
-- Records signed here that no block can take any more or that a person took back, until the person has decided what becomes of them.
-- why: the rule that keeps them out, as JSON.
CREATE TABLE aside(id BLOB PRIMARY KEY, record BLOB NOT NULL, why BLOB NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
