#!/usr/bin/env python3
"""Checks a licence station's ledger export, its sticks, or both. Python 3.8 or newer, nothing else.

    python3 verify.py --keys DIR EXPORT_DIR                      an export
    python3 verify.py --keys DIR EXPORT_DIR --checkpoint FILE    ... that must hold an older checkpoint
    python3 verify.py --keys DIR --stick DIR                     a stick, or a copy of it
    python3 verify.py --keys DIR EXPORT_DIR --stick DIR          both, and that the ledger holds the stick's
    python3 verify.py --keys DIR EXPORT_DIR --predecessor DIR    ... and the lost ledger that this one goes on from
    python3 verify.py --keys DIR EXPORT_DIR --witness FILE --need 1      ... that others vouch for

EXPORT_DIR may be a slice: a part of a ledger with a receipt for each entry. FILE of a witness holds its vkey.

--keys names a folder with ledger.vkey, and for sticks manifest.pem and minisign.pub, that came to you another way
than with what is checked; key-history.json there leads to what earlier keys signed. Each thing that is wrong is printed with its place. Exit 0: all is well; 5: something is
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
import unicodedata

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


def check_collisions(folder, report):
    """On many volumes one of two names that differ by case, or by how letters are put together, replaces the other."""
    known = {}
    for path in walk(folder):
        folded = unicodedata.normalize("NFC", path).lower()
        if folded in known:
            report.wrong(os.path.join(folder, path), "its name differs from that of %s by case only" % known[folded])
        known.setdefault(folded, path)


# --- keys, notes, checkpoints, proofs ---------------------------------------------------------------------------------

NOTE, COSIGNATURE = b"\x01", b"\x04"


class NoteKey:
    def __init__(self, name, public, kind=NOTE):
        self.name, self.public = name, public
        self.id = sha256(name + b"\n" + kind + public)[:4]


def read_vkey(data, kind=NOTE):
    match = re.fullmatch(rb"([^+\s]+)\+([0-9a-f]{8})\+([0-9A-Za-z+/=]+)\n", data)
    typed = unbase64(match.group(3), "the key", 33) if match else b""
    key = NoteKey(match.group(1), typed[1:], kind) if match and typed[:1] == kind else None
    if key is None or key.id.hex().encode() != match.group(2):
        raise Wrong("is not a vkey of the Ed25519 kind")
    return key


def read_cosigner(data):
    return read_vkey(data.strip() + b"\n", COSIGNATURE)


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


ROTATION = ("new_public_key", "old_public_key", "type", "use")


def read_rotation(entry, index):
    """(index, use, old key, new key) of an entry that both keys signed."""
    entry = dict(entry, type="key.rotated")
    message = canonical({name: member(entry, name, str) for name in ROTATION}).encode()
    new, old = (unbase64(entry[name].encode(), name, 32) for name in ROTATION[:2])
    for key, name in ((new, "new_signature"), (old, "old_signature")):
        signature = unbase64(member(entry, name, str).encode(), name, 64)
        if not ed25519_verifies(key, message, signature):
            raise Wrong("it says that a key was changed, but not both keys signed it")
    return index, entry["use"], old, new


def read_history(data, origin):
    history = read_json(lines_of(data, "it")[0], "it")
    rows = member(history, "rotations", list)
    if set(history) != {"v", "origin", "rotations"} or history["v"] != 1 or history["origin"].encode() != origin:
        raise Wrong("is not the history of this ledger's keys")
    rotations = [read_rotation(row, member(row, "index", int)) for row in rows]
    if any(later[0] <= earlier[0] for earlier, later in zip(rotations, rotations[1:])):
        raise Wrong("its places do not rise")
    return rotations


class Succession:
    """The trusted key of one use and those that rotations lead to from it, forwards and backwards."""

    def __init__(self, use, public):
        self.use, self.known, self.rotations = use, {public: None}, []

    def learn(self, rotations):
        own = self.rotations = self.rotations + [one for one in rotations if one[1] == self.use]
        for _, _, old, new in own:
            if old in self.known:
                self.known.setdefault(new, None)
        for _, _, old, new in reversed(own):
            if new in self.known:
                self.known.setdefault(old, None)
        # The first place that was told counts: what came with the keys goes before what evidence claims.
        for index, _, old, _ in reversed(own):
            if old in self.known:
                self.known[old] = index + 1

    def speaks_for(self, public, size):
        """A retired key is good for ledgers up to and including the entry that retires it."""
        until = self.known[public]
        return until is None or size is None or size <= until


class Checkpoints:
    """Opens checkpoints under the ledger's keys, each once: receipts of one delivery share theirs."""

    def __init__(self, key):
        self.name, self.keys, self.opened = key.name, Succession("ledger", key.public), {}

    def learn(self, rotations):
        self.keys.learn(rotations)
        self.opened = {}

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
            named = [NoteKey(self.name, public) for public in self.keys.known]
            own += [(key, blob[4:]) for key in named if (key.name, key.id) == (match.group(1), blob[:4])]
        if not own or not all(ed25519_verifies(key.public, text, signature) for key, signature in own):
            raise Wrong("the checkpoint is not signed by the trusted ledger key")
        lines = lines_of(text, "the checkpoint")
        if len(lines) != 3 or lines[0] != self.name or not re.fullmatch(rb"0|[1-9][0-9]{0,15}", lines[1]):
            raise Wrong("the checkpoint is not exactly this ledger's name, size and root")
        size = int(lines[1])
        if not any(self.keys.speaks_for(key.public, size) for key, _ in own):
            raise Wrong("the checkpoint's key was retired before the ledger had %d entries" % size)
        return size, unbase64(lines[2], "the root", 32)


