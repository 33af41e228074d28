"""Every file of docs/vectors, checked by a verifier that was written from docs/protocol.md and those files alone."""

import contextlib
import copy
import hashlib
import io
import json
import re
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import sealroad_forms as forms
import sealroad_sealed as sealed
import sealroad_trees as trees
import sealroad_verify as sealroad
import sealroad_votes as votes
import small_ledger
from sealroad_canonical import VECTORS, Refusal, is_nfc, read, write
from sealroad_curve import L, P, is_key, multiple_of_base, point, verifies

OTHER = bytes(range(32))
# What is no evidence; the TypeScript verifier reads it.
ELSEWHERE = {"light.json"}


class Vectors(unittest.TestCase):
    """A test of the files it names; the last test of this file demands that every file is named."""

    files = ()

    def data(self, name):
        self.assertIn(name, self.files)
        return (VECTORS / name).read_bytes()

    def vectors(self, name):
        return json.loads(self.data(name))


class Canonical(Vectors):
    files = ("canonical.json", "unicode-15.1-assigned.json")

    def test_accept(self):
        vectors = self.vectors("canonical.json")
        for text in vectors["accept"]:
            with self.subTest(text):
                self.assertEqual(write(read(text.encode(), vectors["depth"])).decode(), text)

    def test_refuse(self):
        vectors = self.vectors("canonical.json")
        for one in vectors["refuse"]:
            with self.subTest(one["why"]):
                data = bytes.fromhex(one["hex"])
                if one["text"] is not None:
                    self.assertEqual(one["text"].encode(), data)
                with self.assertRaises(Refusal):
                    read(data, vectors["depth"])

    def test_assigned_ranges_are_sorted_and_apart(self):
        ranges = self.vectors("unicode-15.1-assigned.json")
        self.assertEqual(ranges[0][0], 0)
        self.assertTrue(all(first <= last for first, last in ranges))
        self.assertTrue(all(one[1] + 1 < two[0] for one, two in zip(ranges, ranges[1:])))

    def test_first_and_last_of_each_range(self):
        for first, last in self.vectors("unicode-15.1-assigned.json"):
            for outside in (first - 1, last + 1):
                if 0 < outside < 0x110000 and not 0xD800 <= outside < 0xE000:
                    with self.assertRaises(Refusal):
                        read(f'"{chr(outside)}"'.encode(), 1)

    def test_marks_newer_than_unicode_14(self):
        for text in ("á\U00010efd", "b\U00010efd\u0301", "a\u0316\U00010efd", "\U00011f12\U00011f42", "b\U0001e08f"):
            self.assertTrue(is_nfc(text), ascii(text))
        for text in ("a\U00010efd\u0301", "b\u0301\U00010efd", "a\u0301\U00010efd", "b\u0301\U00011f42"):
            self.assertFalse(is_nfc(text), ascii(text))


class Keys(Vectors):
    files = ("keys.json",)

    def test_accept(self):
        for one in self.vectors("keys.json")["accept"]:
            scalar = int.from_bytes(hashlib.sha512(bytes.fromhex(one["seed"])).digest()[:32], "little")
            scalar = scalar & (2**254 - 8) | 2**254
            self.assertEqual(forms.key_bytes(one["key"]).hex(), one["bytes"])
            self.assertEqual(multiple_of_base(scalar).hex(), one["bytes"])

    def test_refuse(self):
        for one in self.vectors("keys.json")["refuse"]:
            with self.subTest(one["why"]), self.assertRaises(Refusal):
                forms.key_bytes(one["key"])

    def test_every_encoding_of_small_order_is_no_key_and_good_enough_for_zip_215(self):
        eighth = next(y for y in map(self._y_of, self.vectors("keys.json")["refuse"][:8]) if 1 < y < P - 1)
        ys = (0, 1, P - 1, P, P + 1, eighth, P - eighth)
        encodings = [(y | sign << 255).to_bytes(32, "little") for y in ys for sign in (0, 1)]
        self.assertFalse([data for data in encodings if point(data) is None or is_key(data)])
        for a in encodings:
            for r in encodings:
                self.assertTrue(verifies(a, b"Zcash", r + bytes(32)))
                self.assertFalse(verifies(a, b"Zcash", r + (1).to_bytes(32, "little")))
                self.assertFalse(verifies(a, b"Zcash", r + L.to_bytes(32, "little")))

    def _y_of(self, refused):
        data = forms._base58(refused["key"].removeprefix("did:key:z"), 34)[2:]
        return int.from_bytes(data, "little") % 2**255


