"""A verifier of Sealroad evidence, written from docs/protocol.md and docs/vectors alone.

    python3 tests/python/sealroad_verify.py FILE [--anchor FILE] [--not-before N] [--json]
    python3 tests/python/sealroad_verify.py --batch    (lines of {"file","anchor"?,"not_before"?} on standard input)

Exit codes: 0 accepted, 1 refused, 2 unreadable, 3 consistent (section 10). --batch ends with 0.
"""

import argparse
import json
import sys

import sealroad_forms as forms
from sealroad_canonical import Refusal, write
from sealroad_curve import verifies
from sealroad_forms import need
from sealroad_trees import block_holds, digest, history_holds, history_root, index_holds, leaf_hash

EXIT = {"accepted": 0, "refused": 1, "unreadable": 2, "consistent": 3}


def hash_of(value):
    """H of the canonical bytes of a value, in hex."""
    return digest(write(value)).hex()


def without(value, name):
    """A copy of an object without one member."""
    return {key: member for key, member in value.items() if key != name}


def record_id(record):
    """RecordId, section 3."""
    return hash_of(without(record, "proof"))


def signed_bytes(record):
    """The 64 bytes that a record's author signs, section 3."""
    options = digest(write(without(record["proof"], "proofValue")))
    return options + digest(write(without(record, "proof")))


def commitment(salt, name, value):
    """The hash of a commitment to a private field, section 11."""
    return digest(b"sealroad-commitment.1\x00" + salt + b"\x00" + write({"name": name, "value": value})).hex()


def certificate_fault(certificate, header, validators):
    """Section 6: why a certificate is not good for a header under a set, or None."""
    if certificate["block"] != hash_of(header):
        return "wrong block"
    if certificate["height"] != header["height"]:
        return "wrong height"
    if header["validators"] != hash_of(validators):
        return "wrong validators"
    weights = {one["key"]: one["weight"] for one in validators}
    vote = {"block": certificate["block"], "domain": "sealroad-precommit.1", "height": certificate["height"]}
    vote |= {"network": header["network"], "round": certificate["round"]}
    message = write(vote)
    for one in certificate["signatures"]:
        if one["key"] not in weights:
            return "unknown key"
        if not verifies(forms.key_bytes(one["key"]), message, bytes.fromhex(one["signature"])):
            return "bad signature"
    signed = sum(weights[one["key"]] for one in certificate["signatures"])
    return None if 3 * signed > 2 * sum(weights.values()) else "too little weight"


def _is_whole(value):
    return type(value) is int and value >= 0


def _is_time(value):
    try:
        forms.time(value)
    except Refusal:
        return False
    return True


def _entry_is_formed(entry):
    """Section 3: an entry without one of its five members, or with one of another type, gives nothing."""
    if type(entry) is not dict or not {"from", "key", "kinds", "revoked", "until"} <= set(entry):
        return False
    kinds = entry["kinds"]
    if type(kinds) is not list or not all(type(kind) is str for kind in kinds):
        return False
    revoked = entry["revoked"] is None or _is_whole(entry["revoked"])
    until = entry["until"] is None or _is_time(entry["until"])
    return type(entry["key"]) is str and _is_whole(entry["from"]) and revoked and until


def mandated(keys, record, header):
    """Section 3: whether some entry of the party's `keys` lets the record's key speak in this block."""
    signer, height = forms.signer(record["proof"]), header["height"]
    system, kind, _ = record["kind"].split(".")
    kinds = {"*", f"{system}.{kind}", f"{system}.*"}
    for entry in keys if type(keys) is list else ():
        if not _entry_is_formed(entry) or entry["key"] != signer:
            continue
        founds = entry["from"] == height and signer == record["party"]
        begun = entry["from"] < height or founds
        revoked = entry["revoked"] is not None and height > entry["revoked"]
        ended = entry["until"] is not None and header["time"] > entry["until"]
        if begun and not revoked and not ended and kinds & set(entry["kinds"]):
            return True
    return False


