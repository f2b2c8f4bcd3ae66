/** Machine files that were issued and are still owed to a stick, by the index of their ledger entry. */
export const sql = `
CREATE TABLE outbox (
  idx INTEGER PRIMARY KEY, file_sha256 TEXT NOT NULL, batch TEXT NOT NULL, bytes BLOB NOT NULL
) STRICT;
CREATE INDEX outbox_by_file ON outbox (file_sha256);
CREATE INDEX outbox_by_batch ON outbox (batch, idx);
`;
