import type { Check, Facts, FindingCode, NoteCode } from "#shared/verifier/findings.ts";
import type { SubjectKind } from "#shared/verifier/verify.ts";
import type { KeyUse } from "../key-shelf.ts";

/** Every word the page says. */
export interface Texts {
  readonly title: string;
  readonly lead: string;
  readonly language: string;
  readonly keys: string;
  readonly keysLead: string;
  readonly keyNames: Readonly<Record<KeyUse, string>>;
  readonly keyNeeds: Readonly<Record<KeyUse, string>>;
  readonly keyFiles: string;
  readonly pasteKeys: string;
  readonly pasteHint: string;
  readonly noKeyInText: string;
  readonly compare: string;
  readonly compareLead: string;
  readonly fingerprint: string;
  readonly printed: (use: string) => string;
  readonly isSame: string;
  readonly isOther: string;
  readonly trusted: string;
  readonly notGiven: string;
  readonly forget: (use: string) => string;
  readonly hasHistory: string;
  readonly badHistory: string;
  readonly witnesses: string;
  readonly witnessesLead: string;
  readonly witnessKeys: string;
  readonly witnessNeeded: string;
  readonly witnessesNamed: (keys: number, needed: number) => string;
  readonly evidence: string;
  readonly evidenceLead: string;
  readonly chooseFolder: string;
  readonly chooseFiles: string;
  readonly handed: (files: number) => string;
  readonly unreadable: string;
  readonly clear: string;
  readonly verify: string;
  readonly needKey: string;
  readonly needEvidence: string;
  readonly working: (entries: number) => string;
  readonly failed: string;
  readonly good: string;
  readonly goodBody: string;
  readonly bad: (count: number) => string;
  readonly badBody: string;
  readonly kinds: Readonly<Record<SubjectKind, string>>;
  readonly top: string;
  readonly head: (entries: number, root: string) => string;
  readonly checkColumns: readonly [string, string, string];
  readonly checkNames: Readonly<Record<Check, string>>;
  readonly isGood: string;
  readonly isBad: string;
  readonly line: (line: number) => string;
  readonly more: (count: number) => string;
  readonly notes: string;
  readonly findings: Readonly<Record<FindingCode, (facts: Facts) => string>>;
  readonly noteTexts: Readonly<Record<NoteCode, (facts: Facts) => string>>;
  readonly count: (value: number) => string;
}

const count = (value: number): string => value.toLocaleString("en");