class Record(Vectors):
    files = ("record.json",)

    def test_record(self):
        vectors = self.vectors("record.json")
        data = vectors["text"].encode()
        record = read(data, 16)
        forms.record(record)
        signature = forms.signature_bytes(record["proof"])
        key = forms.key_bytes(forms.signer(record["proof"]))
        self.assertEqual(write(record), data)
        self.assertEqual(sealroad.record_id(record), vectors["id"])
        self.assertEqual(trees.leaf_hash(data).hex(), vectors["leaf"])
        self.assertEqual(sealroad.signed_bytes(record).hex(), vectors["signed"])
        self.assertEqual(signature.hex(), vectors["signature"])
        self.assertTrue(verifies(key, bytes.fromhex(vectors["signed"]), signature))
        for place in range(0, 64, 9):
            wrong = signature[:place] + bytes([signature[place] ^ 1]) + signature[place + 1 :]
            self.assertFalse(verifies(key, bytes.fromhex(vectors["signed"]), wrong))

    def test_members_of_another_form(self):
        record = read(self.vectors("record.json")["text"].encode(), 16)
        party = f"party:{record['party']}:self"
        wrong = {
            "body": [[], None],
            "claimed": ["2026-02-30T00:00:00.000Z", "1999-12-31T00:00:00.000Z", "2025-12-31T23:59:60.000Z"],
            "commits": [[], None, record["commits"] * 2],
            "kind": ["supply-chain.origin", "supply-chain.origin.0", "s.origin.1", "supply-chain.origin.1000"],
            "network": [record["network"].upper(), record["network"][1:]],
            "nonce": ["04" * 15, "G" * 32],
            "party": [record["party"] + "#", 1],
            "reads": [record["subjects"], [party, party], ["gs1:"], ["gs2:01"]],
            "refers": [["00" * 32] * 2, ["00"]],
            "seen": [{party: 1}, {record["subjects"][0]: -1}, {record["subjects"][0]: True}],
            "subjects": [[], [party, "gs1:01/1"], [party, party], ["ab"], [party + ":"], [party + "é"]],
            "until": [record["claimed"], "2026-01-31T00:00:00.001Z", "2025-12-31T00:00:00.000Z"],
        }
        for name, values in wrong.items():
            for value in values:
                with self.subTest(name, value=value), self.assertRaises(Refusal):
                    forms.record(record | {name: value})
        forms.record(record | {"until": "2026-01-31T00:00:00.000Z", "seen": {record["subjects"][0]: 0}})
        forms.record(sealroad.without(record, "commits"))


def merkle_root(leaves):
    """Section 4, bottom-up, as the verifier never needs it."""
    if not leaves:
        return trees.digest(b"")
    while len(leaves) > 1:
        pairs = [leaves[at : at + 2] for at in range(0, len(leaves), 2)]
        leaves = [trees.node_hash(pair[0], pair[-1]) for pair in pairs]
    return leaves[0]


def unhex_all(values):
    return [bytes.fromhex(value) for value in values]