def cosigners_of(note, witnesses):
    """Names of those who say that they saw the tree of this note (C2SP tlog-cosignature)."""
    text, _, rest = note.rpartition(b"\n\n")
    text += b"\n"
    found = set()
    for line in lines_of(rest, "the note"):
        match = re.fullmatch(b"\xe2\x80\x94 ([^ +]+) ([0-9A-Za-z+/=]+)", line)
        blob = unbase64(match.group(2), "the note's signature") if match else b""
        for key in witnesses:
            if match and (key.name, key.id, len(blob)) == (match.group(1), blob[:4], 76):
                seconds = int.from_bytes(blob[4:12], "big")
                message = b"cosignature/v1\ntime %d\n%s" % (seconds, text)
                if seconds < 2**53 and ed25519_verifies(key.public, message, blob[12:]):
                    found.add(key.name.decode())
    return found


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


def is_prefix(old, head, proof):
    """RFC 9162, section 2.1.4.2: whether the tree of one (size, root) grew from that of another."""
    (old_size, old_root), (size, root) = old, head
    if old_size >= size or old_size == 0:
        empty_or_same = old == head if old_size == size else old == (0, sha256(b""))
        return not proof and old_size <= size and empty_or_same
    node, last = old_size - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    path = list(proof) if node else [old_root] + proof
    if not path:
        return False
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and (before, after) == (old_root, root)


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

    compares = True

    def __init__(self, folder, checkpoints, report, keys=()):
        self.folder, self.checkpoints, self.report, self.keys = folder, checkpoints, report, keys
        self.rotations, self.tiles, self.bundle, self.last, self.rows = [], set(), [], "", None
        self.delivered, self.link, self.heads = {}, None, []
        self.operators = Operators()

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
                    self.check_entry(index, read_json(data, "the entry"), data)
                self.add_to_bundle(index, data)
                tree.add(leaf_hash(data))
            self.finish(tree)
        self.learn_rotations()
        with report.trying(self.path("checkpoint")):
            size, root = self.checkpoints.open(read(self.path("checkpoint")))
            if size != tree.size:
                raise Wrong("it says %d entries, entries.jsonl holds %d" % (size, tree.size))
            if root != tree.root():
                raise Wrong("its root is not that of entries.jsonl: an entry was changed, moved or replaced")
            print("ok     %s: %d entries under the signed checkpoint" % (shown(self.folder), size))
        self.check_around()

    def learn_rotations(self):
        for succession in (self.checkpoints, *self.keys):
            succession.learn(self.rotations)

    def check_around(self):
        """What lies beside the entries, in a whole export and in a slice."""
        check_collisions(self.folder, self.report)
        self.check_key_files()
        if self.link:
            note = "goes on from the lost ledger %s of %d entries" % (self.link["origin"], self.link["head"][0])
            print("note   %s: %s" % (shown(self.folder), shown(note)))

    def check_key_files(self):
        """Keys here are no proof, but one that is not trusted was put here to mislead."""
        uses = {succession.use: succession for succession in (self.checkpoints.keys, *self.keys)}
        for name in sorted(os.listdir(self.folder)):
            match = re.fullmatch(r"(ledger|manifest|minisign)(?:-[0-9]{1,4})?\.(vkey|pem|pub)", name)
            if not match or match.group(1) not in uses:
                continue
            with self.report.trying(self.path(name)):
                data = read(self.path(name), 4096)
                key = read_vkey(data) if match.group(2) == "vkey" else None
                public = key.public if key else read_pem(data) if match.group(2) == "pem" else read_minisign_key(data)[1]
                if public not in uses[match.group(1)].known or (key and key.name != self.checkpoints.name):
                    raise Wrong("is not a key that is trusted, nor one that followed or came before it")

    def check_witnesses(self, witnesses, needed):
        """The head, or an earlier checkpoint in cosigned/, which must be part of this ledger."""
        best = set()
        for name in ["checkpoint"] + self.cosigned_names():
            if name == "checkpoint" and not witnesses:
                continue
            with self.report.trying(self.path(name)):
                note = read(self.path(name))
                if name != "checkpoint" and self.compares:
                    self.heads.append((self.path(name), self.checkpoints.open(note)))
                found = cosigners_of(note, witnesses)
                best = found if len(found) >= len(best) else best
        if len(best) < needed:
            self.report.wrong(self.path("checkpoint"), "%d of the named witnesses vouch for it; %d must" % (len(best), needed))
        elif witnesses:
            print("ok     %s: vouched for by %s" % (shown(self.folder), shown(", ".join(sorted(best)) or "nobody")))

    def cosigned_names(self):
        folder = self.path("cosigned")
        names = sorted(os.listdir(folder), key=lambda name: (len(name), name)) if os.path.isdir(folder) else []
        return ["cosigned/" + name for name in names]

    def check_entry(self, index, entry, data):
        kind, at = member(entry, "type", str), member(entry, "at", str)
        if member(entry, "v", int) != 1 or not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", at):
            raise Wrong("it is not an entry of version 1 with an instant in UTC")
        instant = at[:19] + at[20:-1].ljust(9, "0")
        if instant < self.last:
            raise Wrong("it is older than the entry before it")
        self.last = instant
        if kind == "key.rotated":
            self.rotations.append(read_rotation(entry, index))
        if kind == "delivery.committed":
            batch = member(entry, "batch", str)
            self.delivered.setdefault(batch, []).append(member(entry, "manifest_sha256", str))
        if kind == "ledger.created" and index == 0 and "predecessor" in entry:
            self.link = read_link(member(entry, "predecessor", dict))
        if self.rows:
            self.rows.check(index, entry)
        if self.operators:
            self.operators.take(index, kind, entry, data)

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