export const en: Texts = {
  title: "Ledger verifier",
  lead: "Checks ledger exports, slices and sticks in this browser. Nothing leaves this computer; no network is used.",
  language: "Deutsch",
  keys: "1. Keys you trust",
  keysLead:
    "Give public keys that reached you another way than with the evidence: files from the station's key export, pasted text, or fingerprints on paper.",
  keyNames: { ledger: "Ledger key", manifest: "Manifest key", minisign: "minisign key" },
  keyNeeds: {
    ledger: "ledger.vkey: always needed",
    manifest: "manifest.pem: needed for sticks",
    minisign: "minisign.pub: without it, the key that the signed manifest lists is used",
  },
  keyFiles: "Choose key files",
  pasteKeys: "Or paste keys here",
  pasteHint: "A vkey, a PEM block or a minisign public key",
  noKeyInText: "There is no public key of these kinds in this text.",
  compare: "Or compare with paper",
  compareLead:
    "These keys travelled with the evidence, so they prove nothing by themselves. Type the fingerprint from your paper: when it is the same, the key is the right one.",
  fingerprint: "SHA-256 of the key",
  printed: (use) => `Printed fingerprint, ${use}`,
  isSame: "The same: trusted",
  isOther: "Not the same",
  trusted: "Trusted",
  notGiven: "Not given",
  forget: (use) => `Forget ${use}`,
  hasHistory: "The history of the station's keys is at hand: what earlier keys signed is judged too.",
  badHistory: "The key-history.json is not of this ledger, or it is damaged. Take the one from the same key export.",
  witnesses: "Witnesses",
  witnessesLead:
    "Others who vouch for this ledger's checkpoints, if you know any. An earlier ledger that this one goes on from is handed over with the evidence.",
  witnessKeys: "Keys of witnesses, one a line",
  witnessNeeded: "How many must vouch",
  witnessesNamed: (keys, needed) => `${count(keys)} witnesses named, ${count(needed)} must vouch.`,
  evidence: "2. Evidence",
  evidenceLead:
    "Drop folders here: an export, a slice, a whole stick or a copy of one. Drop several, and older checkpoints too: they are held against each other.",
  chooseFolder: "Choose a folder",
  chooseFiles: "Choose files",
  handed: (files) => (files === 1 ? "1 file at hand" : `${count(files)} files at hand`),
  unreadable: "Something that was dropped could not be read. Copy it to this computer's disk and drop it again.",
  clear: "Put all away",
  verify: "Verify the evidence",
  needKey: "Give the ledger key first.",
  needEvidence: "Give some evidence first.",
  working: (entries) => `Checking: ${count(entries)} entries read`,
  failed: "The check could not be finished: the files could not be read to the end. Give them again and repeat.",
  good: "Everything verifies",
  goodBody: "Every check below was made with the keys you trust, and none found anything wrong.",
  bad: (found) => (found === 1 ? "1 thing is wrong" : `${count(found)} things are wrong`),
  badBody: "What is wrong, and where, is listed below. Keep the evidence as it is.",
  kinds: {
    export: "Ledger export",
    slice: "Slice of a ledger",
    stick: "Stick",
    batch: "Delivery",
    checkpoint: "Checkpoint",
  },
  top: "what was handed over",
  head: (entries, root) => `${count(entries)} entries, root ${root}`,
  checkColumns: ["Check", "Looked at", "Result"],
  checkNames: {
    entries: "Entries in exact form and order",
    tree: "Root of the entries is the signed one",
    signature: "Signature of the checkpoint",
    tiles: "Tiles agree with the entries",
    table: "Rows of ledger.csv agree",
    slice: "What the slice leaves out",
    keys: "Keys beside the evidence",
    manifest: "Signed manifests",
    sums: "Lists of sums and their signatures",
    files: "Files are those that were signed",
    receipts: "Ledger receipts prove their files",
    index: "index.json agrees with the deliveries",
    requests: "Request files are those answered",
    consistency: "Checkpoints are of one history",
  },
  isGood: "good",
  isBad: "wrong",
  line: (line) => `line ${count(line)}`,
  more: (more) => `and ${count(more)} more`,
  notes: "Worth knowing",
  findings: {
    "nothing-found": () => "There is no ledger export, slice, stick or checkpoint in what was handed over.",
    "case-collision": ({ other }) =>
      `Its name differs from ${other} only in case: on many disks one would replace the other.`,
    unreadable: () => "It could not be read.",
    "not-a-file": () => "It is a link or device where a file should be.",
    "too-large": () => "It is larger than it can be.",
    missing: () => "It is missing.",
    unexpected: () => "It does not belong here.",
    encoding: () => "It is not in its one exact form: something was added, left out or written another way.",
    "entry-cut": () => "This line is cut off, or longer than an entry can be.",
    "entry-form": ({ entry }) => `Entry ${entry} is not an entry of version 1 in canonical JSON.`,
    "entry-order": ({ entry }) => `Entry ${entry} says an earlier time than the entry before it.`,
    "entries-differ": ({ entry }) =>
      `From entry ${entry} on this is not what was signed: it was changed, moved, added or left out.`,
    "operator-signature": ({ entry }) =>
      `Entry ${entry} is an operator's signature that is not by that operator's key over the entries before it.`,
    "operator-account": ({ entry }) =>
      `Entry ${entry} came about by an operator whose account entries the slice should show and does not.`,
    "rotation-broken": ({ entry }) => `Entry ${entry} says that a key was changed, but not both keys signed it.`,
    "retired-key": ({ entries }) =>
      `It speaks of ${entries} entries, but its key was retired before the ledger had as many.`,
    "key-differs": () => "This is not a key you trust, nor one that followed or preceded it.",
    "key-missing": ({ key }) => `It cannot be checked: ${key} was not given.`,
    "note-signature": () => "It is not signed by the ledger key you trust.",
    "other-origin": ({ expected, found }) => `It is of the ledger "${found}", not of "${expected}".`,
    "too-few-witnesses": ({ found, needed }) => `${found} of the named witnesses signed it; ${needed} must.`,
    "link-broken": () => "What it says of the lost ledger that it goes on from contradicts itself.",
    "size-differs": ({ signed, found }) => `${signed} entries were signed, ${found} are here.`,
    "root-differs": () => "The entries do not add up to the root that was signed.",
    "tile-differs": () => "It does not agree with the entries.",
    "tile-stray": () => "It belongs to no tree of this size.",
    "table-form": () => "This row is not in the one exact form.",
    "table-short": ({ entry }) => `The row of entry ${entry} is missing.`,
    "table-long": () => "There are more rows than entries.",
    "table-differs": ({ entry, column }) => `Column ${column} does not say what entry ${entry} says.`,
    "table-formula": ({ entry, column }) => `Column ${column} of entry ${entry} would run as a formula.`,
    "slice-form": () => "It does not say in the one exact form what is left out.",
    "slice-count": () => "What is shown and what is left out do not make up the ledger.",
    "slice-receipt": ({ entry }) => `It is not the receipt of entry ${entry} under the slice's checkpoint.`,
    "envelope-signature": () => "It is not signed by the manifest key you trust.",
    "manifest-form": ({ member }) => `It is not a delivery's manifest, or contradicts itself at ${member}.`,
    "manifest-batch": ({ found }) => `It is the manifest of another delivery (${found}) than its folder.`,
    "manifest-not-logged": () => "The ledger says that another manifest than this one was delivered.",
    "sums-differ": () => "Manifest and SHA256SUMS list different files.",
    "sums-signature": () => "SHA256SUMS and its signature do not fit under the minisign key.",
    "sums-batch": () => "The signature was made for another delivery.",
    "no-list": () => "Neither list of its files is to be trusted, so nothing in this folder is.",
    digest: () => "Its bytes are not those that were signed.",
    "receipt-form": () => "It is not a ledger receipt in the one exact form.",
    "receipt-proof": () => "It does not prove that its entry is in the ledger.",
    "receipt-entry": ({ file, member }) => `Its entry is not that of ${file}: ${member} differs.`,
    "receipt-place": ({ file }) => `It proves another place in the ledger than the manifest names for ${file}.`,
    "index-differs": () => "It does not say what the deliveries say.",
    "nothing-delivered": () => "There is no delivery on this stick.",
    "request-changed": () => "The request file is not the one that was answered.",
    ahead: ({ entries, found }) =>
      `It knows ${entries} entries, the ledger at hand has ${found}: that ledger is old, was cut or was rewound.`,
    fork: ({ entries }) =>
      `It knows other first ${entries} entries than the ledger at hand: one of the two was rewritten. Both are signed: keep both.`,
    "consistency-proof": ({ entries }) => `That this ledger grew from those ${entries} entries is not proved.`,
  },
  noteTexts: {
    "left-over": () => "Left by an interrupted delivery; never part of one.",
    "not-compared": ({ entries }) =>
      `Its ${entries} entries could not be held against a whole ledger: give an export too.`,
    "index-behind": () => "Does not list the last delivery yet, which was interrupted at its very end.",
    "index-unjudged": () => "Was not compared, since not every manifest is to be trusted.",
    continues: ({ origin, entries }) => `This ledger goes on from the lost ledger "${origin}" of ${entries} entries.`,
    "slice-unjudged": () =>
      "This slice is of a form that carries neither operators' accounts nor witnesses' checkpoints: operators' signatures in it were not judged.",
    "key-vouched": () => "No minisign key was given; this one is listed in the signed manifest.",
  },
  count,
};
