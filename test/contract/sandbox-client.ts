import { createDecipheriv, createHash, createPublicKey, verify } from "node:crypto";
import { onTestFinished } from "vitest";
import { type RunningSandbox, type SandboxOptions, startSandbox } from "../../electron/sandbox/sandbox.ts";

/** A fixed instant: 2026-08-16T12:00:00Z. */
export const noon = Date.UTC(2026, 7, 16, 12);

/** Started for one test and closed after it. */
export function sandboxFor(options: SandboxOptions = {}): Promise<RunningSandbox> {
  return unseededSandbox({ seed: "tests", ...options });
}

/** The same, with nothing random fixed. */
export async function unseededSandbox(options: SandboxOptions = {}): Promise<RunningSandbox> {
  const sandbox = await startSandbox({ clock: () => new Date(noon), ...options });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

export interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

export interface Asking {
  readonly method?: string;
  /** Null: none. */
  readonly key?: string | null;
  readonly text?: string;
  readonly headers?: Record<string, string>;
}

/** Asks for a path below /api/v1, with the body's members when there are any. */
export async function ask(sandbox: RunningSandbox, path: string, body?: object, asking: Asking = {}): Promise<Reply> {
  const key = asking.key === undefined ? sandbox.apiKey : asking.key;
  const text = asking.text ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(sandbox.url + path, {
    method: asking.method ?? (text === undefined ? "GET" : "POST"),
    redirect: "manual",
    headers: {
      ...(text === undefined ? {} : { "content-type": "application/json" }),
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...asking.headers,
    },
    ...(text === undefined ? {} : { body: text }),
  });
  return { status: response.status, body: await response.json(), headers: response.headers };
}

/** A licence action with the key in the body. */
export function act(sandbox: RunningSandbox, action: string, members: object, asking: Asking = {}): Promise<Reply> {
  const body = { license_key: sandbox.licenseKey, ...members };
  return ask(sandbox, `/products/${sandbox.product}/licenses/${action}`, body, asking);
}

/** The same with the key in the path, as older clients send it. */
export function actInPath(sandbox: RunningSandbox, action: string, members: object): Promise<Reply> {
  return ask(
    sandbox,
    `/products/${sandbox.product}/licenses/${encodeURIComponent(sandbox.licenseKey)}/${action}`,
    members,
  );
}

/** The control address of a sandbox. */
export async function control(
  sandbox: RunningSandbox,
  name: string,
  body?: object,
  asking: Asking = {},
): Promise<Reply> {
  const response = await fetch(new URL(`/_control/${name}`, sandbox.url), {
    method: asking.method ?? (body === undefined ? "GET" : "POST"),
    headers: asking.headers ?? {},
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json(), headers: response.headers };
}

/** The public key as node:crypto wants it. */
export function publicKeyOf(raw: string) {
  return createPublicKey({
    key: Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(raw, "base64")]),
    format: "der",
    type: "spki",
  });
}

/** Opens a machine file by the contract's section 6 alone, sharing nothing with the code that made it. */
export function openMachineFile(certificate: string, licenseKey: string, fingerprint: string, publicKey: string) {
  const lines = certificate.split("\n");
  const inner = lines.slice(1, -1);
  const envelope = JSON.parse(Buffer.from(inner.join(""), "base64").toString()) as Record<string, string>;
  const { enc = "", sig = "", kid } = envelope;
  const [ciphertext, nonce, tag] = enc.split(".").map((part) => Buffer.from(part, "base64url")) as [
    Buffer,
    Buffer,
    Buffer,
  ];
  const signed = verify(null, Buffer.from(`machine/${enc}`), publicKeyOf(publicKey), Buffer.from(sig, "base64url"));
  const key = createHash("sha256")
    .update(licenseKey + fingerprint)
    .digest();
  const open = () => {
    const decipher = createDecipheriv("aes-256-gcm", key, nonce);
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString();
  };
  return { lines, inner, envelope, kid, signed, nonce, tag, open };
}

/** The certificate in a machine-file answer. */
export function certificateOf(reply: Reply): string {
  return (reply.body as { data: { attributes: { certificate: string } } }).data.attributes.certificate;
}
