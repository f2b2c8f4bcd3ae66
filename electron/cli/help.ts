export const helpText = `station: offline licence provisioning

  station provision --stick DIR --product SLUG --license KEY [--license KEY ...]
          [--license-file FILE] [--api URL] [--api-key-file FILE]
          [--ttl-days N] [--grace-days N] [--operator NAME] [--work-order TEXT]
          [--on-conflict refuse|skip|accept] [--concurrency N] [--dry-run]
          [--signing-keys FILE] [--accept-signing-key KID] [--proxy URL] [--ca FILE]
      reads the fingerprints on a stick, activates every device, and writes its
      machine file back with a signed manifest and a ledger receipt.
      --dry-run tells all that can be known before a seat is spent.
      --license-file holds a pool, one key a line, drawn down in order.
  station resume --stick DIR [--accept-signing-key KID] [--give-up] [--abandon]
      finishes what a crash, a pulled stick or a lost connection left.
      --give-up delivers what is issued and closes the rest as failed.
      --abandon closes the batch without delivering.
  station verify --stick DIR --keys DIR [--license KEY]
      checks a stick with nothing but exported keys: no station, no network.
  station verify-file FILE --license KEY --fingerprint FP --public-key BASE64
      opens one machine file as the device will.
  station ledger verify | checkpoint | show [--device FP]
  station ledger export --out DIR [--from DAY] [--to DAY] [--work-order TEXT] [--device FP]
          [--language en|de]
      for auditors: the whole ledger, or a part with a proof for each entry.
  station ledger ask devices [--from DAY] [--to DAY] [--work-order TEXT]
  station ledger ask device FINGERPRINT|NAME
  station ledger ask overrides [--from DAY] [--to DAY]
  station ledger ask expiring --days N
  station ledger ask counts --by operator|work-order [--from DAY] [--to DAY]
      answers as a table, with --json, or into a file with --csv FILE.
  station ledger report --out FILE.html|FILE.pdf [--from DAY] [--to DAY]
          [--language en|de]
  station ledger reconcile --csv FILE [--license KEY]
  station ledger reconcile --server --license KEY [...] [--license-file FILE]
          [--product SLUG] [--api URL] [--api-key-file FILE]
      compares the licensing server's seats with the ledger; exit 1: they differ.
  station keys export --out DIR
  station sandbox [--port N] [--latency MS] [--rate-limit PER_MIN] [--seats N]
          [--seed TEXT] [--control]
      serves a rehearsal licensing API on 127.0.0.1 until it is interrupted.

Everywhere: --home DIR (or STATION_HOME) names the station's data folder; --json
prints one JSON document. The API key comes from LICENSESEAT_API_KEY or
--api-key-file. STATION_PASSPHRASE or --passphrase-file seals the station's keys;
without one they are sealed to your user account on this machine.

Exit: 0 all done; 1 some devices failed, the rest is done; 2 wrong usage;
3 refused; 4 the outside failed, resume goes on; 5 verification failed.
`;
