"""Bring third-party files here, from the versions pinned in vendor.json.

    python static/vendor/update.py           fetch with npm, copy, write manifest.json
    python static/vendor/update.py --check   compare what is here with manifest.json; no network

Only listed files are copied, each package's licence among them. The icon sprite of the pages is
cut here too, so that it holds the icons that are used and no others. A second run writes the same
bytes. Exit code 1: a file is missing, changed or not listed.
"""

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
LOCK = HERE / "vendor.json"
MANIFEST = HERE / "manifest.json"
OWN = {"update.py", "vendor.json", "manifest.json"}

# The maps are not copied, and a hashed static storage refuses a comment that names a missing file.
SOURCE_MAP = re.compile(rb"\n?/[/*][#@]\s*sourceMappingURL=[^\s*]+(\s*\*/)?[ \t]*\n?")
SVG_BODY = re.compile(r"<svg[^>]*>(.*?)</svg>", re.DOTALL)
SPRITE_HEAD = (
    "<!-- Cut from Bootstrap Icons {version} by static/vendor/update.py. Copyright (c) 2019-2024 "
    "The Bootstrap Authors, MIT licence: static/vendor/bootstrap-icons/LICENSE. "
    '"mark" is drawn for PAVE Admin. -->'
)


def digest(content: bytes) -> str:
    """The sha256 of some bytes, in hex."""
    return hashlib.sha256(content).hexdigest()


def package_files(package: dict) -> dict[str, bytes]:
    """Fetch one pinned package with npm; its files by path.

    Raises SystemExit where the archive is not the one that vendor.json names.
    """
    with tempfile.TemporaryDirectory() as folder:
        pinned = f"{package['name']}@{package['version']}"
        command = ["npm", "pack", "--silent", "--pack-destination", folder, pinned]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        archive = next(Path(folder).glob("*.tgz")).read_bytes()
        if digest(archive) != package["sha256"]:
            raise SystemExit(f"{pinned}: sha256 {digest(archive)} is not the one in vendor.json")
        (Path(folder) / "archive").write_bytes(archive)
        with tarfile.open(Path(folder) / "archive") as tar:
            return {
                member.name.removeprefix("package/"): tar.extractfile(member).read()
                for member in tar.getmembers()
                if member.isfile()
            }


def symbol(name: str, svg: str) -> str:
    """One icon file as a symbol of the sprite."""
    body = " ".join(SVG_BODY.search(svg)[1].split())
    return f'<symbol id="{name}" viewBox="0 0 16 16">{body}</symbol>'


def sprite(recipe: dict, version: str, files: dict[str, bytes]) -> bytes:
    """The sprite of our own marks and of the icons named in the recipe, in the order of names."""
    drawn = {name: (HERE / path).read_text() for name, path in recipe["own"].items()}
    cut = {
        name: files[f"icons/{source}.svg"].decode() for name, source in recipe["icons"].items()
    }
    symbols = [symbol(name, svg) for name, svg in (drawn | cut).items()]
    head = ['<svg xmlns="http://www.w3.org/2000/svg">', SPRITE_HEAD.format(version=version)]
    return "\n".join([*head, *symbols, "</svg>", ""]).encode()


def update() -> None:
    """Fetch every package, write its listed files, the sprite and the manifest."""
    lock = json.loads(LOCK.read_text())
    written: dict[str, dict[str, str]] = {}

    def write(target: str, content: bytes, package: dict) -> None:
        (HERE / target).parent.mkdir(parents=True, exist_ok=True)
        (HERE / target).write_bytes(content)
        written[target] = {
            "package": package["name"],
            "version": package["version"],
            "licence": package["licence"],
            "sha256": digest(content),
        }

    for package in lock["packages"]:
        files = package_files(package)
        for source, target in package["files"].items():
            write(target, SOURCE_MAP.sub(b"\n", files[source]), package)
        if package["name"] == lock["sprite"]["package"]:
            cut = sprite(lock["sprite"], package["version"], files)
            write(lock["sprite"]["target"], cut, package)
        print(f"{package['name']} {package['version']}")
    MANIFEST.write_text(json.dumps({"files": written}, indent=2, sort_keys=True) + "\n")


def problems() -> list[str]:
    """What is wrong with the files here, one sentence each; empty when all is as it was written."""
    listed = json.loads(MANIFEST.read_text())["files"]
    pinned = {p["name"]: p["version"] for p in json.loads(LOCK.read_text())["packages"]}
    found = []
    for path, row in listed.items():
        target = HERE / path
        if not target.is_file():
            found.append(f"{path} is missing")
        elif digest(target.read_bytes()) != row["sha256"]:
            found.append(f"{path} is not what {row['package']} {row['version']} holds")
        if pinned.get(row["package"]) != row["version"]:
            found.append(f"{path} is of {row['version']}, vendor.json pins another version")
    here = {p.relative_to(HERE).as_posix() for p in HERE.rglob("*") if p.is_file()}
    unlisted = sorted(
        path for path in here - set(listed) - OWN if "__pycache__" not in path
    )
    return found + [f"{path} is not in manifest.json" for path in unlisted]


def main() -> int:
    """Run the update, or with --check only compare. Gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare only; needs no network")
    if not parser.parse_args().check:
        update()
    found = problems()
    print("\n".join(found) or "vendored files: as listed", file=sys.stderr if found else sys.stdout)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
