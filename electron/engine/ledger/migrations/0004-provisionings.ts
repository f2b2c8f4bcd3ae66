/**
 * Devices that the station was about to take a seat for, by the index of that intent: what quotas are counted from.
 * Filled from the entries by the opening that makes it. `device` holds the first 16 bytes of the fingerprint's SHA-256,
 * `licence` the index of the entry that first activated the station licence in force, or 0.
 */
export const sql = `
CREATE TABLE provisionings (
  idx INTEGER PRIMARY KEY, at INTEGER NOT NULL, batch TEXT NOT NULL, licence INTEGER NOT NULL, device BLOB NOT NULL
) STRICT;
CREATE INDEX provisionings_by_device ON provisionings (device, licence);
`;
