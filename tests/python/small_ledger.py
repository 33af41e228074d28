"""A ledger whose validators certify whatever it is told: for lies that a dishonest ledger could tell."""

import hashlib

import sealroad_forms as forms
import sealroad_trees as trees
from sealroad_canonical import write
from sealroad_curve import L, multiple_of_base
from sealroad_verify import hash_of, record_id, signed_bytes, without

ZERO = "00" * 32
PRECOMMIT = "sealroad-precommit.1"


def base58(data):
    """base58btc."""
    number, digits = int.from_bytes(data, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        digits = forms._BASE58[rest] + digits
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + digits


class Signer:
    """An Ed25519 key of RFC 8032, made of a word."""

    def __init__(self, word):
        seed = hashlib.sha512(hashlib.sha256(word.encode()).digest()).digest()
        self.scalar, self.prefix = int.from_bytes(seed[:32], "little") & (2**254 - 8) | 2**254, seed[32:]
        self.public = multiple_of_base(self.scalar)
        self.key = "did:key:z" + base58(b"\xed\x01" + self.public)

    def sign(self, message):
        nonce = int.from_bytes(hashlib.sha512(self.prefix + message).digest(), "little") % L
        r = multiple_of_base(nonce)
        h = int.from_bytes(hashlib.sha512(r + self.public + message).digest(), "little")
        return r + ((nonce + h * self.scalar) % L).to_bytes(32, "little")


AUTHOR, VOTER = Signer("author"), Signer("voter")
PARTY = f"party:{AUTHOR.key}:self"
LOT = f"lot:{AUTHOR.key}:1"
KEYS = [{"from": 1, "key": AUTHOR.key, "kinds": ["*"], "revoked": None, "until": None}]
GENESIS = {
    "clock": "system",
    "created": "2026-01-01T00:00:00.000Z",
    "form": "sealroad-genesis.1",
    "name": "Small",
    "nonce": "00" * 16,
    "profile": "solo",
    "validators": [{"key": VOTER.key, "party": AUTHOR.key, "weight": 1}],
}


def time(height):
    """The witnessed time of a block."""
    return f"2026-01-01T00:00:{height:02}.000Z"


def record(*subjects, kind="supply-chain.origin.1", nonce=0, network=None):
    """A record of the author."""
    options = {"cryptosuite": "eddsa-jcs-2022", "proofPurpose": "assertionMethod", "type": "DataIntegrityProof"}
    options["verificationMethod"] = f"{AUTHOR.key}#{AUTHOR.key.removeprefix('did:key:')}"
    value = {"body": {}, "claimed": time(0), "kind": kind, "network": network or hash_of(GENESIS)}
    value |= {"nonce": f"{nonce:032x}", "party": AUTHOR.key, "proof": options, "reads": [], "refers": [], "seen": {}}
    value |= {"subjects": sorted(subjects), "until": "2026-01-02T00:00:00.000Z"}
    options["proofValue"] = "z" + base58(AUTHOR.sign(signed_bytes(value | {"proof": options | {"proofValue": ""}})))
    return value


def block_path(leaves, index):
    """The InclusionProof of section 4 and the root."""
    path = []
    while len(leaves) > 1:
        if index ^ 1 < len(leaves):
            path.append(leaves[index ^ 1].hex())
        pairs = [leaves[at : at + 2] for at in range(0, len(leaves), 2)]
        leaves, index = [trees.node_hash(pair[0], pair[-1]) for pair in pairs], index // 2
    return path, (leaves[0] if leaves else trees.digest(b"")).hex()


def history_path(entries, index):
    """RFC 6962, 2.1.1."""
    if len(entries) < 2:
        return []
    split = 1 << (len(entries) - 1).bit_length() - 1
    left, right = entries[:split], entries[split:]
    if index < split:
        return history_path(left, index) + [trees.history_root(right).hex()]
    return history_path(right, index - split) + [trees.history_root(left).hex()]


def index_root(entries, place=0):
    """Section 7, top-down; the entries are (key, value hash)."""
    if len(entries) < 2:
        return trees.index_leaf(*entries[0]) if entries else trees.PLACEHOLDER
    return trees.index_node(*(index_root(half, place + 1) for half in halves(entries, place)))


def halves(entries, place):
    """The entries left and right of a depth."""
    return [[entry for entry in entries if trees.bit(entry[0], place) == side] for side in (0, 1)]


def index_proof(entries, key, place=0):
    """An IndexProof as section 10 writes it."""
    if len(entries) < 2:
        other = entries and entries[0][0] != key
        leaf = {"key": entries[0][0].hex(), "value": entries[0][1].hex()} if other else None
        return {"leaf": leaf, "siblings": []}
    sides, side = halves(entries, place), trees.bit(key, place)
    proof = index_proof(sides[side], key, place + 1)
    return {"leaf": proof["leaf"], "siblings": proof["siblings"] + [index_root(sides[1 - side], place + 1).hex()]}


def values_of(blocks, states):
    """The values of section 7 after the blocks, as an honest ledger would have them."""
    values = {}
    for subject, state in states.items():
        of = [(height, one) for height, block in enumerate(blocks, 1) for one in block if subject in one["subjects"]]
        ids = [bytes.fromhex(record_id(one)) for _, one in of]
        root = trees.history_root(ids).hex()
        value = {"changed": of[-1][0], "count": len(of), "records": root, "state": hash_of(state), "turn": 0}
        values[subject] = value
    return values


def set_of(members):
    """The validator set of members (signer, party, weight)."""
    members = sorted(members, key=lambda one: one[0].key)
    return [{"key": signer.key, "party": party, "weight": weight} for signer, party, weight in members]


def genesis_of(members):
    """A genesis document with these first validators."""
    return GENESIS | {"validators": set_of(members)}


def certificate(header, signers=(VOTER,), domain=PRECOMMIT, network=None, number=0):
    """A commit certificate of these signers, of the round `number`."""
    vote = {"block": hash_of(header), "domain": domain, "height": header["height"]}
    vote |= {"network": network or header["network"], "round": number}
    ordered = sorted(signers, key=lambda one: one.key)
    signatures = [{"key": one.key, "signature": one.sign(write(vote)).hex()} for one in ordered]
    return without(without(vote, "domain"), "network") | {"signatures": signatures}


def signers_of(members):
    """The keys of members."""
    return [signer for signer, _, _ in members]


def changes_of(chain, eras):
    """The `sets` of section 10 below the last header."""
    sets = []
    for place, header in enumerate(chain[:-1]):
        if header["validators"] != header["next_validators"]:
            commit = certificate(header, signers_of(eras[place]))
            sets.append({"commit": commit, "header": header, "validators": set_of(eras[place + 1])})
    return sets


ALONE = ((VOTER, AUTHOR.key, 1),)


def evidence(blocks, states, about=LOT, absent=(), values=None, headers=None, eras=None):
    """Evidence of all the records in `blocks` (lists, from height 1; the last is the head's).

    `values` replaces values of the index, with None takes them out of it; `headers` replaces members by height; `eras`
    has the members of each height and of the one after the head.
    """
    eras = eras or [ALONE] * (len(blocks) + 1)
    genesis = genesis_of(eras[0])
    values = {key: value for key, value in (values_of(blocks, states) | (values or {})).items() if value}
    entries = [(trees.digest(key.encode()), trees.digest(write(value))) for key, value in values.items()]
    chain, hashes, network = [], [], hash_of(genesis)
    for height, block in enumerate(blocks, 1):
        leaves = [trees.leaf_hash(write(one)) for one in block]
        header = {"height": height, "history_root": trees.history_root(hashes).hex(), "network": network}
        header |= {"index_root": index_root(entries).hex(), "previous": hashes[-1].hex() if hashes else network}
        header |= {"records_count": len(block), "records_root": block_path(leaves, 0)[1], "rules": ZERO}
        header |= {"next_validators": hash_of(set_of(eras[height])), "time": time(height)}
        chain.append(header | {"validators": hash_of(set_of(eras[height - 1]))} | (headers or {}).get(height, {}))
        hashes.append(trees.digest(write(chain[-1])))
    shown = []
    for subject in sorted({*values, *absent}):
        proof = index_proof(entries, trees.digest(subject.encode()))
        value = values.get(subject)
        shown.append({"proof": proof, "state": value and states[subject], "subject": subject, "value": value})
    records = []
    for height, block in enumerate(blocks, 1):
        leaves = [trees.leaf_hash(write(one)) for one in block]
        for index, one in enumerate(block):
            records.append({"height": height, "index": index, "path": block_path(leaves, index)[0], "record": one})
    below = [place for place, block in enumerate(blocks[:-1]) if block]
    paths = [{"header": chain[place], "path": history_path(hashes[:-1], place)} for place in below]
    commit, sets = certificate(chain[-1], signers_of(eras[len(blocks) - 1])), changes_of(chain, eras)
    file = {"about": about, "blocks": paths, "commit": commit, "form": f"sealroad-evidence.{2 if sets else 1}"}
    file |= {"genesis": genesis, "head": chain[-1], "openings": [], "records": records, "subjects": shown}
    return file | ({"sets": sets} if sets else {})