class Trees(Vectors):
    files = ("merkle.json", "history.json", "index.json")

    def test_merkle(self):
        for tree in self.vectors("merkle.json")["trees"]:
            leaves, root = unhex_all(tree["leaves"]), bytes.fromhex(tree["root"])
            self.assertEqual(merkle_root(leaves), root)
            self.assertEqual(len(tree["proofs"]), len(leaves))
            for place, proof in enumerate(tree["proofs"]):
                index, count, path = proof["index"], proof["count"], unhex_all(proof["path"])
                self.assertEqual((index, count), (place, len(leaves)))
                self.assertTrue(trees.block_holds(root, leaves[place], index, count, path))
                self.assertFalse(trees.block_holds(root, OTHER, index, count, path))
                self.assertFalse(trees.block_holds(OTHER, leaves[place], index, count, path))
                self.assertFalse(trees.block_holds(root, leaves[place], index, count, path + [OTHER]))
                self.assertFalse(trees.block_holds(root, leaves[place], count, count, path))
                if path:
                    self.assertFalse(trees.block_holds(root, leaves[place], index ^ 1, count, path))
                    self.assertFalse(trees.block_holds(root, leaves[place], index, count, path[:-1]))

    def test_merkle_refuses_a_leaf_twice(self):
        leaf = trees.leaf_hash(b"a")
        self.assertFalse(trees.block_holds(trees.node_hash(leaf, leaf), leaf, 0, 2, [leaf]))

    def test_history(self):
        for tree in self.vectors("history.json")["trees"]:
            ids, root = unhex_all(tree["ids"]), bytes.fromhex(tree["root"])
            self.assertEqual(trees.history_root(ids), root)
            self.assertEqual(len(tree["paths"]), len(ids))
            for index, path in enumerate(map(unhex_all, tree["paths"])):
                self.assertTrue(trees.history_holds(root, ids[index], index, len(ids), path))
                self.assertFalse(trees.history_holds(root, OTHER, index, len(ids), path))
                self.assertFalse(trees.history_holds(OTHER, ids[index], index, len(ids), path))
                self.assertFalse(trees.history_holds(root, ids[index], index, len(ids), path + [OTHER]))
                self.assertFalse(trees.history_holds(root, ids[index], len(ids), len(ids), path))
                if path:
                    self.assertFalse(trees.history_holds(root, ids[index], index ^ 1, len(ids), path))
                    self.assertFalse(trees.history_holds(root, ids[index], index, len(ids), path[:-1]))

    def test_index(self):
        for tree in self.vectors("index.json")["trees"]:
            root = bytes.fromhex(tree["root"])
            entries = [(bytes.fromhex(one["key"]), bytes.fromhex(one["value"])) for one in tree["entries"]]
            self.assertEqual(small_ledger.index_root(entries), root)
            values = dict(entries)
            for one in tree["lookups"]:
                key, siblings = bytes.fromhex(one["key"]), unhex_all(one["proof"]["siblings"])
                value, leaf = one["value"] and bytes.fromhex(one["value"]), one["proof"]["leaf"]
                other = leaf and tuple(unhex_all((leaf["key"], leaf["value"])))
                self.assertEqual(value, values.get(key))
                self.assertTrue(trees.index_holds(root, key, value, siblings, other))
                self.assertFalse(trees.index_holds(root, key, OTHER, siblings, other))
                self.assertFalse(trees.index_holds(root, key, value, [OTHER] + siblings, other))
                self.assertFalse(trees.index_holds(root, key, value, siblings, (key, OTHER)))
                if value:
                    self.assertFalse(trees.index_holds(root, key, None, siblings, None))


class Commit(Vectors):
    files = ("commit.json",)

    def test_cases(self):
        vectors = self.vectors("commit.json")
        header, validators = vectors["header"], vectors["validators"]
        forms.header(header)
        forms.validators(validators)
        self.assertEqual(sealroad.hash_of(header), vectors["block"])
        self.assertEqual(sealroad.hash_of(validators), header["validators"])
        for case in vectors["cases"]:
            certificate = case["certificate"]
            with self.subTest(case["error"]):
                if case["error"] == "signer twice":
                    self.assertRaises(Refusal, forms.certificate, certificate)
                else:
                    forms.certificate(certificate)
                    fault = sealroad.certificate_fault(certificate, header, validators)
                    self.assertEqual(fault, case["error"])

    def test_another_set(self):
        vectors = self.vectors("commit.json")
        certificate, set_of_three = vectors["cases"][0]["certificate"], vectors["validators"][:3]
        fault = sealroad.certificate_fault(certificate, vectors["header"], set_of_three)
        self.assertEqual(fault, "wrong validators")


