"""Evidence of form 2: the set of validators changed since genesis. And double votes."""

import copy
import random
import unittest

import small_ledger as small
from sealroad_canonical import write
from sealroad_verify import hash_of, verify
from sealroad_votes import double_vote_fault
from small_ledger import AUTHOR, KEYS, LOT, PARTY, Signer, genesis_of, set_of, signers_of

STATES = {PARTY: {"form": "party.1", "keys": KEYS, "links": []}, LOT: {"form": "lot.1", "links": []}}
FORM, QUORUM = "canonical bytes", "quorum"


def members(party=None, **weights):
    """Members by name, each a party of its own unless one is named."""
    named = [(Signer(f"voter {name}"), weight) for name, weight in weights.items()]
    return [(signer, party or signer.key, weight) for signer, weight in named]


FIRST, SECOND, THIRD = members(a=4, b=3, c=2), members(a=1, b=1, d=1, e=1), members(d=5, e=5, f=5)


def told(eras, spoken=(2,)):
    """Evidence of a ledger with these members by height; the author speaks in the blocks `spoken`."""
    network = hash_of(genesis_of(eras[0]))
    blocks = [[] for _ in eras[1:]]
    blocks[0].append(small.record(PARTY, kind="parties.founded.1", network=network))
    for nonce, height in enumerate(spoken):
        blocks[height - 1].append(small.record(LOT, nonce=nonce, network=network))
    return small.evidence(blocks, STATES, eras=eras)


ERAS = [FIRST, FIRST, FIRST, SECOND, SECOND, THIRD, THIRD, THIRD]
GOOD = told(ERAS, (2, 4, 6))
GENESIS = genesis_of(FIRST)


def certified(file, place, by, **vote):
    """Certifies the change anew."""
    one = file["sets"][place]
    one["commit"] = small.certificate(one["header"], signers_of(by), **vote)


