/** One member of a strict object: a scalar of one kind, perhaps null. */
export interface FlatMember {
  readonly name: string;
  readonly kind: "string" | "integer" | "boolean";
  readonly nullable: boolean;
  readonly pattern: RegExp | null;
  /** The last text that matched: in a batch most members repeat, and comparing is cheaper than matching. */
  lastMatch: string | null;
  readonly choices: readonly unknown[] | null;
  readonly maxLength: number;
  readonly minimum: number;
  readonly maximum: number;
}

/**
 * The members that the JSON schema of a strict object asks for, where all are required and none is a container. Null
 * when the schema says anything else.
 */
export function flatMembers(schema: unknown): readonly FlatMember[] | null {
  const { $schema: _, type, properties = {}, required = [], additionalProperties, ...rest } = schema as Schema;
  const names = Object.keys(properties);
  if (type !== "object" || additionalProperties !== false || Object.keys(rest).length > 0) return null;
  if (names.length !== required.length) return null;
  const members = names.flatMap((name) => flatMember(name, properties[name] ?? {}) ?? []);
  return members.length === names.length ? members : null;
}

/** Never accepts what the schema refuses. */
export function accepts(member: FlatMember, value: unknown): boolean {
  if (typeof value === "string") {
    if (member.kind !== "string" || value.length > member.maxLength) return false;
    if (member.pattern !== null) {
      if (value === member.lastMatch) return true;
      if (!member.pattern.test(value)) return false;
      member.lastMatch = value;
      return true;
    }
    return member.choices === null || member.choices.includes(value);
  }
  if (typeof value === "number") {
    const { kind, minimum, maximum } = member;
    return kind === "integer" && Number.isSafeInteger(value) && value >= minimum && value <= maximum;
  }
  return value === null ? member.nullable : typeof value === "boolean" && member.kind === "boolean";
}

interface Schema {
  readonly $schema?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

const knownWords: Readonly<Record<FlatMember["kind"], readonly string[]>> = {
  boolean: ["type"],
  integer: ["type", "minimum", "maximum"],
  string: ["type", "pattern", "maxLength", "enum"],
};

function flatMember(name: string, schema: Schema): FlatMember | null {
  const [one = schema, none, ...more] = schema.anyOf ?? [];
  const nullable = none !== undefined;
  if (nullable && (none.type !== "null" || more.length > 0 || Object.keys(schema).length > 1)) return null;
  const { type, pattern, enum: choices = null, maxLength = Infinity, minimum = -Infinity, maximum = Infinity } = one;
  if (type !== "string" && type !== "integer" && type !== "boolean") return null;
  if (!Object.keys(one).every((word) => knownWords[type].includes(word))) return null;
  if (pattern !== undefined && choices !== null) return null;
  const expression = pattern === undefined ? null : new RegExp(pattern);
  return { name, kind: type, nullable, pattern: expression, lastMatch: null, choices, maxLength, minimum, maximum };
}