def read_link(link):
    """What the first entry says of a lost ledger that this one goes on from."""
    key = read_vkey(member(link, "ledger_vkey", str).encode() + b"\n")
    note = member(link, "checkpoint", str).encode()
    if sha256(note).hex() != member(link, "checkpoint_sha256", str) or key.name.decode() != member(link, "origin", str):
        raise Wrong("its link to the ledger before contradicts itself")
    head = Checkpoints(key).open(note)
    if head[0] != member(link, "tree_size", int):
        raise Wrong("its link to the ledger before names another size than the checkpoint in it")
    return {"origin": link["origin"], "key": key, "head": head}


class Slice(Export):
    """Part of a ledger: each entry by its own receipt, all under one checkpoint."""

    compares, cosigned = False, ()

    def check(self):
        report, facts, head = self.report, None, None
        with report.trying(self.path("slice.json")):
            facts = self.read_facts()
        if facts:
            with report.trying(self.path("entries.jsonl")):
                self.find_rotations(facts["indices"])
        self.learn_rotations()
        self.rotations, judged = [], facts is not None and facts["v"] == 2
        self.operators = Operators(is_slice=True) if judged else None
        with report.trying(self.path("ledger.csv")):
            self.rows = Rows(self.path("ledger.csv"))
        with report.trying(self.path("checkpoint")):
            head = self.checkpoints.open(read(self.path("checkpoint")))
            if facts and (facts["size"] != head[0] or facts["origin"].encode() != self.checkpoints.name):
                raise Wrong("it is of another ledger or size than slice.json")
        if facts and head:
            with report.trying(self.path("entries.jsonl")):
                self.check_entries(facts["indices"], head)
            self.cosigned = self.proved_notes(head, 10 if judged else 0)
        if self.rows:
            with report.trying(self.path("ledger.csv")):
                self.rows.finish()
        self.check_around()
        if facts and not judged:
            what = "carries neither operators' accounts nor witnesses' checkpoints: operators' signatures were not judged"
            print("note   %s: is of a form that %s" % (shown(self.folder), what))

    def cosigned_names(self):
        return list(self.cosigned)

    def proved_notes(self, head, most):
        """Names of the notes in cosigned/ from which this ledger is proved to have grown."""
        found = [name for top in ("cosigned", "consistency") if os.path.isdir(self.path(top)) for name in walk(self.folder, top + "/")]
        sizes = [name[9:] for name in found if re.fullmatch(r"cosigned/(?:0|[1-9][0-9]{0,15})", name)]
        sizes, proved = sorted(sizes, key=int, reverse=True)[:most], []
        for name in found:
            if name.split("/", 1)[1] not in sizes:
                self.report.wrong(self.path(name), "does not belong here")
        for size in sorted(sizes, key=int):
            note, proof, old = "cosigned/" + size, "consistency/" + size, None
            with self.report.trying(self.path(note)):
                opened = self.checkpoints.open(read(self.path(note)))
                if opened[0] != int(size):
                    raise Wrong("is of another size than its name says")
                old = opened
            with self.report.trying(self.path(proof)):
                if old and self.check_proof(read(self.path(proof)), old, head):
                    proved.append(note)
        return proved

    def check_proof(self, data, old, head):
        first, separator, note = data.partition(b"\n\n")
        lines = first.split(b"\n")
        if not separator or lines[0] != b"old %d" % old[0] or len(lines) > 64 or note != read(self.path("checkpoint")):
            raise Wrong("is not a proof from those %d entries to this checkpoint" % old[0])
        if not is_prefix(old, head, [unbase64(line, "a hash of the proof", 32) for line in lines[1:]]):
            raise Wrong("does not prove that this ledger grew from those %d entries" % old[0])
        print("ok     %s: leads to this checkpoint" % shown(self.path("cosigned/%d" % old[0])))
        return True

    def read_facts(self):
        lines = lines_of(read(self.path("slice.json"), 64 * MiB), "it")
        facts = read_json(lines[0], "it") if len(lines) == 1 else None
        size, count, left_out = member(facts, "size", int), member(facts, "entries", int), member(facts, "left_out", list)
        names = {"entries", "left_out", "origin", "query", "size", "v"}
        if (member(facts, "v", int), set(facts)) not in ((1, names), (2, names | {"added"})):
            raise Wrong("is not a slice of version 1 or 2")
        member(facts, "origin", str), member(facts, "query", dict)
        indices, next_ = [], 0
        for place, pair in enumerate(left_out):
            if not isinstance(pair, list) or [type(one) for one in pair] != [int, int]:
                raise Wrong("does not say what it leaves out")
            # Ranges that touch would be one range: there is one way to say what is left out.
            if not (next_ < pair[0] or place == 0 <= pair[0]) or not pair[0] < pair[1] <= size:
                raise Wrong("says what it leaves out in a way that is not exact")
            if pair[0] - next_ > count:
                raise Wrong("shows more entries than it says")
            indices += range(next_, pair[0])
            next_ = pair[1]
        if len(indices) + size - next_ != count:
            raise Wrong("what it shows and what it leaves out do not add up to %d entries" % size)
        indices += range(next_, size)
        added = member(facts, "added", list) if facts["v"] == 2 else []
        exact = all(type(one) is int for one in added) and added == sorted(set(added))
        if not exact or not set(added) <= set(indices):
            raise Wrong("says what was added in a way that is not exact")
        return dict(facts, indices=indices)

    def find_rotations(self, indices):
        """Before anything is opened, since they say under which keys; what is wrong with an entry is said later."""
        for line, data in self.entries():
            with contextlib.suppress(Wrong):
                entry = read_json(data, "the entry")
                if entry.get("type") == "key.rotated" and line < len(indices):
                    self.rotations.append(read_rotation(entry, indices[line]))

    def check_entries(self, wanted, head):
        names, count = set(), 0
        for line, data in self.entries():
            count += 1
            if line >= len(wanted):
                raise Wrong("line %d is one more than slice.json says" % (line + 1))
            index, name, where = wanted[line], "receipts/%d.tlog-proof" % wanted[line], self.path("entries.jsonl")
            names.add(name)
            with self.report.trying("%s line %d" % (where, line + 1)):
                self.check_entry(index, read_json(data, "the entry"), data)
            with self.report.trying(self.path(name)):
                entry, at, proved = read_receipt(read(self.path(name)), self.checkpoints)
                if at != index or proved != head:
                    raise Wrong("is of another entry or under another checkpoint")
                if entry != data:
                    self.report.wrong("%s line %d" % (where, line + 1), "is not what was signed")
        if count != len(wanted):
            raise Wrong("it holds %d entries, slice.json says %d" % (count, len(wanted)))
        for name in walk(self.folder, "receipts/") if os.path.isdir(self.path("receipts")) else ():
            if name not in names:
                self.report.wrong(self.path(name), "is the receipt of no entry here")
        print("ok     %s: %d of %d entries, each by its receipt" % (shown(self.folder), count, head[0]))

    def check_prefixes(self, heads):
        for where, _ in heads:
            print("note   %s: not compared, since a part of a ledger cannot tell" % shown(where))