class Evidence:
    """An evidence file whose form was checked, and the demands of who checks it."""

    def __init__(self, file, anchor, not_before):
        self.file, self.anchor, self.not_before = file, anchor, not_before
        self.head, self.records, self.sets = file["head"], file["records"], file.get("sets", [])
        self.headers = {one["header"]["height"]: one["header"] for one in file["blocks"]}
        self.headers[self.head["height"]] = self.head
        self.ids = [record_id(one["record"]) for one in self.records]
        self.shown = {one["subject"]: one for one in file["subjects"]}
        self.places = {}
        for place, one in enumerate(self.records):
            for subject in one["record"]["subjects"]:
                self.places.setdefault(subject, []).append(place)

    def present(self):
        """The subjects that have a value."""
        return [one for one in self.file["subjects"] if one["value"] is not None]

    def of(self, subject):
        """The places in `records` of the records of a subject."""
        return self.places.get(subject, [])

    def signature(self):
        for one in self.records:
            proof = one["record"]["proof"]
            key = forms.key_bytes(forms.signer(proof))
            holds = verifies(key, signed_bytes(one["record"]), forms.signature_bytes(proof))
            need(holds, "a signature that does not verify")

    def mandate(self):
        for one in self.records:
            record = one["record"]
            header = self.headers.get(one["height"])
            party = self.shown.get(f"party:{record['party']}:self")
            need(header is not None, "a record whose header is not in the file")
            need(party is not None and party["state"] is not None, "a record whose party is not in the file")
            need(mandated(party["state"].get("keys"), record, header), "a key without a mandate")

    def inclusion(self):
        for one in self.records:
            header = self.headers[one["height"]]
            root, leaf = bytes.fromhex(header["records_root"]), leaf_hash(write(one["record"]))
            path = [bytes.fromhex(sister) for sister in one["path"]]
            holds = block_holds(root, leaf, one["index"], header["records_count"], path)
            need(holds, "a record that is not in its block")

    def history(self):
        root, count = bytes.fromhex(self.head["history_root"]), self.head["height"] - 1
        for one in self.file["blocks"]:
            header = one["header"]
            path = [bytes.fromhex(sister) for sister in one["path"]]
            block = digest(write(header))
            need(header["height"] <= count, "a block that is not below the head")
            need(history_holds(root, block, header["height"] - 1, count, path), "a block that is not in the history")

    def quorum(self):
        genesis, network = self.file["genesis"], self.head["network"]
        need(hash_of(genesis) == network, "a genesis of another network")
        headers = [one["header"] for one in self.file["blocks"] + self.sets]
        for one in headers + [one["record"] for one in self.records]:
            need(one["network"] == network, "a block or a record of another network")
        validators, before = genesis["validators"], ""
        for one in self.sets:
            header = one["header"]
            need(header["height"] < self.head["height"], "a change of the set that is not below the head")
            need(header["time"] > before, "a change of the set not later than the one before")
            fault = certificate_fault(one["commit"], header, validators)
            need(fault is None, fault)
            validators, before = one["validators"], header["time"]
            need(hash_of(validators) == header["next_validators"], "another set than certified")
        need(self.head["time"] > before, "a head not later than the last change of the set")
        fault = certificate_fault(self.file["commit"], self.head, validators)
        need(fault is None, fault)
        first, changes = hash_of(genesis["validators"]), [one["header"] for one in self.sets]
        for header in (one["header"] for one in self.file["blocks"]):
            below = [one["next_validators"] for one in changes if one["height"] < header["height"]]
            due = below[-1] if below else first
            need(header["validators"] == due, "a block that names another set than those shown")

    def network(self):
        expected = self.anchor is None or hash_of(self.anchor) == self.head["network"]
        need(expected, "another network than expected")

    def _proved(self, one):
        key, proof = digest(one["subject"].encode()), one["proof"]
        value = None if one["value"] is None else digest(write(one["value"]))
        leaf = proof["leaf"] and tuple(bytes.fromhex(proof["leaf"][name]) for name in ("key", "value"))
        siblings = [bytes.fromhex(sister) for sister in proof["siblings"]]
        return index_holds(bytes.fromhex(self.head["index_root"]), key, value, siblings, leaf)

    def completeness(self):
        for one in self.file["subjects"]:
            places, value = self.of(one["subject"]), one["value"]
            need(self._proved(one), "a subject whose proof does not hold")
            if value is None:
                need(not places, "an absent subject that has records")
                continue
            need(len(places) == value["count"], "records withheld or over")
            root = history_root([bytes.fromhex(self.ids[place]) for place in places])
            need(root.hex() == value["records"], "other records than those committed")
            need(self.records[places[-1]]["height"] == value["changed"], "another last change")
        for one in self.records:
            need(set(one["record"]["subjects"]) & set(self.shown), "a record that writes nothing listed")
        heights = {one["height"] for one in self.records}
        need(all(one["header"]["height"] in heights for one in self.file["blocks"]), "a block without a record")
        need(len(set(self.ids)) == len(self.ids), "a record twice")

    def closure(self):
        wanted, waiting = set(), [self.file["about"]]
        while waiting:
            subject = waiting.pop()
            if subject in wanted:
                continue
            wanted.add(subject)
            one = self.shown.get(subject)
            if one is not None and one["value"] is not None:
                waiting += one["state"]["links"]
                waiting += [f"party:{self.records[place]['record']['party']}:self" for place in self.of(subject)]
        need(wanted == set(self.shown), "subjects missing or over")
        for one in self.file["subjects"]:
            need(one["value"] is not None or one["subject"] == self.file["about"], "an absent subject")

    def state(self):
        for one in self.present():
            need(hash_of(one["state"]) == one["value"]["state"], "a state told otherwise")

    def freshness(self):
        need(self.not_before is None or self.head["height"] >= self.not_before, "older than demanded")
        times = [one["header"]["time"] for one in self.file["blocks"]]
        need(all(time <= self.head["time"] for time in times), "a block later than the head")

    def openings(self):
        commits = {
            (identity, commit["name"]): commit["hash"]
            for identity, one in zip(self.ids, self.records)
            for commit in one["record"].get("commits", ())
        }
        for one in self.file["openings"]:
            found = commits.get((one["record"], one["name"]))
            made = commitment(bytes.fromhex(one["salt"]), one["name"], one["value"])
            need(found == made, "an opening that opens nothing")

    def checks(self):
        """The checks after the first, in the order of section 10."""
        order = (self.signature, self.mandate, self.inclusion, self.history, self.quorum, self.network)
        return order + (self.completeness, self.closure, self.state, self.freshness, self.openings)

    def validators_of(self, height):
        """The set that certifies the block of a height."""
        below = [one["validators"] for one in self.sets if one["header"]["height"] < height]
        return below[-1] if below else self.file["genesis"]["validators"]

    def _own_word(self):
        """Whether a record of `about` stands in a block that only authors of such records certified."""
        about = [self.records[place] for place in self.of(self.file["about"])]
        authors = {one["record"]["party"] for one in about}
        return any(all(one["party"] in authors for one in self.validators_of(shown["height"])) for shown in about)

    def not_proved(self, verdict):
        """The codes of what was not proved, in the order of section 10."""
        about = self.file["about"]
        applies = {
            "signed-is-not-true": True,
            "network-unknown": verdict == "consistent",
            "order-and-time-own-word": self._own_word(),
            "simulated-clock": self.file["genesis"]["clock"] == "simulated",
            "later-than-as-of": True,
            "not-recorded": about in self.shown and self.shown[about]["value"] is None,
        }
        return [code for code, holds in applies.items() if holds]


