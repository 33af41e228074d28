"""The Ed25519 vectors of Project Wycheproof (tests/fixtures/wycheproof)."""

import json
import unittest
from pathlib import Path

from sealroad_curve import is_key, verifies

VECTORS = Path(__file__).resolve().parent.parent / "fixtures" / "wycheproof" / "ed25519.json"
# What ZIP-215 takes and RFC 8032 does not: R is y = 1 with the sign bit of x set.
ONLY_ZIP_215 = 151


class Wycheproof(unittest.TestCase):
    def test_every_vector_has_its_verdict(self):
        vectors = json.loads(VECTORS.read_text())
        self.assertEqual(len(vectors), 151)
        for vector in vectors:
            key, message, signature = (bytes.fromhex(vector[name]) for name in ("key", "message", "signature"))
            with self.subTest(vector["id"], comment=vector["comment"]):
                verdict = len(signature) == 64 and is_key(key) and verifies(key, message, signature)
                self.assertEqual(verdict, vector["result"] == "valid" or vector["id"] == ONLY_ZIP_215)


if __name__ == "__main__":
    unittest.main()
