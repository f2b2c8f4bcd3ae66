/**
 * Ways to find entries, derived from every complete run of 4,096 of them. They start empty here and are filled from the
 * entries when the ledger is next opened for writing. The view is for people with a SQL shell.
 */
export const sql = `
CREATE TABLE device_runs (run INTEGER PRIMARY KEY, records BLOB NOT NULL) STRICT;
CREATE TABLE by_batch (batch TEXT NOT NULL, bundle INTEGER NOT NULL, PRIMARY KEY (batch, bundle)) STRICT, WITHOUT ROWID;
CREATE TABLE milestones (
  type TEXT NOT NULL, batch TEXT NOT NULL, idx INTEGER NOT NULL, PRIMARY KEY (type, batch, idx)
) STRICT, WITHOUT ROWID;
CREATE VIEW log AS
  SELECT idx, entry ->> '$.at' AS at, entry ->> '$.type' AS type, entry ->> '$.batch' AS batch,
    entry ->> '$.fingerprint_sha256' AS fingerprint_sha256, entry ->> '$.device_name' AS device_name, entry
  FROM (SELECT idx, CAST(bytes AS TEXT) AS entry FROM entries);
`;
