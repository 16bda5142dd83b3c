"""Unpacks part of a Python wheel: unpack-wheel.py <wheel> <folder> [<prefix> ...]; without a prefix all of it.

Prints the bytes written as it goes.
"""

import os
import sys
import zipfile

wheel, folder, *prefixes = sys.argv[1:]
done = 0
with zipfile.ZipFile(wheel) as archive:
    for entry in archive.infolist():
        if entry.is_dir() or (prefixes and not entry.filename.startswith(tuple(prefixes))):
            continue
        if entry.filename.startswith("/") or ".." in entry.filename.split("/"):
            raise SystemExit(f"The wheel holds a path outside itself: {entry.filename}")
        path = os.path.join(folder, entry.filename)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with archive.open(entry) as source, open(path, "wb") as target:
            while chunk := source.read(1 << 22):
                target.write(chunk)
                done += len(chunk)
                if len(chunk) == 1 << 22:
                    print(done, flush=True)
        if entry.external_attr >> 16 & 0o111:
            os.chmod(path, 0o755)
print(done, flush=True)
