/** The log itself: what was said, its Merkle tiles, and the signed head. */
export const sql = `
CREATE TABLE entries (idx INTEGER PRIMARY KEY, bytes BLOB NOT NULL, leaf BLOB NOT NULL) STRICT;
CREATE TABLE tiles (
  level INTEGER NOT NULL, idx INTEGER NOT NULL, hashes BLOB NOT NULL, middle BLOB NOT NULL, root BLOB NOT NULL,
  PRIMARY KEY (level, idx)
) STRICT;
CREATE TABLE head (id INTEGER PRIMARY KEY CHECK (id = 1), checkpoint TEXT NOT NULL) STRICT;
`;
