// The few globals that Node, Chromium and every browser share; everything else stays a type error here.
declare class TextEncoder {
  encode(input: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label?: "utf-8", options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input: Uint8Array): string;
}
