import { describe, expect, it } from "vitest";
import { formatVkey, parseNote, parseVkey, verifyNote } from "#shared/formats/signed-note.ts";

/** The note that Go's reference implementation is tested with. */
const neumann = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const line =
  "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

describe("signed notes made elsewhere", () => {
  it("verify under their vkey", () => {
    const note = parseNote(`${text}\n${line}`);
    expect(note.text).toBe(text);
    expect(verifyNote(note, parseVkey(neumann))).toBe(true);
  });

  it("do not verify when the text differs, or under another key", () => {
    expect(verifyNote(parseNote(`${text.replace("your", "Your")}\n${line}`), parseVkey(neumann))).toBe(false);
    const other = parseVkey("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8");
    expect(verifyNote(parseNote(`${text}\n${line}`), other)).toBe(false);
  });

  it("keys come back as they were", () => {
    const known = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
    expect(formatVkey(parseVkey(known))).toBe(known);
  });
});
