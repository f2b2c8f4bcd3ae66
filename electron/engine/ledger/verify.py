#!/usr/bin/env python3
"""Checks a licence station's ledger export, its sticks, or both. Python 3.8 or newer, nothing else.

    python3 verify.py --keys DIR EXPORT_DIR                      an export
    python3 verify.py --keys DIR EXPORT_DIR --checkpoint FILE    ... that must hold an older checkpoint
    python3 verify.py --keys DIR --stick DIR                     a stick, or a copy of it
    python3 verify.py --keys DIR EXPORT_DIR --stick DIR          both, and that the ledger holds the stick's

--keys names a folder with ledger.vkey, and for sticks manifest.pem and minisign.pub, that came to you another way
than with what is checked. Each thing that is wrong is printed with its place. Exit 0: all is well; 5: something is
wrong; 2: the command was not understood. Formats: RFC 6962, C2SP signed-note, tlog-checkpoint, tlog-tiles and
tlog-proof, DSSE, in-toto Statement, minisign.
"""
import argparse
import base64
import contextlib
import csv
import hashlib
import io
import json
import os
import re
import stat
import sys

MiB = 1024 * 1024


class Wrong(Exception):
    """What is wrong, in words; whoever catches it knows where."""


class Report:
    def __init__(self):
        self.problems = 0

    def wrong(self, where, what):
        self.problems += 1
        print("WRONG  %s: %s" % (shown(where), shown(str(what))))

    @contextlib.contextmanager
    def trying(self, where):
        """Reports what goes wrong inside, and goes on behind it."""
        try:
            yield
        except Wrong as error:
            self.wrong(where, error)
        except OSError as error:
            self.wrong(where, "cannot be read: %s" % error.strerror)
        except RecursionError:
            self.wrong(where, "is nested too deeply")


def shown(path):
    """Text for a terminal: nothing in a name may move the cursor or hide."""
    return "".join(c if c.isprintable() else "\\u%04x" % ord(c) for c in path)


# --- Ed25519 (RFC 8032, section 5.1), verification only, extended coordinates -----------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1, 1, 0)


def point_add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def point_from(data):
    """The point of 32 bytes, or None when they are no point's one encoding."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P == -u % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if v * x * x % P != u or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = point_from((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def point_bytes(p):
    inverse = pow(p[2], P - 2, P)
    x, y = p[0] * inverse % P, p[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def double_multiply(s, k, q):
    """s BASE + k q, both scalars in one run of doublings."""
    table = (None, BASE, q, point_add(BASE, q))
    total = NEUTRAL
    for bit in range(max(s.bit_length(), k.bit_length()) - 1, -1, -1):
        total = point_add(total, total)
        choice = (s >> bit & 1) | (k >> bit & 1) << 1
        if choice:
            total = point_add(total, table[choice])
    return total


def ed25519_verifies(key, message, signature):
    if len(key) != 32 or len(signature) != 64:
        return False
    point, s = point_from(key), int.from_bytes(signature[32:], "little")
    if point is None or s >= ORDER or point_bytes(double_multiply(0, 8, point)) == point_bytes(NEUTRAL):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    minus = (P - point[0], point[1], 1, P - point[3])
    return point_bytes(double_multiply(s, k, minus)) == signature[:32]


# --- exact encodings --------------------------------------------------------------------------------------------------


def sha256(*parts):
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.digest()


def unbase64(text, what, size=None):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        data = None
    if data is None or base64.b64encode(data) != text or (size is not None and len(data) != size):
        raise Wrong("%s is not exact base64" % what)
    return data


def whole(digits):
    if len(digits) > 16 or abs(int(digits)) > 2**53 - 1:
        raise ValueError
    return int(digits)


def no_number(_text):
    raise ValueError


parse = json.JSONDecoder(parse_int=whole, parse_float=no_number, parse_constant=no_number).decode
# RFC 8785 for what the station writes: no fractions, and no name beyond U+FFFF, which would sort otherwise.
canonical = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def read_json(data, what):
    """The value of bytes that are its one canonical form; a member named twice can't be that."""
    try:
        value = parse(data.decode("utf-8"))
        if canonical(value).encode("utf-8") == data:
            return value
    except (ValueError, RecursionError):
        pass
    raise Wrong("%s is not canonical JSON" % what)


