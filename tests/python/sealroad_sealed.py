"""Sealed documents, section 11: ChaCha20-Poly1305 (RFC 8439), X25519 (RFC 7748) and HPKE mode base (RFC 9180).

Written to check vectors. It is not constant in time: never use it with a secret that matters.
"""

import base64
import binascii
import hashlib
import hmac
import struct

from sealroad_canonical import Refusal, read, write
from sealroad_curve import P
from sealroad_forms import array, ascending, exactly, need, text, unhex

FORM = "sealroad-sealed.1"
_PURPOSE = FORM.encode()
_KEM = b"KEM\x00\x20"
_SUITE = b"HPKE\x00\x20\x00\x01\x00\x03"
_NO_NONCE = bytes(12)
_BASE_POINT = (9).to_bytes(32, "little")


def _turn(value, count):
    return (value << count | value >> 32 - count) & 0xFFFFFFFF


def _quarter(s, a, b, c, d):
    for one, two, three, count in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        s[one] = (s[one] + s[two]) & 0xFFFFFFFF
        s[three] = _turn(s[three] ^ s[one], count)


_ROUNDS = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15))
_ROUNDS += ((0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))


def _block(key, counter, nonce):
    start = struct.unpack("<16I", b"expand 32-byte k" + key + struct.pack("<I", counter) + nonce)
    work = list(start)
    for _ in range(10):
        for places in _ROUNDS:
            _quarter(work, *places)
    return struct.pack("<16I", *((one + two) & 0xFFFFFFFF for one, two in zip(work, start)))


def _cipher(key, nonce, data):
    stream = b"".join(_block(key, 1 + at, nonce) for at in range((len(data) + 63) // 64))
    return bytes(one ^ two for one, two in zip(data, stream))


def _tag(key, nonce, cipher, associated):
    once = _block(key, 0, nonce)[:32]
    r = int.from_bytes(once[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    padded = b"".join(part + bytes(-len(part) % 16) for part in (associated, cipher))
    padded += struct.pack("<QQ", len(associated), len(cipher))
    total = 0
    for at in range(0, len(padded), 16):
        total = (total + int.from_bytes(padded[at : at + 16] + b"\x01", "little")) * r % (2**130 - 5)
    return ((total + int.from_bytes(once[16:], "little")) % 2**128).to_bytes(16, "little")


def _lock(key, nonce, data, associated):
    cipher = _cipher(key, nonce, data)
    return cipher + _tag(key, nonce, cipher, associated)


def _unlock(key, nonce, data, associated):
    need(len(data) >= 16, "a cipher text that is too short")
    cipher, tag = data[:-16], data[-16:]
    need(hmac.compare_digest(tag, _tag(key, nonce, cipher, associated)), "a tag that does not fit")
    return _cipher(key, nonce, cipher)


def x25519(secret, public):
    """RFC 7748, section 5. Raises Refusal for a shared secret of zero, as RFC 9180, 7.1.4 demands."""
    k = int.from_bytes(secret, "little") & (2**255 - 8) & (2**255 - 1) | 1 << 254
    x = int.from_bytes(public, "little") % 2**255 % P
    x2, z2, x3, z3, swapped = 1, 0, x, 1, 0
    for place in range(254, -1, -1):
        now = k >> place & 1
        if swapped != now:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swapped = now
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        da, cb, aa, bb = d * a % P, c * b % P, a * a % P, b * b % P
        x3, z3 = (da + cb) ** 2 % P, x * (da - cb) ** 2 % P
        x2, z2 = aa * bb % P, (aa - bb) * (aa + 121665 * (aa - bb)) % P
    if swapped:
        x2, z2 = x3, z3
    shared = x2 * pow(z2, P - 2, P) % P
    need(shared, "a key of small order")
    return shared.to_bytes(32, "little")


def public_of(secret):
    """The X25519 public key of a secret."""
    return x25519(secret, _BASE_POINT)


def _extract(suite, salt, label, data):
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + data, "sha256")


def _expand(suite, key, label, context, length):
    # One block of HKDF is 32 bytes, and nothing longer is asked for.
    labelled = struct.pack(">H", length) + b"HPKE-v1" + suite + label + context
    return hmac.digest(key, labelled + b"\x01", "sha256")[:length]


def _wrapping(shared, enc, public):
    """The AEAD key and nonce of RFC 9180, 4.1 and 5.1 for a Diffie-Hellman value, mode base."""
    secret = _expand(_KEM, _extract(_KEM, b"", b"eae_prk", shared), b"shared_secret", enc + public, 32)
    context = b"\x00" + _extract(_SUITE, b"", b"psk_id_hash", b"") + _extract(_SUITE, b"", b"info_hash", _PURPOSE)
    main = _extract(_SUITE, secret, b"secret", b"")
    return _expand(_SUITE, main, b"key", context, 32), _expand(_SUITE, main, b"base_nonce", context, 12)


def document(data):
    """The sealed document that the bytes stand for. Raises Refusal."""
    value = exactly(read(data, 16), ("cipher", "form", "recipients"))
    need(value["form"] == FORM, "another form of sealed document")
    for one in array(value["recipients"], 1):
        exactly(one, ("enc", "key", "wrapped"))
        unhex(one["enc"], 32)
        unhex(one["key"], 32)
        unhex(one["wrapped"], 48)
    ascending(one["key"] for one in value["recipients"])
    try:
        cipher = base64.b64decode(text(value["cipher"]), validate=True)
    except binascii.Error as error:
        raise Refusal("not base64") from error
    need(base64.b64encode(cipher).decode() == value["cipher"], "base64 that is written otherwise")
    return value | {"cipher": cipher}


def opened(data, secret):
    """The content key and the content of a sealed document for the reader with this X25519 secret. Raises Refusal."""
    value, public = document(data), public_of(secret)
    ours = [one for one in value["recipients"] if one["key"] == public.hex()]
    need(ours, "sealed to other readers")
    enc = unhex(ours[0]["enc"], 32)
    wrap, nonce = _wrapping(x25519(secret, enc), enc, public)
    content_key = _unlock(wrap, nonce, unhex(ours[0]["wrapped"], 48), b"")
    return content_key, _unlock(content_key, _NO_NONCE, value["cipher"], _PURPOSE)


def _derived(random):
    """The ephemeral secret that RFC 9180, 7.1.3 (DeriveKeyPair) makes of random bytes."""
    return _expand(_KEM, _extract(_KEM, b"", b"dkp_prk", random), b"sk", b"", 32)


def sealed(content, content_key, publics, random):
    """A sealed document; `random` gives 32 bytes at a call, one call for each recipient in their order."""
    recipients = []
    for public in sorted(publics):
        secret = _derived(random())
        enc = public_of(secret)
        wrap, nonce = _wrapping(x25519(secret, public), enc, public)
        wrapped = _lock(wrap, nonce, content_key, b"")
        recipients.append({"enc": enc.hex(), "key": public.hex(), "wrapped": wrapped.hex()})
    cipher = base64.b64encode(_lock(content_key, _NO_NONCE, content, _PURPOSE)).decode()
    return write({"cipher": cipher, "form": FORM, "recipients": recipients})


def sha256(data):
    """What a record names a document by."""
    return hashlib.sha256(data).hexdigest()
