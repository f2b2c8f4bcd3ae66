/** What an auditor needs to check an export with tools that are not ours. Tests run these very commands. */
export function verifyText(origin: string, size: number, hasPage: boolean): string {
  return `How to check this export
========================

Ledger of ${origin}, ${size} entries, numbered from 0.

Trust begins with the ledger's public key. ledger.vkey and ledger.pem in this
folder are here for convenience: compare them with copies that reached you
another way, or use those copies instead.

1. Everything at once, with a stock Python 3 (3.8 or newer)

    python3 verify.py --keys . .

   This checks the signature, every entry, every tile and ledger.csv. To make
   sure that nothing was cut off or rewritten since you last looked, give it a
   checkpoint from then; a checkpoint is in every receipt (*.tlog-proof) on
   every stick that this station wrote, below the empty line:

    python3 verify.py --keys . . --checkpoint OLDER_CHECKPOINT

   A stick is checked by the same program:

    python3 verify.py --keys . --stick FOLDER_OF_THE_STICK
${hasPage ? page : ""}
2. The signature, with OpenSSL 3

    sed '/^$/,$d' checkpoint > note
    sed -n '$p' checkpoint | cut -d ' ' -f 3 | base64 -d | tail -c +5 > sig
    openssl pkeyutl -verify -rawin -pubin -inkey ledger.pem -in note -sigfile sig

   The note says the ledger's name, the number of entries, and the root hash
   of their Merkle tree (RFC 6962) in base64. The signature line is base64 of
   a key id of 4 bytes and the Ed25519 signature of 64.

3. One entry by hand

   Line N+1 of entries.jsonl is entry N, and these bytes without the newline
   are what is hashed. Its leaf hash is SHA-256 of a zero byte and the entry:

    N=0; (printf '\\0'; sed -n "$((N+1))p" entries.jsonl | tr -d '\\n') | sha256sum

   The same 32 bytes stand at place N mod 256 of tile N div 256 below tile/0;
   the layout is that of https://c2sp.org/tlog-tiles, so tools for such logs
   read this folder.

4. The table

   ledger.csv has one row an entry, for people. Where a text begins with a
   character that could make a spreadsheet run it as a formula (=, +, -, @, |,
   %, their wide forms, a blank or control character) or with an apostrophe,
   an apostrophe was put in front of it; nothing else was changed. Take
   entries.jsonl, not the table, as evidence.

5. The station's own database, while the station is closed

    sqlite3 ledger.db 'select idx, at, type, device_name from log'
`;
}

const page = `
   Or without any program: open verify.html in a browser, which needs no
   network, and drop this folder, or a stick's, on it.
`;
