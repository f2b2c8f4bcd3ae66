import { describe, expect, it } from "vitest";
import { verifyEd25519 } from "#shared/crypto/ed25519.ts";
import { sha256Hex } from "#shared/crypto/sha256.ts";
import { utf8 } from "#shared/formats/encoding.ts";

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));

/** RFC 8032 section 7.1, tests 1 to 3 and SHA(abc). */
const rfc8032 = [
  {
    key: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    message: "",
    signature:
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  },
  {
    key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    message: "72",
    signature:
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  },
  {
    key: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    message: "af82",
    signature:
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  },
  {
    key: "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
    message:
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    signature:
      "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
  },
];

describe("Ed25519 verification", () => {
  it.each(rfc8032)("accepts RFC 8032's signature over '$message'", ({ key, message, signature }) => {
    expect(verifyEd25519(bytes(key), bytes(message), bytes(signature))).toBe(true);
  });

  it("refuses every single flipped bit of signature and key", () => {
    const { key, message, signature } = rfc8032[1] ?? { key: "", message: "", signature: "" };
    for (let bit = 0; bit < 96 * 8; bit += 7) {
      const flipped = bytes(signature + key);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(verifyEd25519(flipped.subarray(64), bytes(message), flipped.subarray(0, 64))).toBe(false);
    }
  });

  it("refuses S that is not reduced by the group order", () => {
    const { key, message, signature } = rfc8032[0] ?? { key: "", message: "", signature: "" };
    const malleable = bytes(signature);
    let carry = 0;
    const order = bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    for (let i = 0; i < 32; i++) {
      const sum = (malleable[32 + i] ?? 0) + (order[i] ?? 0) + carry;
      malleable[32 + i] = sum & 0xff;
      carry = sum >> 8;
    }
    expect(verifyEd25519(bytes(key), bytes(message), malleable)).toBe(false);
  });

  it("refuses a key of small order, under which one signature fits any message", () => {
    const identity = bytes(`01${"00".repeat(31)}`);
    const signature = bytes(`01${"00".repeat(63)}`);
    expect(verifyEd25519(identity, utf8("pay all"), signature)).toBe(false);
  });

  it.each([
    [31, 64],
    [33, 64],
    [32, 63],
    [32, 65],
    [0, 0],
  ])("answers false for a key of %i and a signature of %i bytes", (key, signature) => {
    expect(verifyEd25519(new Uint8Array(key), new Uint8Array(1), new Uint8Array(signature))).toBe(false);
  });
});

describe("SHA-256", () => {
  it("agrees with FIPS 180-4's example", () => {
    expect(sha256Hex(utf8("abc"))).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });
});
