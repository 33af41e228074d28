"""Canonical bytes of the Sealroad protocol, section 1: RFC 8785 (JCS) narrowed to integers and plain text."""

import json
import re
import unicodedata
from pathlib import Path

VECTORS = Path(__file__).resolve().parents[2] / "docs" / "vectors"

LARGEST = 2**53 - 1

_STRING = re.compile(r'"((?:[^"\\]++|\\["\\])*+)"')
_NUMBER = re.compile(r"-?[0-9]+")
_LITERALS = (("true", True), ("false", False), ("null", None))

# Direction and invisible characters that rule 5 names one by one.
_INVISIBLE = (
    [0x061C, 0x200B, 0x200E, 0x200F, 0x2028, 0x2029, 0x2060, 0xFEFF]
    + list(range(0x202A, 0x202F))
    + list(range(0x2066, 0x206A))
)

# Canonical combining classes above 0 that Unicode 15.0 added (15.1 added none). None of these marks decomposes or
# composes, so their order among other marks is all that an older unicodedata does not know of them.
_NEWER_CLASSES = {
    0x10EFD: 220,
    0x10EFE: 220,
    0x10EFF: 220,
    0x11F41: 9,
    0x11F42: 9,
    0x1E08F: 230,
    0x1E4EC: 232,
    0x1E4ED: 232,
    0x1E4EE: 220,
    0x1E4EF: 230,
}
_NEWER = re.compile("[" + "".join(map(chr, _NEWER_CLASSES)) + "]")


class Refusal(Exception):
    """What was read is not of the form that the protocol demands."""


def _allowed():
    table = bytearray(0x110000)
    for first, last in json.loads((VECTORS / "unicode-15.1-assigned.json").read_text("utf-8")):
        table[first : last + 1] = b"\x01" * (last + 1 - first)
    forbidden = [range(0x00, 0x20), range(0x7F, 0xA0)]  # Cc
    forbidden += [range(0xD800, 0xE000), range(0xE000, 0xF900)]  # Cs, Co
    forbidden += [range(0xF0000, 0xFFFFE), range(0x100000, 0x10FFFE), _INVISIBLE]  # Co of the planes 15 and 16
    for points in forbidden:
        for point in points:
            table[point] = 0
    return bytes(table)


_ALLOWED = _allowed()


def _class(character):
    return _NEWER_CLASSES.get(ord(character)) or unicodedata.combining(character)


def _ordered(text):
    """Canonical decomposition with the marks in canonical order (UAX 15), newer marks included."""
    result, marks = [], []
    for character in "".join(unicodedata.normalize("NFD", one) for one in text):
        if _class(character):
            marks.append(character)
        else:
            result += sorted(marks, key=_class) + [character]
            marks = []
    return result + sorted(marks, key=_class)


def _composed(characters):
    """Canonical composition (UAX 15, D117) of ordered characters."""
    result, starter, before = [], None, 0
    for character in characters:
        order = _class(character)
        adjacent = starter is not None and len(result) == starter + 1
        if starter is not None and (adjacent or before < order):
            pair = unicodedata.normalize("NFC", result[starter] + character)
            if len(pair) == 1:
                result[starter] = pair
                continue
        if order == 0:
            starter = len(result)
        before = order
        result.append(character)
    return "".join(result)


def is_nfc(text):
    """Whether the text is in Normalization Form C of Unicode 15.1, also under a unicodedata of Unicode 14."""
    if text.isascii():
        return True
    if _NEWER.search(text):
        return _composed(_ordered(text)) == text
    return unicodedata.is_normalized("NFC", text)


def check_text(text):
    """Rules 4 and 5 for one string or key."""
    if not all(map(_ALLOWED.__getitem__, map(ord, text))):
        raise Refusal("a character that no text may hold")
    if not is_nfc(text):
        raise Refusal("a text that is not in NFC")


def _order(key):
    """The place of a key among its sisters: UTF-16 code units."""
    return key.encode("utf-16-be")


class _Reader:
    """Reads one value; what it accepts is canonical by the way it reads."""

    def __init__(self, text, depth):
        self.text, self.at, self.depth = text, 0, depth

    def take(self, mark):
        if not self.text.startswith(mark, self.at):
            return False
        self.at += len(mark)
        return True

    def need(self, mark):
        if not self.take(mark):
            raise Refusal(f"{mark} expected at character {self.at}")

    def string(self):
        found = _STRING.match(self.text, self.at)
        if found is None:
            raise Refusal(f"no string at character {self.at}")
        self.at = found.end()
        text = found[1]
        if "\\" in text:
            text = re.sub(r'\\(["\\])', r"\1", text)
        check_text(text)
        return text

    def number(self):
        found = _NUMBER.match(self.text, self.at)
        if found is None or len(found[0]) > 17:
            raise Refusal(f"no value at character {self.at}")
        self.at = found.end()
        value = int(found[0])
        if str(value) != found[0] or abs(value) > LARGEST:
            raise Refusal("a number that is not canonical")
        return value

    def array(self, level):
        values = []
        if self.take("]"):
            return values
        while True:
            values.append(self.value(level))
            if self.take("]"):
                return values
            self.need(",")

    def object(self, level):
        members, before = {}, None
        if self.take("}"):
            return members
        while True:
            key = self.string()
            order = _order(key)
            if before is not None and order <= before:
                raise Refusal("keys that are not sorted, or a key twice")
            before = order
            self.need(":")
            members[key] = self.value(level)
            if self.take("}"):
                return members
            self.need(",")

    def value(self, level=0):
        for mark, read in (("{", self.object), ("[", self.array)):
            if self.take(mark):
                if level == self.depth:
                    raise Refusal(f"more than {self.depth} levels")
                return read(level + 1)
        if self.text.startswith('"', self.at):
            return self.string()
        for mark, value in _LITERALS:
            if self.take(mark):
                return value
        return self.number()


def read(data, depth):
    """The value that canonical bytes of at most `depth` levels stand for. Raises Refusal for other bytes."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refusal("not UTF-8") from error
    reader = _Reader(text, depth)
    value = reader.value()
    if reader.at != len(text):
        raise Refusal("bytes after the value")
    return value


def _written(value):
    if isinstance(value, dict):
        keys = sorted(value, key=_order)
        return "{" + ",".join(f"{_written(key)}:{_written(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_written, value)) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    for mark, literal in _LITERALS:
        if value is literal:
            return mark
    return str(value)


def write(value):
    """Canonical bytes of a value whose texts and numbers were checked before."""
    return _written(value).encode("utf-8")


def depth_of(value):
    """How many levels of objects and arrays a value has; 0 for text, numbers and literals."""
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth_of, value), default=0)
    return 0
