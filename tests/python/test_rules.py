"""Rules that no vector isolates: what a dishonest ledger could certify, and the bounds of mandates and quorum."""

import unittest

import sealroad_trees as trees
import small_ledger as small
from sealroad_canonical import write
from sealroad_verify import certificate_fault, hash_of, mandated, verify
from small_ledger import AUTHOR, KEYS, LOT, PARTY, Signer

FOUNDED = small.record(PARTY, kind="parties.founded.1")
ORIGIN, SPLIT = small.record(LOT), small.record(LOT, nonce=1)
STATES = {PARTY: {"form": "party.1", "keys": KEYS, "links": []}, LOT: {"form": "lot.1", "links": []}}
BLOCKS = [[FOUNDED], [ORIGIN], [], [SPLIT], []]


class DishonestLedger(unittest.TestCase):
    def check(self, expected, blocks=BLOCKS, states=STATES, **told):
        report = verify(write(small.evidence(blocks, states, **told)))
        self.assertEqual(report["first_failed"], expected)
        return report

    def value(self, subject=LOT, **told):
        return {subject: small.values_of(BLOCKS, STATES)[subject] | told}

    def test_honest(self):
        report = self.check(None)
        self.assertEqual(report["verdict"], "consistent")
        codes = ["signed-is-not-true", "network-unknown", "order-and-time-own-word", "later-than-as-of"]
        self.assertEqual(report["not_proved"], codes)
        for count in range(1, 8):
            self.check(None, [[FOUNDED], [ORIGIN] + [small.record(LOT, nonce=at + 2) for at in range(count)], [SPLIT]])

    def test_values(self):
        for told in ({"changed": 2}, {"count": 1}, {"count": 3}, {"records": small.ZERO}):
            self.check("completeness", values=self.value(**told))
        self.check("state", values=self.value(state=small.ZERO))
        self.check(None, values=self.value(turn=7))

    def test_records_in_another_order(self):
        ids = [bytes.fromhex(hash_of({k: v for k, v in one.items() if k != "proof"})) for one in (SPLIT, ORIGIN)]
        self.check("completeness", values=self.value(records=trees.history_root(ids).hex()))

    def test_a_record_twice(self):
        self.check("completeness", BLOCKS[:4] + [[SPLIT]])

    def test_a_record_twice_in_one_block(self):
        self.check("inclusion", BLOCKS[:3] + [[SPLIT, SPLIT], []])

    def test_absent_subjects(self):
        other = "tracking:RB1"
        report = self.check(None, [[FOUNDED], []], {PARTY: STATES[PARTY]}, about=PARTY)
        self.assertNotIn("not-recorded", report["not_proved"])
        linked = STATES | {LOT: {"form": "lot.1", "links": [other]}}
        self.check("closure", states=linked, absent=[other])
        self.check("closure", states=linked)
        self.check("closure", absent=[other])
        writes_both = [[FOUNDED], [small.record(LOT, other)], []]
        self.check("completeness", writes_both, linked, absent=[other])

    def test_networks(self):
        self.check("quorum", headers={2: {"network": small.ZERO}})
        self.check("quorum", headers={5: {"network": small.ZERO}})
        self.check("quorum", [[FOUNDED], [small.record(LOT, network=small.ZERO)], []])

    def test_times(self):
        self.check("freshness", headers={2: {"time": small.time(6)}})
        self.check(None, headers={2: {"time": small.time(5)}})

    def test_mandate_at_the_end(self):
        for member, good, bad in (("until", small.time(4), small.time(3)), ("revoked", 4, 3)):
            for value, failed in ((good, None), (bad, "mandate")):
                states = STATES | {PARTY: STATES[PARTY] | {"keys": [KEYS[0] | {member: value}]}}
                self.check(failed, states=states)


class Mandates(unittest.TestCase):
    HEADER = {"height": 4, "time": small.time(4)}

    def holds(self, record=ORIGIN, **told):
        return mandated([KEYS[0] | told], record, self.HEADER)

    def test_from(self):
        self.assertTrue(self.holds(**{"from": 3}))
        self.assertTrue(self.holds(**{"from": 4}))
        self.assertFalse(self.holds(**{"from": 5}))
        of_other_party = ORIGIN | {"party": small.VOTER.key}
        self.assertTrue(self.holds(of_other_party, **{"from": 3}))
        self.assertFalse(self.holds(of_other_party, **{"from": 4}))

    def test_kinds(self):
        for kind in ("*", "supply-chain.origin", "supply-chain.*"):
            self.assertTrue(self.holds(kinds=["x", kind]))
        for kind in ("supply-chain.origin.1", "supply-chain", "supply-chain.", "*.origin", "logistics.*", ""):
            self.assertFalse(self.holds(kinds=[kind]))
        self.assertFalse(self.holds(kinds=[]))

    def test_malformed_entries_give_nothing_and_others_count(self):
        wrong = [{"from": -1}, {"from": True}, {"from": None}, {"revoked": -1}, {"revoked": "9"}, {"until": "2027"}]
        wrong += [{"kinds": "*"}, {"kinds": ["*", 1]}, {"key": None}, {"until": 9}]
        for told in wrong:
            self.assertFalse(self.holds(**told), told)
            self.assertTrue(mandated([KEYS[0] | told, None, 1, KEYS[0]], ORIGIN, self.HEADER), told)
        for member in KEYS[0]:
            self.assertFalse(mandated([{k: v for k, v in KEYS[0].items() if k != member}], ORIGIN, self.HEADER))
        for keys in (None, {}, "x", 1, KEYS[0]):
            self.assertFalse(mandated(keys, ORIGIN, self.HEADER))
        self.assertTrue(self.holds(note="other members may follow"))


class Bounds(unittest.TestCase):
    def test_more_than_two_thirds(self):
        voters = sorted((Signer(word) for word in "abc"), key=lambda one: one.key)
        head = small.evidence(BLOCKS, STATES)["head"]
        for weights, signers, fault in (
            ((1, 1, 1), 2, "too little weight"),
            ((2, 2, 1), 2, None),
            ((1, 1, 1), 3, None),
            ((2, 1, 1), 1, "too little weight"),
            ((3, 1, 1), 1, "too little weight"),
        ):
            validators = [{"key": v.key, "party": AUTHOR.key, "weight": w} for v, w in zip(voters, weights)]
            header = head | {"validators": hash_of(validators)}
            certificate = small.certificate(header, voters[:signers])
            self.assertEqual(certificate_fault(certificate, header, validators), fault)

    def test_absence_shown_by_a_wrong_leaf(self):
        keys = [bytes([first]) + bytes(31) for first in (0b00000000, 0b01000000, 0b10000000)]
        entries = [(key, trees.digest(key)) for key in keys]
        root = small.index_root(entries)
        ours = small.index_proof(entries, keys[0])
        siblings = [bytes.fromhex(one) for one in ours["siblings"]]
        self.assertTrue(trees.index_holds(root, *entries[0], siblings, None))
        self.assertFalse(trees.index_holds(root, keys[0], None, siblings, entries[0]))
        near = bytes([0b00100000]) + bytes(31)
        self.assertTrue(trees.index_holds(root, near, None, siblings, entries[0]))
        # At depth 1 the sides agree with a key that begins 1, but not with one that begins 0 and is put there.
        alone = trees.index_node(trees.PLACEHOLDER, trees.index_leaf(*entries[0]))
        far = bytes([0b11000000]) + bytes(31)
        self.assertFalse(trees.index_holds(alone, far, None, [trees.PLACEHOLDER], entries[0]))


if __name__ == "__main__":
    unittest.main()
