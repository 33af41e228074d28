"""The form of everything in an evidence file: members, types, sorting, sizes. Each check raises Refusal."""

import re
from datetime import datetime, timedelta
from functools import lru_cache

from sealroad_canonical import Refusal, depth_of, read, write
from sealroad_curve import is_key
from sealroad_trees import digest

MAX_RECORD = 65_536
MAX_STATE = 16_384
MAX_ANCHOR = 65_536
MAX_FILE = 16_777_216

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_DIGITS = {digit: value for value, digit in enumerate(_BASE58)}
_TIME = re.compile(r"[2-9][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
_KIND = re.compile(r"[a-z-]{2,24}\.[a-z-]{2,40}\.[1-9][0-9]{0,2}")
_STATE_FORM = re.compile(r"[a-z-]{2,20}\.[1-9][0-9]{0,2}")
_NAME = re.compile(r"[a-z0-9_.-]{1,60}")
_OWNED = re.compile(r"[a-z][a-z-]{1,19}:(did:key:[^:]*):[A-Za-z0-9._~%/-]+")
_PUBLIC = re.compile(r"(?:gs1|container|tracking|alliance):[A-Za-z0-9._~%/-]+")


def need(holds, what):
    """Raises Refusal unless it holds."""
    if not holds:
        raise Refusal(what)


def exactly(value, names, optional=()):
    """An object with exactly these members."""
    need(type(value) is dict, "not an object")
    extra = set(value) - set(names) - set(optional)
    need(not extra and set(names) <= set(value), f"other members than {sorted(names)}")
    return value


def array(value, least=0, most=None):
    """An array with a count of elements in range."""
    need(type(value) is list, "not an array")
    need(len(value) >= least and (most is None or len(value) <= most), "an array of another length")
    return value


def text(value, pattern=None):
    """A text, of a pattern if one is given."""
    need(type(value) is str, "not a text")
    need(pattern is None or pattern.fullmatch(value), "a text of another form")
    return value


def integer(value, least, most=None):
    """An integer in range; true and false are none."""
    need(type(value) is int and value >= least and (most is None or value <= most), "not an integer in range")
    return value


def unhex(value, size):
    """The bytes of lower-case hex of `size` bytes."""
    need(type(value) is str and len(value) == 2 * size, "not hex of this length")
    need(re.fullmatch("[0-9a-f]*", value), "not lower-case hex")
    return bytes.fromhex(value)


def ascending(keys):
    """Sorted and without repeats."""
    keys = list(keys)
    need(all(one < next_one for one, next_one in zip(keys, keys[1:])), "not sorted, or one twice")


def _base58(digits, size):
    need(all(digit in _DIGITS for digit in digits) and len(digits) <= 2 * size, "not base58btc")
    number = 0
    for digit in digits:
        number = number * 58 + _DIGITS[digit]
    zeros = len(digits) - len(digits.lstrip("1"))
    length = (number.bit_length() + 7) // 8
    need(zeros + length == size, "base58btc of another length")
    return number.to_bytes(size, "big")


@lru_cache(maxsize=4096)
def key_bytes(value):
    """The 32 bytes of a did:key, section 2, the point checked."""
    text(value)
    need(value.startswith("did:key:z6Mk") and len(value) == 56, "not a did:key of Ed25519")
    data = _base58(value[len("did:key:z") :], 34)
    need(data[:2] == b"\xed\x01" and is_key(data[2:]), "not a key of prime order")
    return data[2:]


def key(value):
    """A did:key."""
    need(type(value) is str, "not a text")
    key_bytes(value)
    return value


def subject(value):
    """A subject of section 2; a percent sign is a character like any other here."""
    need(type(value) is str and 3 <= len(value) <= 200 and value.isascii(), "not a subject")
    owned = _OWNED.fullmatch(value)
    if owned:
        key(owned[1])
    else:
        need(_PUBLIC.fullmatch(value), "not a subject")
    return value


def time(value):
    """A time of section 2, as a point in time for differences."""
    text(value, _TIME)
    try:
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ")
    except ValueError as error:
        raise Refusal("a time that does not exist") from error


def subjects(value, least, most):
    """A sorted array of subjects."""
    for one in array(value, least, most):
        subject(one)
    ascending(value)
    return value


def _proof(value):
    names = ("cryptosuite", "proofPurpose", "proofValue", "type", "verificationMethod")
    exactly(value, names)
    need(value["type"] == "DataIntegrityProof", "another type of proof")
    need(value["cryptosuite"] == "eddsa-jcs-2022", "another cryptosuite")
    need(value["proofPurpose"] == "assertionMethod", "another purpose")
    signer(value)
    signature_bytes(value)


def signer(proof):
    """The did:key in a proof's verificationMethod."""
    did, mark, fragment = text(proof["verificationMethod"]).partition("#")
    need(mark and did == "did:key:" + fragment, "a fragment that does not repeat the key")
    return key(did)


def signature_bytes(proof):
    """The 64 bytes of a proofValue."""
    value = text(proof["proofValue"])
    need(value.startswith("z"), "not base58btc")
    return _base58(value[1:], 64)


def commitments(value):
    """The `commits` of a record, section 11."""
    for one in array(value, 1, 32):
        exactly(one, ("hash", "name"))
        unhex(one["hash"], 32)
        text(one["name"], _NAME)
    ascending(one["name"] for one in value)


_RECORD = ("body", "claimed", "kind", "network", "nonce", "party", "proof")
_RECORD += ("reads", "refers", "seen", "subjects", "until")


def record(value):
    """A record of section 3."""
    exactly(value, _RECORD, ("commits",))
    need(type(value["body"]) is dict, "a body that is not an object")
    text(value["kind"], _KIND)
    unhex(value["network"], 32)
    unhex(value["nonce"], 16)
    key(value["party"])
    _proof(value["proof"])
    subjects(value["subjects"], 1, 64)
    subjects(value["reads"], 0, 64)
    need(not set(value["reads"]) & set(value["subjects"]), "a subject both read and written")
    for one in array(value["refers"], 0, 64):
        unhex(one, 32)
    ascending(value["refers"])
    need(type(value["seen"]) is dict and set(value["seen"]) <= set(value["subjects"]), "turns of other subjects")
    for turn in value["seen"].values():
        integer(turn, 0)
    lasts = time(value["until"]) - time(value["claimed"])
    need(timedelta(0) < lasts <= timedelta(days=30), "an until that is too early or too late")
    if "commits" in value:
        commitments(value["commits"])
    need(depth_of(value) <= 16, "a record of more than 16 levels")
    need(len(write(value)) <= MAX_RECORD, "a record above 64 KiB")


_HEADER_HASHES = ("history_root", "index_root", "network", "next_validators")
_HEADER_HASHES += ("previous", "records_root", "rules", "validators")


def header(value):
    """A header of section 5."""
    exactly(value, _HEADER_HASHES + ("height", "records_count", "time"))
    for name in _HEADER_HASHES:
        unhex(value[name], 32)
    integer(value["height"], 1)
    integer(value["records_count"], 0)
    time(value["time"])


def validators(value):
    """A validator set of section 6."""
    for one in array(value, 1, 100):
        exactly(one, ("key", "party", "weight"))
        key(one["key"])
        key(one["party"])
        integer(one["weight"], 1, 1_000_000)
    ascending(one["key"] for one in value)


def genesis(value):
    """A genesis document of section 6."""
    exactly(value, ("clock", "created", "form", "name", "nonce", "profile", "validators"))
    need(value["clock"] in ("system", "simulated"), "another clock")
    need(value["form"] == "sealroad-genesis.1", "another form of genesis")
    need(value["profile"] in ("solo", "alliance"), "another profile")
    need(1 <= len(text(value["name"])) <= 100, "a name of another length")
    time(value["created"])
    unhex(value["nonce"], 16)
    validators(value["validators"])


def certificate(value):
    """A commit certificate of section 6."""
    exactly(value, ("block", "height", "round", "signatures"))
    unhex(value["block"], 32)
    integer(value["height"], 1)
    integer(value["round"], 0, 1_000_000)
    for one in array(value["signatures"], 1):
        exactly(one, ("key", "signature"))
        key(one["key"])
        unhex(one["signature"], 64)
    ascending(one["key"] for one in value["signatures"])


def state(value):
    """A state of section 7. What its other members hold is not looked at."""
    need(type(value) is dict and {"form", "links"} <= set(value), "not a state")
    text(value["form"], _STATE_FORM)
    subjects(value["links"], 0, 128)
    need(depth_of(value) <= 16, "a state of more than 16 levels")
    need(len(write(value)) <= MAX_STATE, "a state above 16 KiB")


def path(value, most=None):
    """An array of hashes."""
    for one in array(value, 0, most):
        unhex(one, 32)


def _subject_shown(value):
    exactly(value, ("proof", "state", "subject", "value"))
    subject(value["subject"])
    proof, entry = exactly(value["proof"], ("leaf", "siblings")), value["value"]
    path(proof["siblings"], 256)
    if proof["leaf"] is not None:
        exactly(proof["leaf"], ("key", "value"))
        unhex(proof["leaf"]["key"], 32)
        unhex(proof["leaf"]["value"], 32)
    need((entry is None) == (value["state"] is None), "a value without a state, or a state without a value")
    if entry is not None:
        need(proof["leaf"] is None, "a present subject with a leaf")
        exactly(entry, ("changed", "count", "records", "state", "turn"))
        integer(entry["changed"], 0)
        integer(entry["count"], 1)
        integer(entry["turn"], 0)
        unhex(entry["records"], 32)
        unhex(entry["state"], 32)
        state(value["state"])


def _opening(value):
    exactly(value, ("name", "record", "salt", "value"))
    text(value["name"], _NAME)
    unhex(value["record"], 32)
    unhex(value["salt"], 32)
    need(depth_of(value["value"]) <= 8, "an opening of more than 8 levels")


def _blocks(value):
    for one in array(value):
        exactly(one, ("header", "path"))
        header(one["header"])
        path(one["path"])
    ascending(one["header"]["height"] for one in value)


def _records(value):
    for one in array(value):
        exactly(one, ("height", "index", "path", "record"))
        integer(one["height"], 1)
        integer(one["index"], 0)
        path(one["path"])
        record(one["record"])
    ascending((one["height"], one["index"]) for one in value)


def _sets(value):
    for one in array(value, 1):
        exactly(one, ("commit", "header", "validators"))
        certificate(one["commit"])
        header(one["header"])
        validators(one["validators"])
        changes = digest(write(one["validators"])).hex() != one["header"]["validators"]
        need(changes, "a change of the set that changes nothing")
    ascending(one["header"]["height"] for one in value)


_EVIDENCE = ("about", "blocks", "commit", "form", "genesis", "head", "openings", "records", "subjects")


def evidence(data):
    """Check 1 of section 10: the evidence that the bytes stand for."""
    need(len(data) <= MAX_FILE, "a file above 16 MiB")
    value = exactly(read(data, 24), _EVIDENCE, ("sets",))
    form = {False: "sealroad-evidence.1", True: "sealroad-evidence.2"}["sets" in value]
    need(value["form"] == form, "another form of evidence, or sets where the form has none")
    if "sets" in value:
        _sets(value["sets"])
    subject(value["about"])
    genesis(value["genesis"])
    header(value["head"])
    certificate(value["commit"])
    _blocks(value["blocks"])
    _records(value["records"])
    for one in array(value["subjects"]):
        _subject_shown(one)
    ascending(one["subject"] for one in value["subjects"])
    for one in array(value["openings"]):
        _opening(one)
    ascending((one["record"], one["name"]) for one in value["openings"])
    return value


def anchor(data):
    """The genesis document that an anchor pins, section 9."""
    need(len(data) <= MAX_ANCHOR, "an anchor above 64 KiB")
    value = exactly(read(data, 16), ("form", "genesis"))
    need(value["form"] == "sealroad-anchor.1", "another form of anchor")
    genesis(value["genesis"])
    return value["genesis"]