def _report(verdict, first_failed=None, as_of=None, network=None, not_proved=()):
    shape = {"as_of": as_of, "first_failed": first_failed, "network": network}
    return shape | {"not_proved": list(not_proved), "verdict": verdict}


def verify(data, anchor=None, not_before=None):
    """The report on the bytes of an evidence file; `anchor` is the genesis document of the network expected."""
    if not data or len(data) > forms.MAX_FILE or not (data.startswith(b"{") or data.endswith(b"}")):
        return _report("unreadable")
    try:
        evidence = Evidence(forms.evidence(data), anchor, not_before)
    except Refusal:
        return _report("refused", "canonical bytes")
    as_of = None
    for check in evidence.checks():
        try:
            check()
        except Refusal:
            return _report("refused", check.__name__, as_of)
        if check.__name__ == "quorum":
            as_of = {"height": evidence.head["height"], "time": evidence.head["time"]}
    verdict = "consistent" if anchor is None else "accepted"
    network = None if anchor is None else anchor["name"]
    return _report(verdict, None, as_of, network, evidence.not_proved(verdict))


def verify_file(file, anchor=None, not_before=None):
    """The report on a file by name. With an anchor that is none nothing can be said: unreadable."""
    genesis = None
    try:
        if anchor is not None:
            with open(anchor, "rb") as opened:
                genesis = forms.anchor(opened.read(forms.MAX_ANCHOR + 1))
        with open(file, "rb") as opened:
            data = opened.read(forms.MAX_FILE + 1)
    except (OSError, Refusal) as error:
        print(f"{file}: {error}", file=sys.stderr)
        return _report("unreadable")
    return verify(data, genesis, not_before)


def _line(report):
    return json.dumps(report, ensure_ascii=False, sort_keys=True)


def _batch():
    for line in filter(str.strip, sys.stdin):
        asked = json.loads(line)
        print(_line(verify_file(asked["file"], asked.get("anchor"), asked.get("not_before"))), flush=True)
    return 0


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Verifies Sealroad evidence (docs/protocol.md).")
    parser.add_argument("file", nargs="?")
    parser.add_argument("--anchor", help="the anchor of the network expected")
    parser.add_argument("--not-before", type=int, help="the least height of the head")
    parser.add_argument("--json", action="store_true", help="the report as one line of JSON")
    parser.add_argument("--batch", action="store_true", help="questions as lines of JSON on standard input")
    asked = parser.parse_args(arguments)
    if asked.batch == (asked.file is not None):
        parser.error("either FILE or --batch")
    if asked.batch:
        return _batch()
    report = verify_file(asked.file, asked.anchor, asked.not_before)
    lines = [_line(report)] if asked.json else [f"{name}: {json.dumps(value)}" for name, value in report.items()]
    print("\n".join(lines))
    return EXIT[report["verdict"]]


if __name__ == "__main__":
    sys.exit(main())
