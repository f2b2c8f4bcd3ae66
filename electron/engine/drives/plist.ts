export type PlistValue = string | number | boolean | readonly PlistValue[] | PlistDict;

/** Has no prototype, so every key is just a key. */
interface PlistDict {
  readonly [key: string]: PlistValue;
}

/**
 * An XML property list as Apple's tools print it (plist(5)): dict, array, string, integer, real, true, false, date
 * and data (both as text). Null for anything else. No entity but the five of XML and character numbers is taken,
 * and no DTD is ever read: the DOCTYPE line is passed over.
 */
export function parsePlist(text: string): PlistValue | null {
  if (text.length > maxLength) return null;
  const tokens = tokenize(text);
  if (tokens === null) return null;
  const reader = new Reader(tokens);
  try {
    if (!reader.take("<plist>")) return null;
    const value = reader.value(0);
    return reader.take("</plist>") && reader.isAtEnd ? value : null;
  } catch (error) {
    if (error instanceof NotAPlist) return null;
    throw error;
  }
}

const maxLength = 4 * 1024 * 1024;
const maxDepth = 30;
const maxValues = 200_000;

class NotAPlist extends Error {}

/** Tags as `<name>`, `</name>` or `<name/>`, texts in between with `T` before them. */
function tokenize(text: string): readonly string[] | null {
  const tokens: string[] = [];
  const pattern = /<(?:\?xml [^<>]*\?|!DOCTYPE [^<>[\]]*|(\/?)([a-z]+)(?: [^<>]*?)?(\/?))>|([^<]+)/gy;
  for (let at = 0; at < text.length; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) return null;
    const [, close = "", name, empty = "", plain] = match;
    if (plain !== undefined) tokens.push(`T${plain}`);
    else if (name !== undefined) tokens.push(`<${close}${name}${empty}>`);
  }
  return tokens;
}

class Reader {
  readonly #tokens: readonly string[];
  #at = 0;
  #values = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  get isAtEnd(): boolean {
    this.#blanks();
    return this.#at === this.#tokens.length;
  }

  take(token: string): boolean {
    this.#blanks();
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  value(depth: number): PlistValue {
    if (depth > maxDepth || ++this.#values > maxValues) throw new NotAPlist();
    this.#blanks();
    const token = this.#tokens[this.#at++] ?? "";
    switch (token) {
      case "<true/>":
        return true;
      case "<false/>":
        return false;
      case "<array/>":
        return [];
      case "<dict/>":
        return Object.create(null) as PlistDict;
      case "<string/>":
      case "<data/>":
        return "";
      case "<string>":
      case "<data>":
      case "<date>":
        return this.#text(token);
      case "<integer>":
      case "<real>":
        return this.#number(token);
      case "<array>":
        return this.#array(depth);
      case "<dict>":
        return this.#dict(depth);
      default:
        throw new NotAPlist();
    }
  }

  #array(depth: number): readonly PlistValue[] {
    const items: PlistValue[] = [];
    while (!this.take("</array>")) items.push(this.value(depth + 1));
    return items;
  }

  #dict(depth: number): PlistDict {
    const members: Record<string, PlistValue> = Object.create(null);
    while (!this.take("</dict>")) {
      if (!this.take("<key>")) throw new NotAPlist();
      const key = this.#text("<key>");
      if (Object.hasOwn(members, key)) throw new NotAPlist();
      members[key] = this.value(depth + 1);
    }
    return members;
  }

  #number(opening: string): number {
    const text = this.#text(opening).trim();
    if (!/^-?[0-9]{1,19}(?:\.[0-9]{1,20})?$/.test(text)) throw new NotAPlist();
    return Number(text);
  }

  #text(opening: string): string {
    let text = "";
    if (this.#tokens[this.#at]?.startsWith("T") === true) text = unescape(this.#tokens[this.#at++]?.slice(1) ?? "");
    if (this.#tokens[this.#at++] !== opening.replace("<", "</")) throw new NotAPlist();
    return text;
  }

  #blanks(): void {
    while (/^T\s*$/.test(this.#tokens[this.#at] ?? "")) this.#at++;
  }
}

const named: Readonly<Partial<Record<string, string>>> = { lt: "<", gt: ">", amp: "&", apos: "'", quot: '"' };

function unescape(text: string): string {
  return text.replace(/&(?:(#[0-9]{1,7}|#x[0-9a-fA-F]{1,6}|[a-z]+);)?/g, (_, entity: string | undefined) => {
    if (entity === undefined) throw new NotAPlist();
    if (!entity.startsWith("#")) {
      const character = named[entity];
      if (character === undefined) throw new NotAPlist();
      return character;
    }
    const code = entity[1] === "x" ? Number.parseInt(entity.slice(2), 16) : Number.parseInt(entity.slice(1), 10);
    if (code > 0x10ffff) throw new NotAPlist();
    return String.fromCodePoint(code);
  });
}