class Votes(Vectors):
    files = ("votes.json",)

    def test_signed(self):
        vectors = self.vectors("votes.json")
        seed = hashlib.sha512(bytes.fromhex(vectors["seed"])).digest()
        scalar = int.from_bytes(seed[:32], "little") & (2**254 - 8) | 2**254
        self.assertEqual(forms.key_bytes(vectors["key"]), multiple_of_base(scalar))
        self.assertGreater(len(vectors["signed"]), 3)
        for one in vectors["signed"]:
            said = one.get("vote") or one["proposal"]
            data = votes.signed_bytes(vectors["network"], said)
            self.assertEqual(data.decode(), one["bytes"])
            self.assertTrue(verifies(forms.key_bytes(said["key"]), data, bytes.fromhex(said["signature"])))

    def test_double_votes(self):
        vectors = self.vectors("votes.json")
        words = {None: None, "both say the same": "one vote", "a signature does not verify": "bad signature"}
        words["not of its form"] = "not an integer in range"
        words["the first is not the lesser"] = "the first is not the lesser"
        for one in vectors["double_votes"]:
            with self.subTest(one["name"]):
                fault = votes.double_vote_fault(vectors["network"], one["document"])
                self.assertEqual(fault, words.get(one["error"], "votes that stand apart"))


class Private(Vectors):
    files = ("commitments.json", "sealed.json")

    def test_commitments(self):
        for one in self.vectors("commitments.json"):
            made = sealroad.commitment(bytes.fromhex(one["salt"]), one["name"], one["value"])
            self.assertEqual(made, one["hash"])

    def test_sealed(self):
        vectors = self.vectors("sealed.json")
        data, readers = vectors["document"].encode(), vectors["readers"]
        self.assertEqual(sealed.sha256(data), vectors["sha256"])
        for reader in readers:
            content_key, content = sealed.opened(data, bytes.fromhex(reader["secret"]))
            self.assertEqual(content_key.hex(), vectors["content_key"])
            self.assertEqual(content.hex(), vectors["content"])
        with self.assertRaises(Refusal):
            sealed.opened(data, bytes.fromhex(vectors["stranger"]))
        counter = iter(range(1, 4))
        random = map(lambda number: hashlib.sha256(number.to_bytes(8, "big")).digest(), counter)
        publics, content = [bytes.fromhex(reader["key"]) for reader in readers], bytes.fromhex(vectors["content"])
        self.assertEqual(sealed.sealed(content, content_key, publics, lambda: next(random)), data)

    def test_sealed_changed(self):
        vectors = self.vectors("sealed.json")
        secret, value = bytes.fromhex(vectors["readers"][0]["secret"]), json.loads(vectors["document"])
        wrong = [value | {"cipher": "A" + value["cipher"][1:]}, value | {"cipher": value["cipher"][:-1]}]
        wrong += [value | {"form": "sealroad-sealed.2"}, value | {"recipients": value["recipients"][::-1]}]
        for one in wrong:
            self.assertRaises(Refusal, sealed.opened, write(one), secret)


def patched(value, patch):
    """RFC 6902: add, remove and replace."""
    value = copy.deepcopy(value)
    for step in patch:
        *way, last = [part.replace("~1", "/").replace("~0", "~") for part in step["path"].split("/")[1:]]
        place = value
        for part in way:
            place = place[int(part)] if isinstance(place, list) else place[part]
        last = int(last) if isinstance(place, list) else last
        if step["op"] == "add" and isinstance(place, list):
            place.insert(last, step["value"])
        elif step["op"] == "remove":
            del place[last]
        else:
            place[last] = step["value"]
    return value


