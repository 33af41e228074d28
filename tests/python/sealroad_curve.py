"""Ed25519 with the verdict of ZIP-215, and the narrower demands on keys of section 2. Whole numbers only."""

import hashlib
from functools import lru_cache

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
_ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
_IDENTITY = (0, 1, 1, 0)


def _add(a, b):
    """Points are (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z; the addition is complete."""
    one = (a[1] - a[0]) * (b[1] - b[0]) % P
    two = (a[1] + a[0]) * (b[1] + b[0]) % P
    three = 2 * D * a[3] * b[3] % P
    four = 2 * a[2] * b[2] % P
    e, f, g, h = two - one, four - three, four + three, two + one
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _double(a):
    xx, yy, zz = a[0] * a[0] % P, a[1] * a[1] % P, 2 * a[2] * a[2]
    h = xx + yy
    e = h - (a[0] + a[1]) ** 2 % P
    g = xx - yy
    f = zz + g
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _negative(a):
    return (-a[0] % P, a[1], a[2], -a[3] % P)


def _is_identity(a):
    return a[0] % P == 0 and (a[1] - a[2]) % P == 0


def _root(u, v):
    """A square root of u/v, or None."""
    x = u * v**3 * pow(u * v**7 % P, (P - 5) // 8, P) % P
    if (v * x * x - u) % P == 0:
        return x
    x = x * _ROOT_OF_MINUS_ONE % P
    return x if (v * x * x - u) % P == 0 else None


def point(data, canonical=False):
    """The point of 32 bytes or None. ZIP-215 takes unreduced y and the sign of a zero x; `canonical` refuses both."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if canonical and y >= P:
        return None
    y %= P
    x = _root((y * y - 1) % P, (D * y * y + 1) % P)
    if x is None or (canonical and x == 0 and sign):
        return None
    if x & 1 != sign:
        x = -x % P
    return (x, y, 1, x * y % P)


def _multiples(a):
    table = [_IDENTITY]
    for _ in range(15):
        table.append(_add(table[-1], a))
    return table


def _sum_of_products(pairs):
    """The sum of n·A over pairs of n (below 2^256) and the multiples of A, four bits at a time."""
    total = _IDENTITY
    for shift in range(252, -4, -4):
        for _ in range(4):
            total = _double(total)
        for number, table in pairs:
            digit = number >> shift & 15
            if digit:
                total = _add(total, table[digit])
    return total


_BASE = _multiples(point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")))


@lru_cache(maxsize=4096)
def is_key(data):
    """Section 2: a canonical encoding of a point of prime order."""
    found = point(data, canonical=True)
    if found is None or _is_identity(found):
        return False
    return _is_identity(_sum_of_products([(L, _multiples(found))]))


@lru_cache(maxsize=65536)
def verifies(key, message, signature):
    """ZIP-215: s below L, and 8·s·B = 8·R + 8·h·A for R and A in any encoding that decodes."""
    a, r = point(key), point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    rest = _add(_sum_of_products([(s, _BASE), (h, _multiples(_negative(a)))]), _negative(r))
    return _is_identity(_double(_double(_double(rest))))


def multiple_of_base(number):
    """The encoding of number·B; of a clamped secret it is the public key (RFC 8032, 5.1.5)."""
    x, y, z, _ = _sum_of_products([(number, _BASE)])
    scale = pow(z, P - 2, P)
    return (y * scale % P | (x * scale % P & 1) << 255).to_bytes(32, "little")
