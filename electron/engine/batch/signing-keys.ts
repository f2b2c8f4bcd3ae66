import type { BodyOf } from "#shared/domain/ledger-entry.ts";
import { StationError } from "#shared/domain/errors.ts";
import { base64, fromBase64, must } from "#shared/formats/encoding.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { LicensingClient } from "../licensing/client.ts";
import type { ApiAccess } from "./job.ts";

/** Which keys of the licensing server are believed: pinned, or recorded in the ledger on first use. */
export interface SigningKeys {
  /**
   * The key under which a file of this kid must verify.
   * @throws StationError SIGNING_KEY_CHANGED when another key was recorded before and nobody accepted the new one
   */
  keyFor(kid: string): Promise<Uint8Array>;
  /** After a bad signature: whether the server now serves another key under a recorded kid. @throws as above */
  recheck(kid: string): Promise<void>;
}

export function createSigningKeys(
  ledger: Ledger,
  client: LicensingClient,
  api: ApiAccess,
  operator: string | null,
): SigningKeys {
  const recorded = recordedKeys(ledger, api.url);
  const asked = new Map<string, Promise<Uint8Array>>();

  const admit = async (kid: string): Promise<Uint8Array> => {
    const { publicKey } = await client.signingKey(kid);
    const known = recorded.get(kid);
    if (known !== undefined && base64(known) === base64(publicKey)) return known;
    const isFirst = recorded.size === 0;
    const isAccepted = api.acceptSigningKey === true || api.acceptSigningKey === kid;
    if (!isFirst && !isAccepted) {
      const [oldKid, oldKey] = known === undefined ? must([...recorded].at(-1), "recorded key") : [kid, known];
      ledger.append([changed(api.url, kid, publicKey, oldKid, oldKey)]);
      throw new StationError(
        "SIGNING_KEY_CHANGED",
        `The server now signs with key "${kid}", which this station has not seen. Nothing was delivered; seats taken so far are recorded. Ask the vendor whether the key was changed, then accept it with --accept-signing-key ${kid} and resume.`,
        { details: { kid, recorded_kid: oldKid } },
      );
    }
    ledger.append([
      {
        type: "signing-key.trusted",
        api: api.url,
        kid,
        public_key: base64(publicKey),
        how: isFirst ? "first-use" : "accepted",
        operator,
      },
    ]);
    recorded.set(kid, publicKey);
    return publicKey;
  };
  const admitOnce = (kid: string): Promise<Uint8Array> => {
    const pending = asked.get(kid) ?? admit(kid);
    asked.set(kid, pending);
    // A question that failed for the network may be asked again by the next device.
    pending.catch((error: unknown) => {
      if (!(error instanceof StationError && error.code === "SIGNING_KEY_CHANGED")) asked.delete(kid);
    });
    return pending;
  };

  return {
    keyFor: async (kid) => recorded.get(kid) ?? (await admitOnce(kid)),
    recheck: async (kid) => {
      if (!api.pinnedKeys.has(kid)) await admitOnce(kid);
    },
  };
}

/**
 * What the operator vouches for and the ledger does not say yet. It belongs into the transaction that begins a batch:
 * recorded later, a crash in between would leave a batch that trusts whatever key comes first.
 */
export function pinEntries(
  ledger: Ledger,
  api: ApiAccess,
  operator: string | null,
): readonly BodyOf<"signing-key.trusted">[] {
  const recorded = recordedKeys(ledger, api.url);
  return [...api.pinnedKeys]
    .map(([kid, key]) => ({ kid, known: recorded.get(kid), public_key: base64(key) }))
    .filter(({ known, public_key }) => known === undefined || base64(known) !== public_key)
    .map(({ kid, public_key }) => ({
      type: "signing-key.trusted",
      api: api.url,
      kid,
      public_key,
      how: "pinned",
      operator,
    }));
}

/** kid -> raw key, the latest record of each, for one API address. */
export function recordedKeys(ledger: Ledger, apiUrl: string): Map<string, Uint8Array> {
  const keys = new Map<string, Uint8Array>();
  for (const entry of ledger.trustedSigningKeys()) {
    if (entry.api === apiUrl) keys.set(entry.kid, must(fromBase64(entry.public_key), "recorded key"));
  }
  return keys;
}

function changed(
  api: string,
  kid: string,
  key: Uint8Array,
  oldKid: string,
  oldKey: Uint8Array,
): BodyOf<"signing-key.changed"> {
  return {
    type: "signing-key.changed",
    api,
    kid,
    public_key: base64(key),
    recorded_kid: oldKid,
    recorded_public_key: base64(oldKey),
  };
}