class Operators:
    """Each operator's signature is by the key that the ledger gives, over the entries directly before it.

    In a slice, who is named in `by` must have an account in it.
    """

    MOST = 250000

    def __init__(self, is_slice=False):
        self.origin, self.by, self.digests, self.keys = "", None, [], {}
        self.is_slice, self.next, self.first, self.missed = is_slice, 0, {}, set()

    def take(self, index, kind, entry, data):
        if kind == "ledger.created":
            self.origin = entry.get("origin")
        by = entry.get("by") if isinstance(entry.get("by"), str) else None
        if index != self.next:
            # Signatures are over entries in a row.
            self.by, self.digests = None, []
        self.next = index + 1
        try:
            if kind in ("operator.added", "operator.pin-set"):
                key = unbase64(member(entry, "public_key", str).encode(), "the key", 32)
                self.keys.setdefault(member(entry, "operator", str), []).append((index, key))
                if kind == "operator.added":
                    self.first.setdefault(entry["operator"], key)
            if self.is_slice and by is not None and by not in self.first and by not in self.missed:
                self.missed.add(by)
                raise Wrong("it came about by an operator whose account entries are not here")
            if kind == "operator.signed":
                self.judge(index, entry, by)
        finally:
            if by is None or by != self.by:
                self.by, self.digests = by, []
            if by is not None:
                self.digests.append(sha256(re.sub(rb'"at":"[^"]*",', b"", data, count=1)))
                if len(self.digests) > 2 * self.MOST:
                    self.digests = self.digests[-self.MOST:]

    def judge(self, index, entry, by):
        covers, subject = member(entry, "covers", int), member(entry, "subject_sha256", str)
        key = unbase64(member(entry, "public_key", str).encode(), "the key", 32)
        signature = unbase64(member(entry, "signature", str).encode(), "the signature", 64)
        known = self.keys.get(by, [])
        valid = ([one for at, one in known if at < index - covers] or [self.first.get(by)])[-1]
        if not 0 < covers <= len(self.digests) or not by or by != self.by or entry.get("operator") != by or key != valid:
            raise Wrong("it is an operator's signature that nobody with that key could give")
        text = (self.origin, by, member(entry, "meaning", str), subject)
        message = "licence-station operator signature v1\n%s\n%s\n%s\n%s\n" % text
        if sha256(*self.digests[-covers:]).hex() != subject or not ed25519_verifies(key, message.encode(), signature):
            raise Wrong("it is an operator's signature that does not fit the entries before it")


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


