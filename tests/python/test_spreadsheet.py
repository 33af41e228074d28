"""The real spreadsheet of 500 rows, counted here from its text alone and held against what `sealroad import` says of each cell."""

import csv
import json
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHEET = "shipments/scms-first-500.csv"
NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
NOT_CAPTURED = "Date Not Captured"


def cells():
    """The sheet's rows, each a dictionary by header, with the number the row has on the screen; None without the corpus."""
    corpus = os.environ.get("SEALROAD_CORPUS")
    if not corpus:
        print("SEALROAD_CORPUS is not set: the real spreadsheet was not counted")
        return None
    with open(Path(corpus) / SHEET, encoding="utf-8", newline="") as file:
        return list(enumerate(csv.DictReader(file), start=2))


def no_number(rows, header):
    return {(row, cells[header]) for row, cells in rows if cells[header] and not NUMBER.fullmatch(cells[header].strip())}


def not_captured(rows):
    return sorted((row, text) for row, cells in rows for text in cells.values() if text == NOT_CAPTURED)


def imported():
    """What the program says of the same file."""
    program = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug/sealroad"
    if not program.exists():
        raise AssertionError(f"{program} is missing: cargo build -p app --bin sealroad")
    sheet = Path(os.environ["SEALROAD_CORPUS"]) / SHEET
    with tempfile.TemporaryDirectory() as data:
        words = [program, "--lang", "en", "--data", data, "import", sheet, "--as", "shipments", "--dry-run", "--json"]
        ended = subprocess.run(words, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise AssertionError(f"sealroad import ended with {ended.returncode}: {ended.stderr}")
    return json.loads(ended.stdout)


class Spreadsheet(unittest.TestCase):
    def test_the_figures_of_the_sheet(self):
        rows = cells()
        if rows is None:
            return
        weights, freights = no_number(rows, "Weight (Kilograms)"), no_number(rows, "Freight Cost (USD)")
        self.assertEqual((len(rows), len(weights), len(freights), len(not_captured(rows))), (500, 215, 226, 130))
        print(f"{len(weights)} weights that are no number")
        print(f"{len(freights)} freights that are no number")
        print(f"{len(not_captured(rows))} times {NOT_CAPTURED}")

    def test_the_import_doubts_the_same_cells(self):
        rows = cells()
        if rows is None:
            return
        report = imported()
        self.assertEqual((report["rows"], report["accepted"], report["refused"]), (500, 500, []))

        def doubted(field, code="import.not-a-number"):
            found = [one for one in report["doubtful"] if (one["field"], one["code"]) == (field, code)]
            return {(one["row"], one["value"]) for one in found}

        self.assertEqual(doubted("weight"), no_number(rows, "Weight (Kilograms)"))
        self.assertEqual(doubted("freight"), no_number(rows, "Freight Cost (USD)"))
        told = [(one["row"], one["value"]) for one in report["doubtful"] if one["value"] == NOT_CAPTURED]
        self.assertEqual(sorted(told), not_captured(rows))
        ids = {row: cells["ID"] for row, cells in rows}
        self.assertEqual([one for one in report["doubtful"] if ids[one["row"]] != one["id"]], [])


if __name__ == "__main__":
    unittest.main()
