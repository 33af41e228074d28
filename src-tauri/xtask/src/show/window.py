"""Runs `cargo xtask start` in a checkout on a screen of its own, waits until the window shows something, and keeps a picture.

Usage: window.py CHECKOUT PICTURE [COMMAND ...]; another command may be given instead. Needs Xvfb. The screen is read from the file in which Xvfb keeps it (X Window Dump, form 7)."""

import os
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

BUILD = 15 * 60
"""How long building and opening may take, in seconds."""
COLOURS = 30
"""A window with letters and shapes has more colours than this; an empty screen has one."""


def screen(dump):
    """Width, height and rows of four bytes (blue, green, red, unused) of a pixel."""
    header = struct.unpack(">25I", dump[:100])
    size, version, width, height, depth, row = header[0], header[1], header[4], header[5], header[11], header[12]
    if version != 7 or depth != 32:
        raise ValueError(f"a dump of form {version} with {depth} bits a pixel")
    start = size + 12 * header[19]
    return width, height, [dump[start + y * row : start + y * row + 4 * width] for y in range(height)]


def colours(rows):
    return len({row[x : x + 3] for row in rows for x in range(0, len(row), 4)})


def png(width, height, rows):
    def chunk(name, data):
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    lines = b"".join(b"\0" + bytes(row[x + c] for x in range(0, len(row), 4) for c in (2, 1, 0)) for row in rows)
    head = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def shown(dump, program):
    """Waits for a picture that stays as it is for a second."""
    end, before = time.monotonic() + BUILD, None
    while time.monotonic() < end:
        if program.poll() is not None:
            raise SystemExit(f"it ended with {program.returncode} before a window was shown")
        width, height, rows = screen(dump.read_bytes())
        if rows == before and colours(rows) > COLOURS:
            return width, height, rows
        before = rows
        time.sleep(1)
    raise SystemExit(f"no window was shown within {BUILD} s")


def main(checkout, picture, command):
    with tempfile.TemporaryDirectory() as folder:
        words = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-fbdir", folder]
        server = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        environment = os.environ | {"DISPLAY": f":{server.stdout.readline().strip()}", "GDK_BACKEND": "x11"}
        environment |= {name: folder for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
        environment.pop("DBUS_SESSION_BUS_ADDRESS", None)
        words = [word.replace("{data}", f"{folder}/data") for word in command]
        program = subprocess.Popen(words, cwd=checkout, env=environment, start_new_session=True)
        try:
            width, height, rows = shown(Path(folder) / "Xvfb_screen0", program)
            Path(picture).parent.mkdir(parents=True, exist_ok=True)
            Path(picture).write_bytes(png(width, height, rows))
            print(f"{colours(rows)} colours on the screen: the window is open")
        finally:
            if program.poll() is None:
                os.killpg(program.pid, signal.SIGTERM)
            program.wait()
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:] or ["cargo", "xtask", "start", "--data", "{data}"])
