import type { Messages } from "../message.ts";

const nothingSpent = "No seat was taken and the stick is unchanged.";
const othersGoOn = "No seat was taken for it. The other requests go on.";
const notWritten = "The seat is taken and recorded, but nothing unverified is written to the stick.";
const oldStateKept = "What was committed before is intact; what was not committed counts as not delivered.";
const seatsRecorded = "Seats taken so far are recorded and none is taken twice.";
const doubtStick = "The files on this stick can't be trusted as they are. Seats are not touched.";

export const messages: Messages = {
  USAGE: [
    "The station did not understand this request.",
    "Nothing was changed.",
    "Check what was entered and try again.",
  ],
  INTERNAL: [
    "The station met a fault of its own.",
    "Seats and deliveries so far are in the ledger; nothing is lost.",
    "Try again. If it happens once more, restart the station and report it with the details below.",
  ],
  CANCELLED: ["It was stopped here.", seatsRecorded, "Start it again when you are ready; it goes on where it was."],
  HOME_LOCKED: [
    "Another station is already working with this data folder.",
    nothingSpent,
    "Use the window that is open, or close the other station first.",
  ],
  STICK_LOCKED: [
    "Another station is working on this stick.",
    nothingSpent,
    "Wait until it has finished there, then read the stick again.",
  ],
  HOME_UNREADABLE: [
    "The station's data folder can't be read or written.",
    "Nothing is done without the ledger: no seat is taken.",
    "Check that the disk has room and that this account owns the folder, then restart the station.",
  ],
  KEYS_UNREADABLE: [
    "The station's keys can't be opened.",
    "Nothing can be signed, so no seat is taken and no stick is written.",
    "Unlock the key store or enter the right passphrase. If the key file is damaged, restore it from a backup.",
  ],
  SECRET_MISSING: [
    "A secret that is needed is not stored here.",
    nothingSpent,
    "Enter the API key in the settings, or the licence key under device licences.",
  ],

  REQUEST_EMPTY: ["The request file is empty.", othersGoOn, "Export the fingerprint from the device again."],
  REQUEST_TOO_LARGE: [
    "The request file is larger than a request can be.",
    othersGoOn,
    "Look what this file is. A request is under 64 KiB, a list under 8 MiB.",
  ],
  REQUEST_ENCODING: [
    "The request is not clean UTF-8 text.",
    othersGoOn,
    "Export it from the device again, and do not open it in a word processor.",
  ],
  REQUEST_NAME_ENCODING: ["The file's name is not readable text.", othersGoOn, "Rename the file with plain letters."],
  REQUEST_NOT_A_FILE: [
    "A link or a special file stands where a request should be.",
    othersGoOn,
    "Put the request file itself on the stick.",
  ],
  REQUEST_UNREADABLE: [
    "The request file could not be read.",
    othersGoOn,
    "Copy it to the stick again. If it fails once more, use another stick.",
  ],
  REQUEST_SYNTAX: [
    "The request is not in the form that its name promises.",
    othersGoOn,
    "Export it again, or correct the list where the row says so.",
  ],
  REQUEST_DUPLICATE_MEMBER: [
    "The request names the same thing twice.",
    othersGoOn,
    "Remove one of the two, so that it is clear which one holds.",
  ],
  REQUEST_TOO_DEEP: [
    "The request is nested more deeply than any request is.",
    othersGoOn,
    "Export it from the device again.",
  ],
  REQUEST_SHAPE: [
    "Something in the request is missing or of the wrong kind.",
    othersGoOn,
    "Export it again. It needs at least the fingerprint, as text.",
  ],
  REQUEST_FORMULA: [
    "A cell of the list would run as a formula in a spreadsheet.",
    othersGoOn,
    "Find out who wrote this list, then replace the cell by plain text.",
  ],
  FINGERPRINT_LENGTH: [
    "The fingerprint is too short or too long.",
    othersGoOn,
    "A fingerprint has 8 to 255 bytes. Export it from the device again.",
  ],
  FINGERPRINT_CHARACTERS: [
    "The fingerprint holds blanks around it or characters that can't be seen.",
    othersGoOn,
    "Export it from the device again instead of copying it by hand.",
  ],
  NAME_CHARACTERS: [
    "The device's name is too long or holds characters that can't be seen.",
    othersGoOn,
    "Give the device a plain name and export the request again.",
  ],
  TOO_MANY_REQUESTS: [
    "There are more requests on the stick than one stick may hold.",
    nothingSpent,
    "Spread them over several sticks: 100,000 each at most.",
  ],
  TOO_MANY_ENTRIES: [
    "A folder on the stick holds too many files.",
    "No seat was taken for what lies in it. Other folders are read.",
    "Move the requests to a folder with at most 20,000 entries.",
  ],
  TOO_DEEP_FOLDER: [
    "There are request files below the third folder.",
    othersGoOn,
    "Move them further up: three folders down is as far as the station looks.",
  ],
  NO_REQUESTS: [
    "There is no usable request on the stick.",
    nothingSpent,
    "Check that the devices exported to this stick, and that it is the right one.",
  ],
  CONFLICT_UNDECIDED: [
    "Names and fingerprints contradict each other.",
    nothingSpent,
    "Decide in the check: leave the devices out, or accept them as they are.",
  ],
  CONFLICT_SKIPPED: [
    "The device was left out, since its requests contradict each other.",
    "No seat was taken for it.",
    "Correct its request and provision it with the next stick.",
  ],
  PRODUCT_UNEXPECTED: [
    "The request is for another product than this batch.",
    othersGoOn,
    "Provision it in a batch of its own, with that product chosen.",
  ],

  POLICY_TTL: [
    "The time to live is outside what is allowed.",
    nothingSpent,
    "Choose 1 to 3,650 whole days under device licences.",
  ],
  POLICY_GRACE: ["The grace period is outside what is allowed.", nothingSpent, "Choose 0 to 30 whole days."],
  POOL_EMPTY: [
    "No licence key of this pool has a free seat.",
    "The device got no seat. Devices before it are done.",
    "Add a key to the pool or free seats on the server, then retry what failed.",
  ],
  LICENSE_KEY_MISSING: [
    "No licence key is known for this device.",
    "No seat was taken for it.",
    "Choose a pool for the work at hand, or put the key into the list.",
  ],
  LICENSE_KEY_INVALID: [
    "The licence key is not of a form that any server knows.",
    "No seat was taken with it.",
    "Enter the key again, without blanks around it.",
  ],

  API_UNREACHABLE: [
    "The licensing server did not answer.",
    seatsRecorded,
    "Check the network, the proxy and the API address, then finish the batch.",
  ],
  API_TIMEOUT: [
    "The licensing server took too long to answer.",
    `${seatsRecorded} A seat that may have been taken is found again on the next try.`,
    "Wait a moment, then finish the batch.",
  ],
  API_RATE_LIMITED: [
    "The licensing server keeps asking for fewer requests.",
    seatsRecorded,
    "Wait some minutes, then retry. Ask for a higher limit if this is usual.",
  ],
  API_FAILED: [
    "The licensing server has a fault of its own.",
    seatsRecorded,
    "Wait a moment, then retry what failed. If it stays, report it to the licensing service.",
  ],
  API_REDIRECT: [
    "The licensing server points to another address, which the station never follows.",
    "No seat was taken.",
    "Enter the server's real API address in the settings.",
  ],
  API_MALFORMED: [
    "The licensing server's answer could not be understood.",
    "Nothing of it was used or written.",
    "Check the API address. If it is right, report this to the licensing service.",
  ],
  API_TOO_LARGE: [
    "The licensing server's answer is far too large.",
    "Nothing of it was used or written.",
    "Check that the API address belongs to the licensing server.",
  ],
  API_WRONG_IDENTITY: [
    "The server answered for another device, licence or product.",
    "The answer was thrown away and nothing was written. The seat may be taken.",
    "Retry the device. If it happens again, stop and report it to the licensing service.",
  ],
  API_URL_INVALID: [
    "The API address is not usable.",
    nothingSpent,
    "Enter an HTTPS address in the settings. Plain HTTP is for this machine only.",
  ],
  API_UNAUTHORIZED: [
    "The licensing server does not accept the API key.",
    "No seat was taken since then.",
    "Enter the right API key in the settings and test the connection.",
  ],
  API_FORBIDDEN: [
    "The API key may not do this.",
    "No seat was taken since then.",
    "Ask for a key that may activate devices and issue machine files.",
  ],
  API_REFUSED: [
    "The licensing server refused the request.",
    "No seat was taken for this device.",
    "Read the details below and correct what the server names.",
  ],
  PRODUCT_NOT_FOUND: [
    "The licensing server does not know this product.",
    "No seat was taken.",
    "Check the product's short name under device licences.",
  ],
  PRODUCT_MISMATCH: [
    "The licence belongs to another product.",
    "No seat was taken.",
    "Choose the product that the licence was sold for.",
  ],
  LICENSE_NOT_FOUND: [
    "The licensing server does not know this licence key.",
    "No seat was taken with it.",
    "Check the key where you got it, then enter it again.",
  ],
  LICENSE_EXPIRED: [
    "The licence has expired.",
    "No new seat can be taken. Files already issued hold until their own end.",
    "Renew the licence, then retry what failed.",
  ],
  LICENSE_SUSPENDED: [
    "The licence is suspended.",
    "No new seat can be taken. Files already issued hold until their own end.",
    "Ask the licensing service why, then retry what failed.",
  ],
  LICENSE_REVOKED: [
    "The licence is revoked.",
    "No new seat can be taken with it, ever. Files already issued hold until their own end.",
    "Use another licence key.",
  ],
  LICENSE_NOT_ACTIVE: [
    "The licence is not active.",
    "No seat was taken.",
    "Have it activated by the licensing service, then retry what failed.",
  ],
  LICENSE_NOT_STARTED: [
    "The licence has not begun yet.",
    "No seat was taken.",
    "Wait for its first day, or use another licence key.",
  ],
  SEAT_LIMIT_EXCEEDED: [
    "The licence has no free seat.",
    "This device got none. Devices before it are done.",
    "Free a seat or buy more, or add a key to the pool, then retry what failed.",
  ],
  DEVICE_NOT_ACTIVATED: [
    "The device has no seat any more.",
    "No file was issued for it.",
    "Retry it: the station activates it again, which takes a seat.",
  ],
  SIGNING_KEY_UNKNOWN: [
    "The file is signed with a key that nobody here knows.",
    notWritten,
    "Ask the licensing service for its signing keys before you go on.",
  ],
  SIGNING_KEY_CHANGED: [
    "The server's signing key is not the one recorded here.",
    "The batch waits and nothing more is spent. The devices in the field may not accept files under the new key.",
    "Compare the key with the licensing service by another way. Only then accept it, and finish the batch.",
  ],

  CREDENTIAL_TOO_LARGE: [
    "The machine file is larger than a device accepts.",
    notWritten,
    "Retry. If it stays, report it to the licensing service.",
  ],
  CREDENTIAL_FORMAT: [
    "The machine file is not in its exact form.",
    notWritten,
    "Retry. If the file came from elsewhere, get it again without editing it.",
  ],
  CREDENTIAL_ALGORITHM: [
    "The machine file uses a way of signing that devices do not know.",
    notWritten,
    "Ask the licensing service which algorithm it uses.",
  ],
  CREDENTIAL_PUBLIC_KEY: [
    "The signing key is not a usable key.",
    notWritten,
    "Get the key again from the licensing service: 32 bytes in standard Base64.",
  ],
  CREDENTIAL_SIGNATURE: [
    "The machine file's signature is wrong.",
    notWritten,
    "Retry. If it stays, somebody may be changing files on their way: stop and report it.",
  ],
  CREDENTIAL_DECRYPTION: [
    "The machine file does not open with this licence key and fingerprint.",
    notWritten,
    "Check that licence key and fingerprint are the device's own, then retry.",
  ],
  CREDENTIAL_PAYLOAD: [
    "What is inside the machine file is not as it should be.",
    notWritten,
    "Retry. If it stays, report it to the licensing service.",
  ],
  CREDENTIAL_CLAIMS: [
    "What the machine file says contradicts itself.",
    notWritten,
    "Retry. If it stays, report it to the licensing service.",
  ],
  CREDENTIAL_INCLUDED_LICENSE: [
    "The licence inside the machine file contradicts it or is not active.",
    notWritten,
    "Check the licence's state on the server, then retry.",
  ],
  CREDENTIAL_PRODUCT_MISMATCH: [
    "The machine file is for another product.",
    notWritten,
    "Check the product of the work at hand, then retry.",
  ],
  CREDENTIAL_LICENSE_MISMATCH: [
    "The machine file is for another licence key.",
    notWritten,
    "Check which key this device should have, then retry.",
  ],
  CREDENTIAL_FINGERPRINT_MISMATCH: [
    "The machine file is for another device.",
    notWritten,
    "Retry this device with its own request.",
  ],
  CREDENTIAL_ACTIVATION_MISMATCH: [
    "The machine file belongs to another activation of this device.",
    notWritten,
    "Retry: the newest activation is used.",
  ],
  CREDENTIAL_CLOCK: [
    "The machine file was issued in the future of this clock.",
    notWritten,
    "Set this computer's clock, then retry.",
  ],
  CREDENTIAL_NOT_YET_VALID: [
    "The machine file is not valid yet.",
    notWritten,
    "Check this computer's clock. If it is right, wait until the file begins.",
  ],
  CREDENTIAL_EXPIRED: [
    "The machine file has expired.",
    "The device does not accept it any more. Its seat stays.",
    "Issue the file again; that takes no seat.",
  ],
  CREDENTIAL_LICENSE_EXPIRED: [
    "The licence inside the machine file has expired.",
    "The device does not accept it any more. Its seat stays.",
    "Renew the licence, then issue the file again.",
  ],
  CREDENTIAL_OFFLINE_TOO_LONG: [
    "The machine file is older than this device may be offline.",
    "The device does not accept it any more. Its seat stays.",
    "Issue the file again; that takes no seat.",
  ],

  STICK_UNSAFE: [
    "This is not a place that the station may write to.",
    "Nothing was written to it and no seat was taken.",
    "Use a removable stick. Disks that the system runs from are never touched.",
  ],
  STICK_GONE: [
    "The stick was pulled before it was finished.",
    "Nothing is lost: seats taken so far are recorded, and what was committed before is intact.",
    "Plug the same stick in again and finish it.",
  ],
  STICK_FULL: [
    "There is no room on the stick.",
    oldStateKept,
    "Delete what is not needed on it, then finish the batch.",
  ],
  STICK_READ_ONLY: [
    "The stick can't be written.",
    oldStateKept,
    "Slide its lock off, or check it for errors on another computer, then finish the batch.",
  ],
  STICK_IO: [
    "The stick reported a fault while it was read or written.",
    oldStateKept,
    "Plug it in again and finish. If the fault returns, give the batch up and use another stick.",
  ],
  STICK_READ_BACK: [
    "The stick gave back other bytes than were written.",
    `${oldStateKept} This stick is failing.`,
    "Throw the stick away and provision with another one. Issuing again takes no seat.",
  ],
  STICK_BUSY: [
    "Another program holds files on the stick.",
    oldStateKept,
    "Close what has them open, such as a file window or a virus scanner, then try again.",
  ],
  STICK_OTHER: [
    "This is not the stick that the batch began on.",
    "Nothing was written to it. The batch still waits for its own stick.",
    "Plug in the stick that the batch began on, or give that batch up.",
  ],

  LEDGER_BROKEN: [
    "The ledger does not verify: it was changed or damaged.",
    "No seat is taken and no stick is written while this is so.",
    "Leave the data folder as it is and restore the ledger from a backup. An export or a stick shows where it differs.",
  ],
  LEDGER_REWOUND: [
    "A stick carries a newer head of this ledger than the ledger has.",
    "An older copy of the ledger is in place. Nothing is appended to it and no seat is taken.",
    "Put the newest ledger back. Find out who replaced it.",
  ],
  LEDGER_FOREIGN: [
    "The checkpoint belongs to another station.",
    "It neither proves nor disproves anything here.",
    "Check it on the station that it names.",
  ],
  WITNESS_UNPROVED: [
    "Nothing proves that this checkpoint goes on from the one seen before.",
    "It was not vouched for.",
    "Ask its station for a proof that starts at the number of entries named here.",
  ],
  WITNESS_FORKED: [
    "Another ledger of the same size was signed before.",
    "Both checkpoints are kept as evidence; this one was not vouched for.",
    "Show both to an auditor.",
  ],
  LEDGER_UNWRITABLE: [
    "The ledger could not be written.",
    "Nothing is spent that is not recorded first, so no seat was taken.",
    "Check that the disk has room and works, then restart the station.",
  ],
  LEDGER_ENTRY_TOO_LARGE: [
    "What should be recorded is too long for one ledger entry.",
    "It was not done, since it could not be recorded.",
    "Shorten the names or the work order, then try again.",
  ],
  CLOCK_BEHIND: [
    "This computer's clock is behind the last ledger entry.",
    "Nothing is recorded out of order, so no seat is taken.",
    "Set the clock, then try again.",
  ],
  DEVICE_IN_BATCH: [
    "A batch that is not finished has this device.",
    "Nothing was changed.",
    "Finish or abandon that batch first.",
  ],
  NOTHING_TO_RESUME: [
    "Nothing is owed to this stick.",
    "Everything that was begun on it is finished or given up.",
    "Check the stick anew if there are requests on it.",
  ],
  LICENCE_REQUIRED: [
    "Nothing more can be provisioned without a station licence now.",
    "The free allowance of 33 provisionings in 24 hours is used up. No seat was taken.",
    "Add a station licence on the station licence page, or wait until the allowance is free again.",
  ],
  LICENCE_GRACE: [
    "The station licence has expired.",
    "Its grace period runs: everything still works until that ends.",
    "Ask the vendor for a new licence and add it on the station licence page.",
  ],
  LICENCE_RUN_OUT: [
    "The station licence has expired.",
    "The station works as without one: 33 provisionings in 24 hours.",
    "Add a new licence on the station licence page.",
  ],
  LICENCE_READ_ONLY: [
    "The station licence is in its read-only period.",
    "Pages, ledger, verification and export work; no seat is taken and no new delivery is written.",
    "Add a new licence on the station licence page.",
  ],
  LICENCE_LOCKED: [
    "The station licence has run out for good.",
    "No seat is taken and no new delivery is written; verification and export work.",
    "Add a new licence on the station licence page.",
  ],
  LICENCE_OFFLINE_TOO_LONG: [
    "The station was without contact for too long.",
    "Its licence says how long it may work offline, and that time is over. No seat was taken.",
    "Connect the station and fetch a fresh licence on the station licence page, or paste one.",
  ],
  LICENCE_OTHER_STATION: [
    "This station licence is bound to another station.",
    "It was not taken over; what was in force stays so.",
    "Ask the vendor for a licence that is bound to this station's key.",
  ],
  LICENCE_KEPT: [
    "A station licence past its grace period can't be removed.",
    "It stays in force as it is.",
    "Add a new licence in its place.",
  ],
  LICENCE_FILE_UNREADABLE: [
    "The watched licence file can't be read.",
    "The last good licence stays in force.",
    "Check that the file is there, or stop watching it.",
  ],
  LICENCE_RECOVERY_REFUSED: [
    "This recovery key is not for what was seen here.",
    "Writing stays refused.",
    "Send the vendor the event shown on this page and ask for a key for it.",
  ],
  STATION_TAMPERED: [
    "Signs of tampering were seen on this station.",
    "No seat is taken and nothing is written until it is recovered.",
    "Look at the station licence page, call whoever is responsible, and paste the vendor's recovery key.",
  ],
  STATION_QUOTA_REACHED: [
    "The quota of the last 24 hours is used up.",
    "No seat was taken for this device.",
    "Wait until places are free again, or add a station licence with a larger quota.",
  ],
  STATION_DEVICES_REACHED: [
    "The station licence's number of devices is used up.",
    "No seat was taken for this device. Devices provisioned before can be renewed.",
    "Ask the vendor for a licence for more devices.",
  ],
  STATION_BURST_REACHED: [
    "Too many batches were begun in a short time.",
    "No seat was taken.",
    "Wait a minute, then start the batch again.",
  ],

  LICENCE_TOKEN_TOO_LARGE: [
    "This is too large to be a licence token.",
    "It was not read, and nothing was changed.",
    "Check that the right file or text was given.",
  ],
  LICENCE_TOKEN_FORMAT: [
    "This is not a licence token, or part of it is missing.",
    "Nothing was changed; a licence held before still counts.",
    "Copy the token again, whole and on one line, exactly as the vendor sent it.",
  ],
  LICENCE_TOKEN_ALGORITHM: [
    "The licence token names an algorithm that is not accepted.",
    "Tokens like this are made to deceive. Nothing was changed.",
    "Do not use it. Ask the vendor for a genuine token.",
  ],
  LICENCE_TOKEN_KEY: [
    "The licence token is signed with a key this station does not know.",
    "Nothing can be said of it, and nothing was changed.",
    "Check whose token it is. If the vendor has a new key, add that public key first.",
  ],
  LICENCE_TOKEN_SIGNATURE: [
    "The licence token's signature does not verify.",
    "It was changed, or made by somebody else. Nothing was changed here.",
    "Do not use it. Copy it again, or ask the vendor for a new one.",
  ],
  LICENCE_TOKEN_CLAIMS: [
    "What the licence token says is malformed or contradicts itself.",
    "It is not used, and nothing was changed.",
    "Check this computer's clock, then ask the vendor for a new token.",
  ],
  LICENCE_TOKEN_PURPOSE: [
    "This token was made for another purpose.",
    "It is not used, and nothing was changed.",
    "Check which of the vendor's files was given.",
  ],
  VENDOR_KEY_INVALID: [
    "This is not a vendor's public key.",
    "No key was added.",
    "Ask the vendor for the public key as a PEM file: Ed25519, or RSA of at least 2048 bits.",
  ],
  VENDOR_KEY_REFUSED: [
    "Vendor keys can't be added by hand here.",
    "This program came with its vendor's keys. No key was added.",
    "Install the vendor's update, which brings the new key.",
  ],
  VERIFY_MISSING: [
    "A file that the delivery names is missing.",
    doubtStick,
    "Provision the stick again; issuing takes no seat.",
  ],
  VERIFY_UNEXPECTED: [
    "There is a file in the delivery that was not delivered.",
    doubtStick,
    "Find out where it comes from, then remove it or provision the stick again.",
  ],
  VERIFY_DIGEST: [
    "A file is not the one that was signed.",
    doubtStick,
    "Do not use this file. Provision the stick again; issuing takes no seat.",
  ],
  VERIFY_SIGNATURE: [
    "A signature on the stick is wrong.",
    doubtStick,
    "Check that the right public keys are used. If they are, somebody changed the stick.",
  ],
  VERIFY_ENCODING: [
    "A file on the stick is not in its exact form.",
    doubtStick,
    "Provision the stick again; issuing takes no seat.",
  ],
  VERIFY_RECEIPT: [
    "A ledger receipt does not prove its file.",
    doubtStick,
    "Do not use this file. Compare the stick with an export of the ledger.",
  ],
  VERIFY_MANIFEST: [
    "The manifest contradicts the files on the stick.",
    doubtStick,
    "Do not use these files. Provision the stick again; issuing takes no seat.",
  ],
  VERIFY_INDEX: [
    "The stick's index contradicts its batches.",
    "The files themselves may still be right. Seats are not touched.",
    "Verify each batch, or provision the stick again.",
  ],
  VERIFY_KEYS: [
    "The trusted public keys are missing or can't be read.",
    "Nothing was judged, and nothing was changed.",
    "Export the public keys from the station, and choose that folder.",
  ],
  VERIFY_REQUEST: [
    "A request on the stick is not the one that was answered.",
    "The delivered file still belongs to the request as it was then. Seats are not touched.",
    "If the device changed, provision it anew. If not, find out who changed the request.",
  ],
  OPERATOR_SIGN_IN_NEEDED: [
    "Nobody is signed in.",
    "Nothing was changed. Batches under way go on.",
    "Sign in with badge and PIN.",
  ],
  OPERATOR_NOT_ALLOWED: [
    "Your role does not include this.",
    "Nothing was changed.",
    "Ask a supervisor or an administrator.",
  ],
  OPERATOR_UNKNOWN: ["Badge and PIN do not belong together.", "Nobody was signed in.", "Try again, slowly."],
  OPERATOR_LOCKED_OUT: [
    "Too many wrong PINs.",
    "This badge waits, longer after each further wrong PIN. The attempts are in the ledger.",
    "Wait, or have an administrator set a new PIN.",
  ],
  OPERATOR_PIN_WEAK: [
    "This PIN is too easy to guess.",
    "Nothing was changed.",
    "Choose at least six characters that are no pattern and not on the badge.",
  ],
  OPERATOR_EXISTS: [
    "Another account has this badge.",
    "Nothing was changed.",
    "Give each person a badge of their own.",
  ],
  OPERATOR_LAST_ADMINISTRATOR: [
    "The station needs an administrator.",
    "Nothing was changed.",
    "Make somebody else administrator first.",
  ],
  OPERATOR_TAMPERED: [
    "This account's key was changed or is missing.",
    "Nobody can sign in with it. What it signed before still counts.",
    "Find out who changed the station's files; then have an administrator set a new PIN.",
  ],
  APPROVAL_NEEDED: [
    "A second person must approve this.",
    "Nothing was changed.",
    "Ask for approval, and have a supervisor show badge and PIN.",
  ],
  APPROVAL_CLOSED: ["This request for approval is closed.", "Nothing was changed.", "Ask for a new one."],
  APPROVAL_SAME_PERSON: [
    "Whoever asks can't approve.",
    "Nothing was changed.",
    "Have another supervisor show badge and PIN.",
  ],
  ALLOTMENT_MISSING: [
    "No supervisor has signed this work order.",
    nothingSpent,
    "Have it signed for this product, or choose another work order.",
  ],
  ALLOTMENT_EXHAUSTED: [
    "The work order does not allow so many devices.",
    nothingSpent,
    "Bring fewer devices, or have it signed anew.",
  ],
  ALLOTMENT_TTL: [
    "The files would live longer than the work order allows.",
    nothingSpent,
    "Choose a shorter policy, or have it signed anew.",
  ],
  ALLOTMENT_TIME: ["The work order is not valid now.", nothingSpent, "Check the clock, or have it signed anew."],
};
