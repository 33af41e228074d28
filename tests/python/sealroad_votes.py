"""Votes and proposals (section 6), and proof that a vote key signed twice."""

import sealroad_forms as forms
from sealroad_canonical import Refusal, write
from sealroad_curve import verifies
from sealroad_forms import need

_MEMBERS = ("block", "height", "key", "round", "signature")


def _kind(value):
    """The kind of a vote or a proposal, its form checked."""
    proposal = type(value) is dict and "kind" not in value
    forms.exactly(value, _MEMBERS + (("proof_round",) if proposal else ("kind",)))
    if proposal or value["block"] is not None:
        forms.unhex(value["block"], 32)
    need(proposal or value["kind"] in ("precommit", "prevote"), "another kind")
    forms.integer(value["height"], 1)
    forms.key(value["key"])
    forms.integer(value["round"], 0, 1_000_000)
    if proposal and value["proof_round"] is not None:
        forms.integer(value["proof_round"], 0, value["round"] - 1)
    forms.unhex(value["signature"], 64)
    return "proposal" if proposal else value["kind"]


def signed_bytes(network, value):
    """What the key of a vote or a proposal signs."""
    kind = _kind(value)
    said = {name: member for name, member in value.items() if name not in ("key", "kind", "signature")}
    return write(said | {"domain": f"sealroad-{kind}.1", "network": network})


def _check(network, document):
    forms.exactly(document, ("first", "form", "second"))
    need(document["form"] == "sealroad-double-vote.1", "another form")
    both = (document["first"], document["second"])
    signed = [signed_bytes(network, one) for one in both]
    turns = {(_kind(one), one["height"], one["key"], one["round"]) for one in both}
    need(len(turns) == 1, "votes that stand apart")
    need(signed[0] != signed[1], "one vote")
    need(signed[0] < signed[1], "the first is not the lesser")
    for one, data in zip(both, signed):
        need(verifies(forms.key_bytes(one["key"]), data, bytes.fromhex(one["signature"])), "bad signature")


def double_vote_fault(network, document):
    """Why a document is no proof of a double vote in the network, or None where it is one.

    It has exactly `first`, `form` and `second`, `first` the one whose signed bytes are the lesser.
    """
    try:
        _check(network, document)
    except Refusal as fault:
        return str(fault)
    return None
