#!/usr/bin/env python3
"""检查“落实”流水的导出文件。Check an exported journal of Luoshi, with Python's standard library alone (3.8 or newer).

    python3 verify_bundle.py FILE [--root HEX]

Exit 0: whole; 1: broken, or the root is not of this log; 2: not readable, or wrong use.
The format and what each check means: docs/seal.md. Shares no code with the program that wrote the file.
"""

import argparse
import hashlib
import json
import re
import sys

HEX = re.compile(r"[0-9a-f]{64}\Z")
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z\Z")
LINES = {
    "header": {"kind", "format", "version", "events", "sealed", "waiting", "root"},
    "seal": {"kind", "size", "root", "sealed_at", "consistency", "inclusion"},
    "event": {"kind", "position", "entry", "leaf"},
    "waiting": {"kind", "entry", "leaf"},
    "end": {"kind", "sha256"},
}
ENTRY = {
    "id": int,
    "stream": str,
    "seq": int,
    "verb": str,
    "actor": str,
    "principal": str,
    "post": str,
    "unit": str,
    "happened_at": str,
    "recorded_at": str,
    "data": str,
    "words_digest": str,
    "prev_hash": str,
}


class Broken(Exception):
    pass


class Unreadable(Exception):
    pass


def canonical(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sha256(data):
    return hashlib.sha256(data).digest()


def node_hash(left, right):
    return sha256(b"\x01" + left + right)


class Peaks:
    """The perfect subtrees of a growing log (RFC 6962, section 2.1)."""

    def __init__(self):
        self.peaks = []  # (number of leaves, hash)
        self.size = 0

    def append(self, leaf):
        count, node = 1, leaf
        while self.peaks and self.peaks[-1][0] == count:
            node = node_hash(self.peaks.pop()[1], node)
            count *= 2
        self.peaks.append((count, node))
        self.size += 1

    def root(self):
        node = None
        for _, peak in reversed(self.peaks):
            node = peak if node is None else node_hash(peak, node)
        return sha256(b"") if node is None else node


def part(size):
    k = 1
    while k * 2 < size:
        k *= 2
    return k


def root_of_inclusion(leaf, index, size, proof):
    """The root to which a path of RFC 6962, section 2.1.1, leads; it must be used up exactly."""
    if size == 1:
        if proof:
            raise Broken("证明比应有的长。")
        return leaf
    if not proof:
        raise Broken("证明比应有的短。")
    k = part(size)
    if index < k:
        return node_hash(root_of_inclusion(leaf, index, k, proof[:-1]), proof[-1])
    return node_hash(proof[-1], root_of_inclusion(leaf, index - k, size - k, proof[:-1]))


def roots_of_consistency(old, size, proof, old_root, whole=True):
    """The older and the newer root to which a proof of RFC 6962, section 2.1.2, leads."""
    if old == size:
        if whole:
            if proof:
                raise Broken("证明比应有的长。")
            return old_root, old_root
        if len(proof) != 1:
            raise Broken("证明的长短不对。")
        return proof[0], proof[0]
    if not proof:
        raise Broken("证明比应有的短。")
    k = part(size)
    if old <= k:
        before, after = roots_of_consistency(old, k, proof[:-1], old_root, whole)
        return before, node_hash(after, proof[-1])
    before, after = roots_of_consistency(old - k, size - k, proof[:-1], old_root, False)
    return node_hash(proof[-1], before), node_hash(proof[-1], after)


def plain(value, keys, what):
    if not isinstance(value, dict) or set(value) != keys:
        raise Broken(what + "的栏目不对。")
    return value


def number(value, what):
    if type(value) is not int or value < 0:
        raise Broken(what + "不是数。")
    return value


def digest(value, what):
    if type(value) is not str or not HEX.match(value):
        raise Broken(what + "不是六十四位十六进制数。")
    return bytes.fromhex(value)


def digests(value, what):
    if type(value) is not list:
        raise Broken(what + "不是列表。")
    return [digest(item, what) for item in value]


class Check:
    def __init__(self):
        self.header = None
        self.seals = []  # (size, root, inclusion proof)
        self.next_seal = 0
        self.log = Peaks()
        self.waiting = 0
        self.streams = {}  # stream -> (seq, leaf, id)
        self.ids = set()
        self.stage = 0
        self.ends = []  # (leaf, size, proof)

    def line(self, value, kind):
        plain(value, LINES[kind], "这一行")
        order = ["header", "seal", "event", "waiting"].index(kind)
        if order < self.stage or (kind == "header") != (self.header is None):
            raise Broken("各行的先后不对。")
        self.stage = order
        getattr(self, "read_" + kind)(value)

    def header_sizes(self):
        return tuple(number(self.header[name], "首行的条数") for name in ("events", "sealed", "waiting"))

    def read_header(self, value):
        self.header = value
        events, sealed, waiting = self.header_sizes()
        if events != sealed + waiting:
            raise Broken("首行的条数加不拢。")
        if value["root"] != "":
            digest(value["root"], "首行的印记")

    def read_seal(self, value):
        size, root = number(value["size"], "印记的条数"), digest(value["root"], "印记")
        if type(value["sealed_at"]) is not str or not MOMENT.match(value["sealed_at"]):
            raise Broken("封存时间的写法不对。")
        before = self.seals[-1] if self.seals else None
        proof = digests(value["consistency"], "延续证明")
        if size <= (before[0] if before else 0) or size > self.header["sealed"]:
            raise Broken("印记的先后不对。")
        if before is None:
            if proof:
                raise Broken("第一个印记没有可延续的，却带了证明。")
        elif roots_of_consistency(before[0], size, proof, before[1]) != (before[1], root):
            raise Broken(f"印记（{size} 条）不是前一个印记（{before[0]} 条）的延续。")
        self.seals.append((size, root, digests(value["inclusion"], "归属证明")))

    def read_entry(self, value):
        text = value["entry"]
        if type(text) is not str:
            raise Broken("流水不是文字。")
        raw = text.encode("utf-8")
        leaf = sha256(b"\x00" + raw)
        if digest(value["leaf"], "指纹") != leaf:
            raise Broken("流水的内容与指纹不符。")
        try:
            entry = json.loads(text)
        except (ValueError, RecursionError):
            raise Broken("流水的写法不对。") from None
        plain(entry, set(ENTRY), "流水")
        if canonical(entry) != text:
            raise Broken("流水的写法不规范。")
        for name, kind in ENTRY.items():
            if type(entry[name]) is not kind:
                raise Broken(f"流水的“{name}”一栏不对。")
        for name in ("happened_at", "recorded_at"):
            if not MOMENT.match(entry[name]):
                raise Broken("流水的时间写法不对。")
        before = self.streams.get(entry["stream"], (0, b"\x00" * 32, None))
        where = f"编号 {entry['id']}，所属 {entry['stream']}，第 {entry['seq']} 条："
        if entry["seq"] != before[0] + 1:
            raise Broken(where + f"序号不连续，前面应有 {entry['seq'] - 1} 条。")
        if digest(entry["prev_hash"], "前一条的指纹") != before[1]:
            raise Broken(where + "与前一条接不上。")
        if before[2] is not None and entry["id"] <= before[2]:
            raise Broken(where + "编号的先后与序号的先后不一致。")
        if entry["id"] in self.ids:
            raise Broken(where + "编号重复。")
        self.ids.add(entry["id"])
        self.streams[entry["stream"]] = (entry["seq"], leaf, entry["id"])
        return leaf

    def read_event(self, value):
        if number(value["position"], "封存位置") != self.log.size:
            raise Broken(f"封存位置断了，应为 {self.log.size}。")
        leaf = self.read_entry(value)
        self.log.append(leaf)
        if self.next_seal >= len(self.seals):
            raise Broken(f"第 {self.log.size} 条列为已封存，却没有印记管到它。")
        size, root, proof = self.seals[self.next_seal]
        if size == self.log.size:
            if self.log.root() != root:
                raise Broken(f"封存到第 {size} 条的印记与流水算出的不符。")
            self.ends.append((leaf, size, proof))
            self.next_seal += 1

    def read_waiting(self, value):
        self.read_entry(value)
        self.waiting += 1

    def finish(self):
        if self.header is None:
            raise Broken("缺首行。")
        _, sealed, waiting = self.header_sizes()
        if (self.log.size, self.waiting) != (sealed, waiting):
            raise Broken(f"流水有 {self.log.size} 条已封存、{self.waiting} 条待封，与首行不符。")
        if self.next_seal != len(self.seals) or (self.seals[-1][0] if self.seals else 0) != sealed:
            raise Broken("印记与流水的条数不符。")
        root = self.log.root()
        if self.header["root"] != (root.hex() if sealed else ""):
            raise Broken("首行的印记与流水算出的不符。")
        for leaf, size, proof in self.ends:
            if root_of_inclusion(leaf, size - 1, sealed, proof) != root:
                raise Broken(f"封存到第 {size} 条的归属证明不成立。")


def check(file):
    """Read the whole file, line by line; return what was found. Raises Broken or Unreadable."""
    checker = Check()
    total = hashlib.sha256()
    ended = False
    number_of_line = 0
    for raw in file:
        number_of_line += 1
        try:
            if ended:
                raise Broken("末行之后还有内容。")
            ended = one_line(checker, raw, total, number_of_line)
        except Broken as broken:
            raise Broken(f"文件第 {number_of_line} 行：{broken}") from None
    if number_of_line == 0:
        raise Unreadable("文件是空的。")
    if not ended:
        raise Broken("文件不完整，缺末行。")
    checker.finish()
    return checker


def one_line(checker, raw, total, number_of_line):
    """Check one line; whether it was the last."""
    try:
        text = raw.decode("utf-8")
        value = json.loads(text)
        rewritten = canonical(value).encode("utf-8") + b"\n"
    except (ValueError, RecursionError):
        if number_of_line == 1:
            raise Unreadable("这不是流水的导出文件。") from None
        raise Broken("这一行读不懂。") from None
    kind = value.get("kind") if isinstance(value, dict) else None
    if number_of_line == 1:
        if kind != "header" or value.get("format") != "luoshi-journal":
            raise Unreadable("这不是流水的导出文件。")
        if value.get("version") != 1 or type(value.get("version")) is not int:
            raise Unreadable("导出文件的版本不认识，请用新一点的检查程序。")
    if rewritten != raw:
        raise Broken("这一行的写法不规范。")
    if type(kind) is not str or kind not in LINES:
        raise Broken("这一行不知是什么。")
    if kind == "end":
        plain(value, LINES[kind], "末行")
        if digest(value["sha256"], "末行的校验数") != total.digest():
            raise Broken("全文的校验数不符，文件被改动。")
        return True
    total.update(raw)
    checker.line(value, kind)
    return False


def main(arguments=None):
    parser = argparse.ArgumentParser(description="检查“落实”流水的导出文件")
    parser.add_argument("file", metavar="FILE", help="导出文件")
    parser.add_argument("--root", metavar="HEX", help="另处保存的印记，看它是不是这份流水的")
    options = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    root = options.root.lower() if options.root is not None else None
    if root is not None and not HEX.match(root):
        print("--root 应是六十四位十六进制数。", file=sys.stderr)
        return 2
    try:
        with open(options.file, "rb") as file:
            found = check(file)
    except OSError as error:
        print(f"打不开文件 {options.file}：{error.strerror or error}。", file=sys.stderr)
        return 2
    except Unreadable as unreadable:
        print(str(unreadable), file=sys.stderr)
        return 2
    except Broken as broken:
        print(f"不完好。{broken}")
        return 1
    print(f"完好：流水 {found.log.size + found.waiting} 条，其中已封存 {found.log.size} 条、待封 {found.waiting} 条。")
    if found.seals:
        print(f"最新印记：{found.log.root().hex()}")
    if root is not None:
        for size, known, _ in found.seals:
            if known.hex() == root:
                print(f"所给印记属于这份流水，封存到第 {size} 条。")
                return 0
        print("所给印记不属于这份流水：流水可能被整批改写过，或印记抄错。")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