class Evidence(Vectors):
    files = ("anchor.json", "anchor-other.json", "evidence-good.json", "evidence-absent.json")
    files += ("evidence-solo.json", "evidence-lies.json", "evidence-sets-good.json", "evidence-sets.json")

    def report(self, name, anchor=None, not_before=None):
        genesis = anchor and forms.anchor(self.data(anchor))
        return sealroad.verify(self.data(name), genesis, not_before)

    def test_good(self):
        report = self.report("evidence-good.json", "anchor.json", 5)
        self.assertEqual(report["verdict"], "accepted")
        self.assertEqual(report["network"], "样本 Sample")
        self.assertEqual(report["as_of"], {"height": 5, "time": "2026-01-01T00:00:50.000Z"})
        self.assertEqual(report["not_proved"], ["signed-is-not-true", "later-than-as-of"])
        report = self.report("evidence-good.json")
        self.assertEqual((report["verdict"], report["network"]), ("consistent", None))
        self.assertEqual(report["not_proved"], ["signed-is-not-true", "network-unknown", "later-than-as-of"])

    def test_absent(self):
        report = self.report("evidence-absent.json", "anchor.json")
        self.assertEqual(report["verdict"], "accepted")
        self.assertEqual(report["not_proved"], ["signed-is-not-true", "later-than-as-of", "not-recorded"])

    def test_solo(self):
        report = self.report("evidence-solo.json")
        codes = ["signed-is-not-true", "network-unknown", "order-and-time-own-word", "simulated-clock"]
        self.assertEqual(report["verdict"], "consistent")
        self.assertEqual(report["not_proved"], codes + ["later-than-as-of"])

    def told(self, good, told):
        """The report on a file that differs from the good one by a patch, or stands as a text."""
        data = told["text"].encode() if "text" in told else write(patched(self.vectors(good), told["patch"]))
        genesis = told["anchor"] and forms.anchor(self.data(told["anchor"]))
        return sealroad.verify(data, genesis, told["not_before"])

    def test_lies(self):
        proved = ("network", "completeness", "closure", "state", "freshness", "openings")
        for name in ("evidence-lies.json", "evidence-sets.json"):
            vectors = self.vectors(name)
            for lie in vectors["lies"]:
                with self.subTest(lie["name"]):
                    report = self.told(vectors["good"], lie)
                    self.assertEqual((report["verdict"], report["first_failed"]), ("refused", lie["first_failed"]))
                    self.assertEqual(report["as_of"] is not None, lie["first_failed"] in proved)
                    self.assertEqual((report["network"], report["not_proved"]), (None, []))

    def test_truths_about_sets(self):
        vectors = self.vectors("evidence-sets.json")
        self.assertGreater(len(vectors["truths"]), 3)
        for truth in vectors["truths"]:
            with self.subTest(truth["name"]):
                report = self.told(vectors["good"], truth)
                self.assertEqual((report["verdict"], report["first_failed"]), (truth["verdict"], None))
                self.assertEqual(report["not_proved"], truth["not_proved"])

    def test_every_check_has_a_lie(self):
        failed = {lie["first_failed"] for lie in self.vectors("evidence-lies.json")["lies"]}
        evidence = sealroad.Evidence(self.vectors("evidence-good.json"), None, None)
        self.assertEqual(failed, {"canonical bytes"} | {check.__name__ for check in evidence.checks()})

    def test_every_member_is_needed(self):
        # Votes without which more than two thirds remain; and an opening is the shower's free choice.
        spare = {"evidence-good.json": {"": (0, 1, 2, 3)}}
        spare["evidence-sets-good.json"] = {"/sets/0": (0, 1, 2, 3), "/sets/1": (0, 2), "": (1, 2, 3)}
        genesis = forms.anchor(self.data("anchor.json"))
        for name, votes_of in spare.items():
            good = self.vectors(name)
            needless = {f"{way}/commit/signatures/{place}" for way, some in votes_of.items() for place in some}
            needless.add("/openings/0")
            for way in places(good):
                wrong = patched(good, [{"op": "remove", "path": way}])
                with self.subTest(name + way):
                    verdict = "accepted" if way in needless else "refused"
                    self.assertEqual(sealroad.verify(write(wrong), genesis)["verdict"], verdict)

    def test_every_member_is_of_one_type_and_no_file_stops_the_verifier(self):
        good = self.vectors("evidence-good.json")
        genesis = forms.anchor(self.data("anchor.json"))
        for way in places(good):
            for value in (None, True, -1, 2**53 - 1, "", [], [[]], {}):
                wrong = write(patched(good, [{"op": "replace", "path": way, "value": value}]))
                # Bytes are compared, for Python holds 1 and True equal. No opening at all is as good as one.
                if wrong != write(good) and (way, value) != ("/openings", []):
                    with self.subTest(way, value=value):
                        self.assertEqual(sealroad.verify(wrong, genesis)["verdict"], "refused")


