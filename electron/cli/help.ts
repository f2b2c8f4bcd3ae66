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
  station drives [--all] [--max-size-gib N]
      lists sticks and cards, and why those that are refused are refused.
  station slots [teach N ... | forget N ...]
      which physical port is which slot; teach waits for a stick in each.
  station arm --work-order TEXT --count N --product SLUG --license KEY
          [--license-file FILE] [--renewals] [--teach-all] [--max-size-gib N]
          [--json-lines] [--decide] and what provision takes
      works on every stick that is plugged into a slot from now on, within the
      order's count, until it is interrupted. --teach-all: each port in which a
      stick turns up becomes the next free slot. --decide: reads decisions about
      held sticks on standard input, each the line that its slot told.
  station ledger verify | checkpoint | show [--device FP]
  station ledger export --out DIR [--from DAY] [--to DAY] [--work-order TEXT] [--device FP]
          [--language en|de]
      for auditors: the whole ledger, or a part with a proof for each entry.
      --salvage exports what can still be proved of a ledger that does not verify.
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
  station ledger succeed --home NEW --checkpoint FILE --old-key FILE --reason TEXT
      begins a new station that goes on from one whose keys or home were lost.
  station deactivate --device FP --license KEY [--license-file FILE] [--product SLUG]
          [--reason TEXT] [--api URL] [--api-key-file FILE]
      gives the seat of one device back to its licence, and records it.
  station keys export --out DIR
  station keys rotate --use ledger|manifest|minisign [--operator NAME]
      replaces one key; what the old one signed still verifies.
  station witness add FILE
      takes in a checkpoint that came back: from a stick's receipt, paper, or a witness.
  station witness list
  station witness policy --need N --witness VKEY-OR-FILE [--witness ...] [--operator NAME]
      names who must vouch for checkpoints, and how many of them.
  station witness ask --out FILE [--old N]      what a witness needs
  station witness key                           names this station as a witness
  station witness cosign --checkpoint FILE --out FILE [--ledger-key FILE]
      vouches for another station's checkpoint, if it goes on from what was seen.
  station carry --stick DIR --token-file FILE --vendor-key FILE [--kind sentari|stella]
          [--target NAME] [--file-name NAME] [--operator NAME] [--work-order TEXT]
      verifies another product's licence and delivers it with manifest and receipt.
  station licence show | remove | policy --expired as-none|hard-fail
      the station's own licence: where it stands, what is left. Without one 33
      provisionings in 24 hours.
  station licence add --token-file FILE | watch FILE | watch --stop
      takes a token into force (or from STATION_LICENCE), or follows a file.
  station licence recover --token-file FILE
      the way back after tampering was seen, with the vendor's recovery key.
  station licence key new --form ed25519|rsa --out DIR [--unsealed]
      a key pair for issuing; STATION_ISSUER_PASSPHRASE seals the private half.
  station licence key add FILE [--operator NAME]
      believes a vendor's public key from now on, and records it.
  station licence issue --key FILE --customer NAME --tier TEXT --expires DAY [--email A]
          [--max-devices N] [--max-packages N] [--grace-days N] [--read-only-days N]
          [--max-offline-days N] [--daily-quota N|none] [--burst N/SECONDS|none]
          [--station VKEYFILE|SHA256] [--id TEXT] [--out FILE]
      with an RSA key a JSON Web Token: --customer, --tier N, --sku, --expires.
      --recovery --event SHA256 --station S: lets a station go on after a tamper event.
  station licence fetch --issuer URL --email A | --refresh [--token-file FILE] [--out FILE]
  station operator add --new-badge CODE --name NAME --role ROLE [--new-pin-file FILE]
      the first account is the administrator; from then on everybody says who they
      are with --badge CODE. Roles: operator, supervisor, auditor, administrator.
  station operator list | set-pin [--of BADGE] | sign-in-check
  station operator change --of BADGE [--name NAME] [--role ROLE] [--active yes|no]
  station operator policy [--approvals SUBJECT,...|none] [--lock-after MINUTES]
          [--need-allotment yes|no]
  station approve list | ask --subject SUBJECT --reference TEXT --reason TEXT
  station approve give ID | refuse ID
  station work-order list | sign --work-order TEXT --product SLUG --count N
          --max-ttl-days N --from INSTANT --to INSTANT
  station sandbox [--port N] [--latency MS] [--rate-limit PER_MIN] [--seats N]
          [--seed TEXT] [--control]
      serves a rehearsal licensing API on 127.0.0.1 until it is interrupted.

Everywhere: --home DIR (or STATION_HOME) names the station's data folder; --json
prints one JSON document. The API key comes from LICENSESEAT_API_KEY or
--api-key-file. STATION_PASSPHRASE or --passphrase-file seals the station's keys;
without one they are sealed to your user account on this machine. PINs come from
STATION_PIN or --pin-file, new ones from STATION_NEW_PIN or --new-pin-file.

Exit: 0 all done; 1 some devices failed, the rest is done; 2 wrong usage;
3 refused; 4 the outside failed, resume goes on; 5 verification failed.
`;