def check_minisig(data, sums, keys, trusted_id, batch, size):
    """False when the file is well formed and does not fit the sums."""
    lines = lines_of(data, "it")
    comment = ("licence station, batch %s" % batch).encode()
    if len(lines) != 4 or lines[0] != b"untrusted comment: signed by an offline licence station":
        raise Wrong("is not in its one exact form")
    if lines[2] != b"trusted comment: " + comment:
        raise Wrong("was made for another batch")
    blob, outer = unbase64(lines[1], "the signature", 74), unbase64(lines[3], "the signature", 64)
    # The id of a key that was reached by rotation is nobody's word.
    fitting = [key for number, key in enumerate(keys.known) if number > 0 or blob[2:10] == trusted_id]
    if blob[:2] != b"ED" or not fitting:
        raise Wrong("is not by the trusted minisign key")
    signers = [key for key in fitting if ed25519_verifies(key, blob[10:] + comment, outer)]
    if not signers:
        raise Wrong("does not verify under the trusted minisign key")
    if not keys.speaks_for(signers[0], size):
        raise Wrong("is by a minisign key that had been retired")
    return ed25519_verifies(signers[0], hashlib.blake2b(sums).digest(), blob[10:])


def open_manifest(data, keys, batch):
    lines = lines_of(data, "it")
    envelope = read_json(lines[0], "it") if len(lines) == 1 else None
    payload = unbase64(member(envelope, "payload", str).encode(), "the payload")
    [line] = member(envelope, "signatures", list)[:1] or [None]
    signature = unbase64(member(line, "sig", str).encode(), "the signature", 64)
    named = [key for key in keys.known if sha256(SPKI, key).hex() == line.get("keyid")]
    key = (named or list(keys.known))[0]
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
    if not keys.speaks_for(key, member(member(statement["predicate"], "ledger", dict), "size", int)):
        raise Wrong("is signed by a manifest key that had been retired")
    return statement