def places(value, way=""):
    """Every place of a value as a JSON Pointer, the whole left out."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in members:
        yield f"{way}/{str(name).replace('~', '~0').replace('/', '~1')}"
        yield from places(member, f"{way}/{str(name).replace('~', '~0').replace('/', '~1')}")


class CommandLine(Vectors):
    files = ("evidence-good.json", "anchor.json", "anchor-other.json")

    def run_main(self, *arguments, given=""):
        written, spoken = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(written), contextlib.redirect_stderr(spoken):
            with mock.patch("sys.stdin", io.StringIO(given)):
                code = sealroad.main([str(one) for one in arguments])
        return code, [json.loads(line) for line in written.getvalue().splitlines()]

    def test_exit_codes(self):
        good, anchor = VECTORS / "evidence-good.json", VECTORS / "anchor.json"
        cases = [
            (0, (good, "--anchor", anchor)),
            (1, (good, "--anchor", VECTORS / "anchor-other.json")),
            (1, (good, "--anchor", anchor, "--not-before", 6)),
            (2, (VECTORS / "none.json",)),
            (2, (good, "--anchor", good)),
            (3, (good,)),
        ]
        for code, arguments in cases:
            with self.subTest(arguments):
                found, lines = self.run_main(*arguments, "--json")
                self.assertEqual((found, len(lines)), (code, 1))
                self.assertEqual(sealroad.EXIT[lines[0]["verdict"]], code)

    def test_unreadable(self):
        for data, verdict in ((b"", "unreadable"), (b"\x89PNG", "unreadable"), (b"{", "refused"), (b" {}", "refused")):
            self.assertEqual(sealroad.verify(data)["verdict"], verdict)
        large = sealroad.verify(b"{" + b" " * forms.MAX_FILE)
        self.assertEqual((large["verdict"], large["first_failed"]), ("unreadable", None))

    def test_batch(self):
        good, anchor = str(VECTORS / "evidence-good.json"), str(VECTORS / "anchor.json")
        with tempfile.TemporaryDirectory() as folder:
            broken = Path(folder, "broken.json")
            broken.write_bytes(self.data("evidence-good.json") + b"\n")
            asked = [{"file": good}, {"file": good, "anchor": anchor, "not_before": 6}, {"file": str(broken)}]
            asked += [{"file": good, "anchor": anchor, "not_before": None}]
            code, lines = self.run_main("--batch", given="".join(json.dumps(one) + "\n" for one in asked))
        self.assertEqual(code, 0)
        self.assertEqual([one["verdict"] for one in lines], ["consistent", "refused", "refused", "accepted"])
        self.assertEqual([one["first_failed"] for one in lines], [None, "freshness", "canonical bytes", None])


class Coverage(unittest.TestCase):
    def test_every_vector_file_is_covered(self):
        covered = {name for tests in Vectors.__subclasses__() for name in tests.files} | ELSEWHERE
        self.assertEqual({path.name for path in VECTORS.glob("*.json")}, covered)

    def test_the_list_of_vectors_names_every_file(self):
        lines = (VECTORS / "README.md").read_text("utf-8").splitlines()
        table = [line.split("|")[1] for line in lines if line.startswith("|")]
        named = set(re.findall(r"`([^`]+)`", "".join(table)))
        self.assertEqual({path.name for path in VECTORS.glob("*.json")}, named)


if __name__ == "__main__":
    unittest.main()