class Changes(unittest.TestCase):
    def check(self, expected, change=lambda file: None, good=GOOD):
        file = copy.deepcopy(good)
        change(file)
        report = verify(write(file), file["genesis"])
        self.assertEqual(report["first_failed"], expected)
        self.assertEqual(report["as_of"] is None, expected is not None)
        return report

    def lie(self, expected, **lies):
        for name, change in lies.items():
            with self.subTest(name):
                self.check(expected, change)

    def test_good(self):
        self.assertEqual((GOOD["form"], len(GOOD["sets"])), ("sealroad-evidence.2", 2))
        report = self.check(None)
        self.assertEqual(report["verdict"], "accepted")
        self.assertEqual(report["not_proved"], ["signed-is-not-true", "later-than-as-of"])
        self.check(None, lambda file: certified(file, 0, FIRST[:2]))
        in_head = told([FIRST, FIRST, SECOND])
        self.assertEqual(in_head["form"], "sealroad-evidence.1")
        self.check(None, good=in_head)
        self.check(None, good=told([FIRST, SECOND, FIRST, FIRST]))

    def test_forms(self):
        def validator(**change):
            return lambda file: file["sets"][0]["validators"][0].update(change)

        def change(**change):
            return lambda file: file["sets"][0].update(change)

        many = members(**{f"v{number}": 1 for number in range(101)})
        self.lie(
            FORM,
            form_2_without_sets=lambda file: file.pop("sets"),
            form_1_with_sets=lambda file: file.update(form="sealroad-evidence.1"),
            another_form=lambda file: file.update(form="sealroad-evidence.3"),
            no_change=lambda file: file.update(sets=[]),
            null=lambda file: file.update(sets=None),
            reversed=lambda file: file["sets"].reverse(),
            a_change_twice=lambda file: file["sets"].append(file["sets"][1]),
            more_members=change(path=[]),
            no_certificate=lambda file: file["sets"][0].pop("commit"),
            no_header=lambda file: file["sets"][0].pop("header"),
            no_set=lambda file: file["sets"][0].pop("validators"),
            empty_set=change(validators=[]),
            set_of_101=change(validators=set_of(many)),
            set_of_before=change(validators=set_of(FIRST)),
            set_out_of_order=lambda file: file["sets"][0]["validators"].reverse(),
            weight_0=validator(weight=0),
            weight_above=validator(weight=1_000_001),
            weight_true=validator(weight=True),
            no_key=validator(key="did:key:z6Mk" + "1" * 44),
            named=validator(name="x"),
            height_0=lambda file: file["sets"][0]["header"].update(height=0),
            no_votes=lambda file: file["sets"][0]["commit"].update(signatures=[]),
            round_above=lambda file: file["sets"][0]["commit"].update(round=1_000_001),
        )

    def test_quorum(self):
        def header(place, by, **change):
            def act(file):
                file["sets"][place]["header"].update(change)
                certified(file, place, by)

            return act

        def votes(by, place=0, **vote):
            return lambda file: certified(file, place, by, **vote)

        def head(by, **change):
            def act(file):
                file["head"].update(change)
                file["commit"] = small.certificate(file["head"], signers_of(by))

            return act

        def without_sets(file):
            del file["sets"]
            file["form"] = "sealroad-evidence.1"

        def take_over(file):
            file["sets"][1]["validators"] = set_of(stranger)
            head(stranger, validators=hash_of(set_of(stranger)))(file)

        stranger = members(x=1)
        self.lie(
            QUORUM,
            first_left_out=lambda file: file["sets"].pop(0),
            last_left_out=lambda file: file["sets"].pop(),
            all_left_out=without_sets,
            other_weight=lambda file: file["sets"][1]["validators"][0].update(weight=6),
            other_party=lambda file: file["sets"][1]["validators"][0].update(party=AUTHOR.key),
            one_more=lambda file: file["sets"][1].update(validators=set_of(THIRD + stranger)),
            one_less=lambda file: file["sets"][1].update(validators=set_of(THIRD[1:])),
            own_set_and_own_head=take_over,
            by_the_next=votes(SECOND),
            two_thirds=votes([FIRST[0], FIRST[2]]),
            light_votes=votes(FIRST[1:]),
            stranger_too=votes(FIRST + stranger),
            one_of_the_next_too=votes(FIRST + SECOND[2:3]),
            another_round=lambda file: file["sets"][0]["commit"].update(round=1),
            prevotes=votes(FIRST, domain="sealroad-prevote.1"),
            voted_elsewhere=votes(FIRST, network=small.ZERO),
            another_change=lambda file: file["sets"][0].update(commit=file["sets"][1]["commit"]),
            another_height=lambda file: file["sets"][0]["commit"].update(height=4),
            another_header=lambda file: file["sets"][0]["header"].update(rules="11" * 32),
            another_network=header(0, FIRST, network=small.ZERO),
            at_the_head=header(1, SECOND, height=7),
            above_the_head=header(1, SECOND, height=8),
            same_time=header(1, SECOND, time=small.time(3)),
            earlier=header(1, SECOND, time=small.time(2)),
            another_next=header(1, SECOND, next_validators=small.ZERO),
            head_at_the_last_change=head(THIRD, time=small.time(5)),
            head_before_the_last_change=head(THIRD, time=small.time(4)),
            head_by_the_first=head(FIRST),
            head_by_those_before=head(SECOND),
            head_names_those_before=head(SECOND, validators=hash_of(set_of(SECOND))),
            head_names_the_first=head(FIRST, validators=hash_of(set_of(FIRST))),
        )

    def test_order_and_time(self):
        own, others = members(AUTHOR.key, own=1), members(a=1, b=1)
        cases = [
            (True, [own, own, own, others, others], (2,)),
            (True, [own, own, others, others], (2,)),
            (False, [own, others, others], (2,)),
            (False, [others, others, own, own], (2,)),
            (True, [others, own, own], (2,)),
            (True, [others, others, own, others, others], (2, 3)),
            (False, [own + others] * 4, (2,)),
        ]
        for wanted, eras, spoken in cases:
            with self.subTest(eras=[set_of(era) for era in eras], spoken=spoken):
                report = self.check(None, good=told(eras, spoken))
                self.assertEqual("order-and-time-own-word" in report["not_proved"], wanted)

    def test_changes_withheld_together_with_the_change_back(self):
        own, others = members(AUTHOR.key, own=1), members(x=1)
        cases = [
            ((0, 1), [FIRST, own, FIRST, FIRST], (2,)),
            ((0, 1), [FIRST, others, FIRST, FIRST], (2,)),
            ((0, 1), [FIRST, own, FIRST, SECOND, SECOND], (2,)),
            ((1, 2), [FIRST, SECOND, own, SECOND, SECOND], (3,)),
            ((1, 2), [FIRST, SECOND, own, SECOND, THIRD, THIRD], (2, 3, 4)),
        ]
        for withheld, eras, spoken in cases:

            def withhold(file):
                file["sets"] = [one for place, one in enumerate(file["sets"]) if place not in withheld]
                if not file["sets"]:
                    del file["sets"]
                    file["form"] = "sealroad-evidence.1"

            with self.subTest(withheld, spoken=spoken):
                whole = told(eras, spoken)
                report = self.check(None, good=whole)
                alone = any(eras[height - 1] is own for height in spoken)
                self.assertEqual("order-and-time-own-word" in report["not_proved"], alone)
                self.check(QUORUM, withhold, whole)
                # No block shown stands under the other set: nothing rests on it.
                self.check(None, withhold, told(eras + eras[-1:], (1, len(eras))))

    def test_random_walks(self):
        dice, changes = random.Random(20261121), 0
        for _ in range(10):
            eras = [self.some(dice)]
            for _ in range(dice.randint(3, 6)):
                eras.append(self.some(dice) if dice.random() < 0.6 else eras[-1])
            file = told(eras)
            self.check(None, good=file)
            for place, one in enumerate(file.get("sets", ())):
                changes += 1
                by = eras[one["header"]["height"] - 1]
                voters = [member for member in by if dice.random() < 0.7] or by[:1]
                enough = 3 * sum(member[2] for member in voters) > 2 * sum(member[2] for member in by)
                self.check(None if enough else QUORUM, lambda told: certified(told, place, voters), file)
                if len(file["sets"]) > 1:
                    self.check(QUORUM, lambda told: told["sets"].pop(place), file)
        self.assertGreater(changes, 15)

    def some(self, dice):
        names = dice.sample("abcdefg", dice.randint(1, 4))
        return members(**{name: dice.randint(1, 9) for name in names})