class Stick:
    def __init__(self, root, manifest_keys, minisign_keys, minisign_id, checkpoints, report):
        self.root, self.top = root, os.path.join(root, "PROVISIONING")
        self.manifest_keys, self.minisign_keys, self.minisign_id = manifest_keys, minisign_keys, minisign_id
        self.checkpoints, self.report, self.heads, self.manifests = checkpoints, report, [], {}

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
        check_collisions(self.top, self.report)
        with self.report.trying(self.top):
            self.check_requests([statement for statement in statements.values() if statement])
        roots = {}
        for folder, (size, root) in self.heads:
            if roots.setdefault(size, root) != root:
                self.report.wrong(folder, "knows another ledger of the same size than a delivery before it")

    def check_requests(self, statements):
        """Requests that still lie on the stick must be those that the newest delivery answered."""
        wanted = {}
        rank = lambda one: (one["predicate"]["ledger"]["size"], member(one["predicate"], "created_at", str))
        for device in max(statements, key=rank)["predicate"]["devices"] if statements else ():
            request = member(device, "request", dict)
            wanted[member(request, "path", str)] = member(request, "sha256", str)
        for name in sorted(wanted):
            path = os.path.join(self.root, *name.split("/"))
            if ".." in name.split("/") or name.startswith("/") or not os.path.lexists(path):
                continue
            with self.report.trying(path):
                if sha256(read(path, 8 * MiB)).hex() != wanted[name]:
                    raise Wrong("was changed since its devices were provisioned")

    def check_logged(self, delivered):
        """The ledger says which manifest was delivered: one that was signed but never logged is found."""
        for batch in sorted(self.manifests):
            if batch in delivered and self.manifests[batch] not in delivered[batch]:
                where = os.path.join(self.top, batch, MANIFEST)
                self.report.wrong(where, "is not the manifest that the ledger says was delivered")

    def check_batch(self, folder, batch):
        report, path = self.report, lambda name: os.path.join(folder, name)
        data, problems = {}, report.problems
        for name in (MANIFEST, SUMS, SIGNATURE):
            with report.trying(path(name)):
                data[name] = read(path(name), 96 * MiB)
        statement = implied = sums = None
        if MANIFEST in data:
            with report.trying(path(MANIFEST)):
                statement = open_manifest(data[MANIFEST], self.manifest_keys, batch)
                self.manifests[batch] = sha256(data[MANIFEST]).hex()
                subjects = member(statement, "subject", list)
                implied = {member(one, "name", str): member(member(one, "digest", dict), "sha256", str) for one in subjects}
        whole_list = dict(implied or {}, **{MANIFEST: sha256(data.get(MANIFEST, b"")).hex()})
        agrees = implied is not None and data.get(SUMS) == sums_bytes(whole_list)
        if SUMS in data and SIGNATURE in data:
            with report.trying(path(SIGNATURE)):
                size = statement["predicate"]["ledger"]["size"] if statement else None
                trusted = self.minisign_keys, self.minisign_id
                if check_minisig(data[SIGNATURE], data[SUMS], *trusted, batch, size):
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
    parser.add_argument("--predecessor", metavar="DIR")
    parser.add_argument("--witness", action="append", default=[], metavar="FILE")
    parser.add_argument("--need", type=int, default=0, metavar="N")
    parser.add_argument("export", nargs="?", metavar="EXPORT_DIR")
    options = parser.parse_args()
    needs_export = options.checkpoint is not None or options.predecessor is not None or options.need > 0
    if options.export is None and (options.stick is None or needs_export):
        parser.error("name an export, a stick, or both; --checkpoint, --predecessor and --need ask for an export")
    sys.stdout.reconfigure(errors="backslashreplace")
    report = Report()
    check(options, report)
    print("FAILED: %d problem(s)" % report.problems if report.problems else "OK")
    return 5 if report.problems else 0


