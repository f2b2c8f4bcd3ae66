/**
 * Machine files by when they expire, derived from every complete run of 4,096 entries. Filled from the entries by the
 * opening that makes it.
 */
export const sql = `
CREATE TABLE expiry_runs (run INTEGER PRIMARY KEY, records BLOB NOT NULL) STRICT;
`;
