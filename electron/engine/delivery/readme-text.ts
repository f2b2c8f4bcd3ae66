import {
  certificateSuffix,
  ledgerKeyName,
  manifestName,
  minisignPublicName,
  receiptSuffix,
  signatureName,
  sumsName,
} from "./layout.ts";

export interface ReadmeFacts {
  readonly batch: string;
  readonly station: string;
  readonly product: string;
  readonly devices: readonly unknown[];
}

/** README.txt: for whoever finds the folder and has never heard of the station. */
export function readmeText(facts: ReadmeFacts): string {
  const { batch, devices } = facts;
  const lines = [
    "LICENCE FILES FOR DEVICES WITHOUT A NETWORK",
    "",
    `Batch:    ${batch}`,
    `Station:  ${plain(facts.station)}`,
    `Product:  ${plain(facts.product)}`,
    `Devices:  ${devices.length}`,
    "",
    "What to do",
    "  Each device has one file that ends in .lic. Its name is the device's name and the first 8 hex digits",
    "  of the SHA-256 of the device's fingerprint. Give each device its own file; it fits no other device.",
    "  ../index.json names the newest file of every device on this stick.",
    "",
    "What is here",
    row(`*${certificateSuffix}`, "the machine file, exactly as the licensing server sent it"),
    row(`*${receiptSuffix}`, "proof that issuing that very file is in the station's ledger (C2SP tlog-proof)"),
    ...closing,
  ];
  return `${lines.join("\n")}\n`;
}

/** The same for a licence that is carried to another product's server. */
export function carriedReadmeText(
  facts: Pick<ReadmeFacts, "batch" | "station" | "product">,
  { file, target }: { readonly file: string; readonly target: string | null },
): string {
  const lines = [
    "A LICENCE FOR A SERVER WITHOUT A NETWORK",
    "",
    `Batch:    ${facts.batch}`,
    `Station:  ${plain(facts.station)}`,
    `Product:  ${plain(facts.product)}`,
    `Target:   ${target === null ? "not named" : plain(target)}`,
    "",
    "What to do",
    `  Give the server the file ${file}, under that name or as its manual says. It is a licence: treat it`,
    "  as a secret, and take it off this stick when it is installed.",
    "",
    "What is here",
    row(file, "the licence, exactly as its vendor signed it"),
    row(`*${receiptSuffix}`, "proof that carrying that very file is in the station's ledger (C2SP tlog-proof)"),
    ...closing,
  ];
  return `${lines.join("\n")}\n`;
}

const closing = [
  row(manifestName, "signed list of all devices and files (DSSE, in-toto Statement v1)"),
  row(sumsName, "SHA-256 of every other file but its signature"),
  row(signatureName, "signature of the list above (minisign)"),
  row(minisignPublicName, "public key for that signature"),
  row(ledgerKeyName, "public key of the station's ledger"),
  "",
  "How to check it",
  `  sha256sum -c ${sumsName}`,
  `  minisign -Vm ${sumsName} -p ${minisignPublicName}`,
  "  station verify --stick ROOT-OF-THE-STICK --keys FOLDER-WITH-THE-STATION'S-PUBLIC-KEYS",
  "  The public keys here are for convenience. Trust only keys that came to you another way.",
  "",
  "Do not edit, rename or add files here: every change is found by the checks above.",
];

function row(name: string, meaning: string): string {
  return `  ${name.padEnd(20)} ${meaning}`;
}

// Names come from people; nothing in them may look like another line or turn the text around.
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
}
