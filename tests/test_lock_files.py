"""What is installed is locked, and comes from the public index alone.

This file and the lock files are the only places of the project where a host of packages stands.
"""

import json
import re
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
INDEX = "https://pypi.org/simple"
FILES = "files.pythonhosted.org"


def test_python_packages_are_locked_with_a_hash_and_come_from_the_public_index() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    packages = [package for package in lock["package"] if "editable" not in package["source"]]
    assert len(packages) > 20
    for package in packages:
        assert package["source"] == {"registry": INDEX}, package["name"]
        for file in [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]:
            assert urlsplit(file["url"]).hostname == FILES, file
            assert file["hash"].startswith("sha256:"), file


def test_front_end_packages_are_locked_with_a_hash_and_name_no_host() -> None:
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert "://" not in text
    packages = {name: package for name, package in json.loads(text)["packages"].items() if name}
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    for name, version in {**wanted["dependencies"], **wanted["devDependencies"]}.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), "exact versions only"
        assert packages[f"node_modules/{name}"]["version"] == version


def test_vendored_files_come_from_locked_packages() -> None:
    packages = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    lines = (ROOT / "src/luoshi/web/vendor.txt").read_text(encoding="utf-8").splitlines()
    listed = [line.split() for line in lines if line and not line.startswith("#")]
    assert listed
    for source, target in listed:
        assert any(source.startswith(f"{package}/") for package in packages), source
        assert not target.startswith("/")
        assert ".." not in target