def member(value, name, kind):
    found = value.get(name) if isinstance(value, dict) else None
    if not isinstance(found, kind) or isinstance(found, bool):
        raise Wrong("its member %s is missing or of the wrong kind" % name)
    return found


def lines_of(data, what):
    if not data.endswith(b"\n"):
        raise Wrong("%s does not end in a newline" % what)
    return data[:-1].split(b"\n")


# --- files ------------------------------------------------------------------------------------------------------------


def open_regular(path):
    """Follows no link and waits for no pipe."""
    flags = sum(getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
    descriptor = os.open(path, os.O_RDONLY | flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Wrong("is not an ordinary file")
    return os.fdopen(descriptor, "rb")


def read(path, limit=MiB):
    with open_regular(path) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise Wrong("is larger than it can be")
    return data


def walk(folder, below=""):
    """Everything under a folder that is not itself a folder, by path with `/`."""
    for entry in sorted(os.scandir(os.path.join(folder, below)), key=lambda entry: entry.name):
        path = below + entry.name
        if entry.is_dir(follow_symlinks=False):
            yield from walk(folder, path + "/")
        else:
            yield path


# --- keys, notes, checkpoints, proofs ---------------------------------------------------------------------------------


class NoteKey:
    def __init__(self, name, public):
        self.name, self.public = name, public
        self.id = sha256(name + b"\n\x01" + public)[:4]


def read_vkey(data):
    match = re.fullmatch(rb"([^+\s]+)\+([0-9a-f]{8})\+([0-9A-Za-z+/=]+)\n", data)
    typed = unbase64(match.group(3), "the key", 33) if match else b""
    key = NoteKey(match.group(1), typed[1:]) if match and typed[0] == 1 else None
    if key is None or key.id.hex().encode() != match.group(2):
        raise Wrong("is not a vkey of the Ed25519 kind")
    return key


SPKI = bytes.fromhex("302a300506032b6570032100")


def read_pem(data):
    match = re.fullmatch(rb"-----BEGIN PUBLIC KEY-----\n([0-9A-Za-z+/=]{60})\n-----END PUBLIC KEY-----\n", data)
    der = unbase64(match.group(1), "the key", 44) if match else b""
    if not der.startswith(SPKI):
        raise Wrong("is not an Ed25519 public key in PEM")
    return der[len(SPKI):]


def read_minisign_key(data):
    lines = lines_of(data, "it")
    blob = unbase64(lines[1], "the key", 42) if len(lines) == 2 else b""
    if not blob.startswith(b"Ed") or not lines[0].startswith(b"untrusted comment: "):
        raise Wrong("is not a minisign public key")
    return blob[2:10], blob[10:]


class Checkpoints:
    """Opens checkpoints under the ledger's keys, each once: receipts of one delivery share theirs."""

    def __init__(self, key):
        self.keys, self.opened = [key], {}

    def trust_also(self, public):
        self.keys.append(NoteKey(self.keys[0].name, public))

    def open(self, note):
        if note not in self.opened:
            self.opened[note] = self.verify(note)
        return self.opened[note]

    def verify(self, note):
        text, separator, rest = note.rpartition(b"\n\n")
        text += b"\n"
        if not separator or re.search(rb"[\x00-\x09\x0b-\x1f]", note):
            raise Wrong("is not a signed note")
        own = []
        for line in lines_of(rest, "the note"):
            match = re.fullmatch(b"\xe2\x80\x94 ([^ +]+) ([0-9A-Za-z+/=]+)", line)
            blob = unbase64(match.group(2), "the note's signature") if match else b""
            if len(blob) < 5:
                raise Wrong("has a signature line that is not exact")
            own += [(key, blob[4:]) for key in self.keys if (key.name, key.id) == (match.group(1), blob[:4])]
        if not own or not all(ed25519_verifies(key.public, text, signature) for key, signature in own):
            raise Wrong("the checkpoint is not signed by the trusted ledger key")
        lines = lines_of(text, "the checkpoint")
        if len(lines) != 3 or lines[0] != self.keys[0].name or not re.fullmatch(rb"0|[1-9][0-9]{0,15}", lines[1]):
            raise Wrong("the checkpoint is not exactly this ledger's name, size and root")
        return int(lines[1]), unbase64(lines[2], "the root", 32)


def leaf_hash(entry):
    return sha256(b"\0", entry)


def node_hash(left, right):
    return sha256(b"\1", left, right)


def proved_root(leaf, index, size, proof):
    """RFC 9162, section 2.1.3.2; None when the proof has not the length that index and size ask for."""
    node, last = index, size - 1
    for sibling in proof:
        if last == 0:
            return None
        if node & 1 or node == last:
            leaf = node_hash(sibling, leaf)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            leaf = node_hash(leaf, sibling)
        node, last = node >> 1, last >> 1
    return leaf if last == 0 else None


def read_receipt(data, checkpoints):
    """Entry bytes, index and (size, root) of a receipt that proves its entry."""
    head, separator, note = data.partition(b"\n\n")
    lines = head.split(b"\n")
    if not separator or len(lines) < 3 or lines[0] != b"c2sp.org/tlog-proof@v1" or not lines[1].startswith(b"extra "):
        raise Wrong("is not a ledger receipt")
    if not re.fullmatch(rb"index (0|[1-9][0-9]{0,15})", lines[2]):
        raise Wrong("has an index line that is not exact")
    entry, index = unbase64(lines[1][6:], "the entry"), int(lines[2][6:])
    proof = [unbase64(line, "a hash of the proof", 32) for line in lines[3:]]
    size, root = checkpoints.open(note)
    if index >= size or proved_root(leaf_hash(entry), index, size, proof) != root:
        raise Wrong("does not prove that its entry is in the ledger")
    return entry, index, (size, root)


# --- an export --------------------------------------------------------------------------------------------------------


class Tree:
    """Grows leaf by leaf; gives each tile of C2SP tlog-tiles as it fills."""

    def __init__(self, on_tile):
        self.size, self.range, self.rows, self.on_tile = 0, [], [], on_tile

    def add(self, leaf):
        self.push_to_row(0, leaf)
        node, hash_ = self.size, leaf
        while node & 1:
            hash_, node = node_hash(self.range.pop(), hash_), node >> 1
        self.range.append(hash_)
        self.size += 1

    def root(self):
        if not self.range:
            return sha256(b"")
        hash_ = self.range[-1]
        for left in reversed(self.range[:-1]):
            hash_ = node_hash(left, hash_)
        return hash_

    def push_to_row(self, level, hash_):
        if level == len(self.rows):
            self.rows.append([0, []])
        row = self.rows[level]
        row[1].append(hash_)
        if len(row[1]) == 256:
            self.on_tile(level, row[0], row[1])
            hashes, self.rows[level] = row[1], [row[0] + 1, []]
            while len(hashes) > 1:
                hashes = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
            self.push_to_row(level + 1, hashes[0])

    def flush(self):
        for level, (index, hashes) in enumerate(self.rows):
            if hashes:
                self.on_tile(level, index, hashes)


def tile_path(level, index, width):
    parts = ["%03d" % (index % 1000)]
    while index >= 1000:
        index //= 1000
        parts.insert(0, "x%03d" % (index % 1000))
    return "tile/%s/%s%s" % (level, "/".join(parts), "" if width == 256 else ".p/%d" % width)


class Export:
    """Holds checkpoint, tiles and ledger.csv against entries.jsonl, in memory that does not grow with it."""

    def __init__(self, folder, checkpoints, report):
        self.folder, self.checkpoints, self.report = folder, checkpoints, report
        self.rotations, self.tiles, self.bundle, self.last, self.rows = [], set(), [], "", None

    def path(self, name):
        return os.path.join(self.folder, *name.split("/"))

    def entries(self):
        with open_regular(self.path("entries.jsonl")) as file:
            for index, line in enumerate(iter(lambda: file.readline(65536), b"")):
                if not line.endswith(b"\n"):
                    raise Wrong("line %d is cut off or over 65,535 bytes" % (index + 1))
                yield index, line[:-1]

    def check(self):
        report, tree = self.report, Tree(self.check_tile)
        with report.trying(self.path("ledger.csv")):
            self.rows = Rows(self.path("ledger.csv"))
        with report.trying(self.path("entries.jsonl")):
            for index, data in self.entries():
                with report.trying("%s line %d" % (self.path("entries.jsonl"), index + 1)):
                    self.check_entry(index, read_json(data, "the entry"))
                self.add_to_bundle(index, data)
                tree.add(leaf_hash(data))
            self.finish(tree)
        with report.trying(self.path("checkpoint")):
            size, root = self.checkpoints.open(read(self.path("checkpoint")))
            if size != tree.size:
                raise Wrong("it says %d entries, entries.jsonl holds %d" % (size, tree.size))
            if root != tree.root():
                raise Wrong("its root is not that of entries.jsonl: an entry was changed, moved or replaced")
            print("ok     %s: %d entries under the signed checkpoint" % (shown(self.folder), size))
            self.trust_retired_keys()

    def check_entry(self, index, entry):
        kind, at = member(entry, "type", str), member(entry, "at", str)
        if member(entry, "v", int) != 1 or not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", at):
            raise Wrong("it is not an entry of version 1 with an instant in UTC")
        instant = at[:19] + at[20:-1].ljust(9, "0")
        if instant < self.last:
            raise Wrong("it is older than the entry before it")
        self.last = instant
        if kind == "key.rotated" and entry.get("use") == "ledger":
            self.rotations.append(entry)
        if self.rows:
            self.rows.check(index, entry)

    def add_to_bundle(self, index, data):
        self.bundle.append(len(data).to_bytes(2, "big") + data)
        if len(self.bundle) == 256:
            self.finish_bundle(index + 1)

    def finish_bundle(self, size):
        if self.bundle:
            self.compare(tile_path("entries", (size - 1) // 256, len(self.bundle)), b"".join(self.bundle))
            self.bundle = []

    def finish(self, tree):
        self.finish_bundle(tree.size)
        tree.flush()
        if self.rows:
            with self.report.trying(self.path("ledger.csv")):
                self.rows.finish()
        for name in walk(self.folder, "tile/") if os.path.isdir(self.path("tile")) else ():
            if name not in self.tiles:
                self.report.wrong(self.path(name), "belongs to no tree of this size")

    def check_tile(self, level, index, hashes):
        self.compare(tile_path(level, index, len(hashes)), b"".join(hashes))

    def compare(self, name, wanted):
        self.tiles.add(name)
        with self.report.trying(self.path(name)):
            if read(self.path(name), len(wanted)) != wanted:
                raise Wrong("does not agree with entries.jsonl")

    def trust_retired_keys(self):
        """Back from the trusted key, as far as each key was named by the one before it."""
        public = self.checkpoints.keys[0].public
        for entry in reversed(self.rotations):
            names = ("new_public_key", "old_public_key", "type", "use")
            message = canonical({name: member(entry, name, str) for name in names}).encode()
            new, old = (unbase64(entry[name].encode(), name, 32) for name in names[:2])
            for key, name in ((new, "new_signature"), (old, "old_signature")):
                signature = unbase64(member(entry, name, str).encode(), name, 64)
                if new != public or not ed25519_verifies(key, message, signature):
                    raise Wrong("the rotations of the ledger's key do not lead to the trusted key")
            self.checkpoints.trust_also(old)
            public = old

    def check_prefixes(self, heads):
        """Every checkpoint that was ever seen must be of a tree that this one grew from."""
        tree, roots = Tree(lambda *_: None), {0: sha256(b"")}
        with self.report.trying(self.path("entries.jsonl")):
            for _, data in self.entries():
                tree.add(leaf_hash(data))
                if any(size == tree.size for _, (size, _) in heads):
                    roots[tree.size] = tree.root()
        for where, (size, root) in heads:
            if size not in roots:
                what = "knows %d entries, the export only %d: the ledger was cut or rewound"
                self.report.wrong(where, what % (size, tree.size))
            elif roots[size] != root:
                self.report.wrong(where, "knows other entries than the export: the ledger was replaced or rewritten")
            else:
                print("ok     %s: its %d entries are in the export" % (shown(where), size))


class Rows:
    """ledger.csv: a row an entry, its columns named like the entry's members, beside `index`."""

    RISKY = "=+-@\t\r\n"

    def __init__(self, path):
        self.file = io.TextIOWrapper(open_regular(path), encoding="utf-8", newline="")
        self.reader = csv.reader(self.file, strict=True)
        self.header = self.next() or []
        plain = all(re.fullmatch("[a-z0-9_]+", name) for name in self.header)
        if not plain or not {"index", "at", "type"} <= set(self.header) or len(set(self.header)) != len(self.header):
            raise Wrong("its first line does not name its columns")

    def next(self):
        try:
            return next(self.reader, None)
        except (csv.Error, ValueError):
            raise Wrong("line %d is not RFC 4180 in UTF-8" % self.reader.line_num)

    def check(self, index, entry):
        row = self.next()
        if row is None or len(row) != len(self.header):
            raise Wrong("its row in ledger.csv is missing or has another number of cells")
        for name, cell in zip(self.header, row):
            value = index if name == "index" else entry.get(name)
            text = "" if value is None else value if isinstance(value, str) else canonical(value)
            if cell not in (text, "'" + text):
                raise Wrong("ledger.csv says something else in column %s" % name)
            if cell[:1] and cell[0] in self.RISKY:
                raise Wrong("ledger.csv would run as a formula in column %s" % name)

    def finish(self):
        extra = self.next()
        self.file.close()
        if extra is not None:
            raise Wrong("has more rows than the ledger has entries")


# --- a stick ----------------------------------------------------------------------------------------------------------

BATCH = re.compile(r"[0-9A-Za-z-]{8,64}")
LEFT_OVER = re.compile(r"\.[0-9A-Za-z-]{8,64}\.partial|\.index\.json\.partial")
SUM = re.compile(rb"([0-9a-f]{64})  ([0-9A-Za-z][0-9A-Za-z._-]{0,254})")
IN_TOTO = "application/vnd.in-toto+json"
MANIFEST, SUMS, SIGNATURE = "manifest.dsse.json", "SHA256SUMS", "SHA256SUMS.minisig"


def read_sums(data):
    sums, last = {}, b""
    for line in lines_of(data, "it"):
        match = SUM.fullmatch(line)
        if not match or match.group(2) <= last:
            raise Wrong("is not in its one exact form")
        last = match.group(2)
        sums[last.decode()] = match.group(1).decode()
    return sums


def sums_bytes(sums):
    return "".join("%s  %s\n" % (sums[name], name) for name in sorted(sums)).encode()


def check_minisig(data, sums, key, batch):
    """False when the file is well formed and does not fit the sums."""
    lines = lines_of(data, "it")
    comment = ("licence station, batch %s" % batch).encode()
    if len(lines) != 4 or lines[0] != b"untrusted comment: signed by an offline licence station":
        raise Wrong("is not in its one exact form")
    if lines[2] != b"trusted comment: " + comment:
        raise Wrong("was made for another batch")
    blob, outer = unbase64(lines[1], "the signature", 74), unbase64(lines[3], "the signature", 64)
    if blob[:10] != b"ED" + key[0]:
        raise Wrong("is not by the trusted minisign key")
    if not ed25519_verifies(key[1], blob[10:] + comment, outer):
        raise Wrong("does not verify under the trusted minisign key")
    return ed25519_verifies(key[1], hashlib.blake2b(sums).digest(), blob[10:])


def open_manifest(data, key, batch):
    lines = lines_of(data, "it")
    envelope = read_json(lines[0], "it") if len(lines) == 1 else None
    payload = unbase64(member(envelope, "payload", str).encode(), "the payload")
    [line] = member(envelope, "signatures", list)[:1] or [None]
    signature = unbase64(member(line, "sig", str).encode(), "the signature", 64)
    line = {"keyid": sha256(SPKI, key).hex(), "sig": line["sig"]}
    if envelope != {"payload": envelope["payload"], "payloadType": IN_TOTO, "signatures": [line]}:
        raise Wrong("is not a manifest with one signature by the trusted manifest key")
    signed = b"DSSEv1 %d %s %d %s" % (len(IN_TOTO), IN_TOTO.encode(), len(payload), payload)
    if not ed25519_verifies(key, signed, signature):
        raise Wrong("is not signed by the trusted manifest key")
    statement = read_json(payload, "the statement")
    if statement.get("predicateType") != "https://licence-station.invalid/provisioning/v1":
        raise Wrong("is not a delivery's manifest")
    if member(member(statement, "predicate", dict), "batch", str) != batch:
        raise Wrong("is of another batch than its folder")
    return statement


class Stick:
    def __init__(self, root, manifest_key, minisign_key, checkpoints, report):
        self.top = os.path.join(root, "PROVISIONING")
        self.manifest_key, self.minisign_key = manifest_key, minisign_key
        self.checkpoints, self.report, self.heads = checkpoints, report, []

    def check(self):
        if os.path.islink(self.top):
            raise Wrong("is a link")
        statements, pending = {}, False
        entries = sorted(os.scandir(self.top), key=lambda entry: entry.name)
        for entry in entries:
            is_folder = entry.is_dir(follow_symlinks=False)
            if BATCH.fullmatch(entry.name) and is_folder:
                with self.report.trying(entry.path):
                    statements[entry.name] = None
                    statements[entry.name] = self.check_batch(entry.path, entry.name)
            elif LEFT_OVER.fullmatch(entry.name):
                pending = pending or not is_folder
                print("note   %s: left by an interrupted delivery" % shown(entry.path))
            elif entry.name != "index.json":
                self.report.wrong(entry.path, "is not part of any delivery")
        if not statements:
            raise Wrong("there is no delivery on this stick")
        with self.report.trying(os.path.join(self.top, "index.json")):
            self.check_index(statements, pending)
        roots = {}
        for folder, (size, root) in self.heads:
            if roots.setdefault(size, root) != root:
                self.report.wrong(folder, "knows another ledger of the same size than a delivery before it")

    def check_batch(self, folder, batch):
        report, path = self.report, lambda name: os.path.join(folder, name)
        data, problems = {}, report.problems
        for name in (MANIFEST, SUMS, SIGNATURE):
            with report.trying(path(name)):
                data[name] = read(path(name), 96 * MiB)
        statement = implied = sums = None
        if MANIFEST in data:
            with report.trying(path(MANIFEST)):
                statement = open_manifest(data[MANIFEST], self.manifest_key, batch)
                subjects = member(statement, "subject", list)
                implied = {member(one, "name", str): member(member(one, "digest", dict), "sha256", str) for one in subjects}
        whole_list = dict(implied or {}, **{MANIFEST: sha256(data.get(MANIFEST, b"")).hex()})
        agrees = implied is not None and data.get(SUMS) == sums_bytes(whole_list)
        if SUMS in data and SIGNATURE in data:
            with report.trying(path(SIGNATURE)):
                if check_minisig(data[SIGNATURE], data[SUMS], self.minisign_key, batch):
                    sums = read_sums(data[SUMS])
                else:
                    report.wrong(path(SIGNATURE if agrees else SUMS), "list of sums and its signature do not fit")
        if sums and implied is not None and not agrees:
            report.wrong(path(MANIFEST), "does not list the files that SHA256SUMS lists")
        wanted = implied if implied is not None else sums
        if wanted is None:
            raise Wrong("neither list of its files is to be trusted, so nothing in it is")
        self.check_files(folder, {name: wanted[name] for name in wanted if name != MANIFEST})
        if statement is not None:
            self.check_devices(folder, statement["predicate"], wanted)
        if report.problems == problems:
            predicate = statement["predicate"]
            carried = len(predicate["carried"]) if "carried" in predicate else 0
            count = "%d licences for others" % carried if carried else "%d devices" % len(predicate["devices"])
            print("ok     %s: %s" % (shown(folder), count))
        return statement

    def check_files(self, folder, wanted):
        found = {entry.name for entry in os.scandir(folder)}
        for name in sorted(found - set(wanted) - {MANIFEST, SUMS, SIGNATURE}):
            self.report.wrong(os.path.join(folder, name), "is not part of this delivery")
        for name in sorted(wanted):
            with self.report.trying(os.path.join(folder, name)):
                if name not in found:
                    raise Wrong("is missing")
                if sha256(read(os.path.join(folder, name))).hex() != wanted[name]:
                    raise Wrong("its bytes are not those that were signed")

    def check_devices(self, folder, predicate, wanted):
        with self.report.trying(os.path.join(folder, MANIFEST)):
            ledger = member(predicate, "ledger", dict)
            head = (member(ledger, "size", int), unbase64(member(ledger, "root", str).encode(), "the root", 32))
            devices = member(predicate, "devices", list)
            carried = member(predicate, "carried", list) if "carried" in predicate else []
            if "carried" in predicate and (devices or not carried):
                raise Wrong("carries licences beside devices, or none")
            names = [member(one, kind, str) for one in devices + carried for kind in ("file", "receipt")]
            if len(set(names)) != len(names) or not set(names) <= set(wanted):
                raise Wrong("a device's file is not listed, or is another's")
            for device in devices:
                with self.report.trying(os.path.join(folder, device["receipt"])):
                    kind, facts = "machine-file.issued", ("fingerprint_sha256", "activation_id", "device_name")
                    self.check_receipt(folder, device, kind, facts, wanted[device["file"]], head)
            for token in carried:
                with self.report.trying(os.path.join(folder, token["receipt"])):
                    kind, facts = "licence-token.carried", ("kind", "target", "token_id", "vendor_key_sha256", "expires_at")
                    self.check_receipt(folder, token, kind, facts, wanted[token["file"]], head)
            self.heads.append((folder, head))

    def check_receipt(self, folder, device, kind, names, digest, head):
        data, index, proved = read_receipt(read(os.path.join(folder, device["receipt"])), self.checkpoints)
        entry = read_json(data, "its ledger entry")
        facts = {name: device.get(name) for name in names}
        facts.update(v=1, type=kind, file_sha256=digest)
        for name in sorted(facts):
            if name not in entry or entry[name] != facts[name]:
                raise Wrong("its entry's %s is not that of %s" % (name, device["file"]))
        if index != device.get("ledger_index") or proved != head:
            raise Wrong("its place in the ledger is not the one that the manifest names")

    def check_index(self, statements, pending):
        data = read(os.path.join(self.top, "index.json"), 64 * MiB)
        if None in statements.values():
            return print("note   index.json was not compared: a manifest is not to be trusted")
        # Between the two renames of a delivery the index is one batch behind.
        left_out = [None] + (list(statements) if pending else [])
        if not any(data == index_bytes(statements, batch) for batch in left_out):
            raise Wrong("does not say what the deliveries say")


def index_bytes(statements, left_out):
    newest = {}
    for batch in statements:
        predicate = statements[batch]["predicate"]
        for device in predicate["devices"] if batch != left_out else ():
            rank = (member(device, "ledger_index", int), predicate["ledger"]["size"], batch)
            row = {name: device.get(name) for name in ("file", "receipt", "device_name", "expires_at")}
            key = member(device, "fingerprint_sha256", str)
            if key not in newest or newest[key][0] < rank:
                newest[key] = rank, dict(row, batch=batch)
    return (canonical({"v": 1, "devices": {name: newest[name][1] for name in newest}}) + "\n").encode()


# --- the command ------------------------------------------------------------------------------------------------------


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keys", required=True, metavar="DIR")
    parser.add_argument("--stick", metavar="DIR")
    parser.add_argument("--checkpoint", metavar="FILE")
    parser.add_argument("export", nargs="?", metavar="EXPORT_DIR")
    options = parser.parse_args()
    if options.export is None and (options.stick is None or options.checkpoint is not None):
        parser.error("name an export, a stick, or both; --checkpoint needs an export")
    sys.stdout.reconfigure(errors="backslashreplace")
    report = Report()
    check(options, report)
    print("FAILED: %d problem(s)" % report.problems if report.problems else "OK")
    return 5 if report.problems else 0


def check(options, report):
    keys = {}
    readers = {"ledger.vkey": read_vkey, "manifest.pem": read_pem, "minisign.pub": read_minisign_key}
    for name in readers if options.stick else ["ledger.vkey"]:
        with report.trying(os.path.join(options.keys, name)):
            keys[name] = readers[name](read(os.path.join(options.keys, name)))
    if report.problems:
        return
    checkpoints, heads, export = Checkpoints(keys["ledger.vkey"]), [], None
    if options.export:
        export = Export(options.export, checkpoints, report)
        export.check()
    if options.checkpoint:
        with report.trying(options.checkpoint):
            heads.append((options.checkpoint, checkpoints.open(read(options.checkpoint))))
    if options.stick:
        stick = Stick(options.stick, keys["manifest.pem"], keys["minisign.pub"], checkpoints, report)
        with report.trying(stick.top):
            stick.check()
        heads += stick.heads
    if export and heads:
        export.check_prefixes(heads)


if __name__ == "__main__":
    sys.exit(main())