VOTER, STRANGER, NETWORK, OTHER = Signer("voter"), Signer("stranger"), "aa" * 32, "22" * 32


def vote(kind="precommit", by=VOTER, where=NETWORK, **more):
    """A vote or a proposal."""
    said = {"block": "11" * 32, "height": 7, "round": 3} | ({"proof_round": None} if kind == "proposal" else {}) | more
    signature = by.sign(write(said | {"domain": f"sealroad-{kind}.1", "network": where})).hex()
    return said | ({} if kind == "proposal" else {"kind": kind}) | {"key": by.key, "signature": signature}


class DoubleVotes(unittest.TestCase):
    def fault(self, one, two, **more):
        return double_vote_fault(NETWORK, {"first": one, "form": "sealroad-double-vote.1", "second": two} | more)

    def test_proofs(self):
        proofs = [(vote(kind), vote(kind, block=OTHER)) for kind in ("precommit", "prevote", "proposal")]
        proofs += [(vote(kind), vote(kind, block=None)) for kind in ("precommit", "prevote")]
        proofs.append((vote("proposal", proof_round=0), vote("proposal", proof_round=2)))
        for one, two in proofs:
            self.assertIsNone(self.fault(one, two))
            self.assertEqual(self.fault(two, one), "the first is not the lesser")

    def test_no_proofs(self):
        one, two = vote(), vote(block=OTHER)
        for fault, first, second in (
            ("one vote", one, one),
            ("votes that stand apart", one, vote(block=OTHER, height=8)),
            ("votes that stand apart", one, vote(block=OTHER, round=4)),
            ("votes that stand apart", one, vote(by=STRANGER, block=OTHER)),
            ("votes that stand apart", one, vote("prevote", block=OTHER)),
            ("bad signature", vote(where=OTHER), two),
            ("bad signature", one, vote(where=OTHER, block=OTHER)),
            ("bad signature", vote(by=STRANGER) | {"key": VOTER.key}, two),
            ("bad signature", one | {"key": STRANGER.key}, two | {"key": STRANGER.key}),
            ("bad signature", vote("prevote") | {"kind": "precommit"}, two),
            ("another kind", one | {"kind": "vote"}, two),
            ("not hex of this length", vote("proposal"), vote("proposal", block=None)),
            ("not an integer in range", vote(height=0), two),
            ("not an integer in range", one, vote(round=1_000_001)),
            ("not hex of this length", one, two | {"signature": "00"}),
            ("not an integer in range", vote("proposal"), vote("proposal", proof_round=3)),
            ("not an integer in range", vote("proposal"), vote("proposal", proof_round=4)),
            ("not an integer in range", vote("proposal", round=0), vote("proposal", proof_round=0, round=0)),
        ):
            self.assertEqual(self.fault(first, second), fault)
        self.assertIsNotNone(self.fault(one | {"proof_round": None}, two))
        self.assertIsNotNone(self.fault(one, two, third=one))
        self.assertEqual(self.fault(one, two, form="sealroad-double-vote.2"), "another form")


if __name__ == "__main__":
    unittest.main()