def check(options, report):
    keys, witnesses, history = {}, [], []
    readers = {"ledger.vkey": read_vkey, "manifest.pem": read_pem, "minisign.pub": read_minisign_key}
    for name in readers:
        path = os.path.join(options.keys, name)
        if name == "ledger.vkey" or options.stick or os.path.lexists(path):
            with report.trying(path):
                keys[name] = readers[name](read(path))
    for path in options.witness:
        with report.trying(path):
            witnesses.append(read_cosigner(read(path)))
    path = os.path.join(options.keys, "key-history.json")
    if "ledger.vkey" in keys and os.path.lexists(path):
        with report.trying(path):
            history = read_history(read(path), keys["ledger.vkey"].name)
    if report.problems:
        return
    checkpoints, heads, export = Checkpoints(keys["ledger.vkey"]), [], None
    manifest = Succession("manifest", keys["manifest.pem"]) if "manifest.pem" in keys else None
    minisign = Succession("minisign", keys["minisign.pub"][1]) if "minisign.pub" in keys else None
    others = [succession for succession in (manifest, minisign) if succession]
    for succession in (checkpoints, *others):
        succession.learn(history)
    if options.export:
        kind = Slice if os.path.lexists(os.path.join(options.export, "slice.json")) else Export
        export = kind(options.export, checkpoints, report, others)
        export.check()
        export.check_witnesses(witnesses, options.need)
        heads += export.heads
    if options.checkpoint:
        with report.trying(options.checkpoint):
            heads.append((options.checkpoint, checkpoints.open(read(options.checkpoint))))
    if options.stick:
        stick = Stick(options.stick, manifest, minisign, keys["minisign.pub"][0], checkpoints, report)
        with report.trying(stick.top):
            stick.check()
        heads += stick.heads
        if export:
            stick.check_logged(export.delivered)
    if export and heads:
        export.check_prefixes(heads)
    if options.predecessor:
        check_predecessor(options.predecessor, export, report)


def check_predecessor(folder, export, report):
    """The lost ledger, under the key that the link names: it must hold the checkpoint in the link."""
    if not export.link:
        return report.wrong(export.path("entries.jsonl"), "does not say that it goes on from another ledger")
    before = Export(folder, Checkpoints(export.link["key"]), report)
    before.check()
    before.check_prefixes([(export.path("entries.jsonl"), export.link["head"])])


if __name__ == "__main__":
    sys.exit(main())
