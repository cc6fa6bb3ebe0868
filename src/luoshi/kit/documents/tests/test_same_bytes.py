import subprocess
import sys
import zipfile
from dataclasses import replace
from io import BytesIO

from luoshi.kit.documents.tests.samples import FULL, opened, rendered


def test_same_document_gives_the_same_bytes_and_another_gives_others():
    first = rendered(FULL)
    assert rendered(replace(FULL)) == first
    assert rendered(replace(FULL, title=FULL.title + "。")) != first
    with zipfile.ZipFile(BytesIO(first)) as package:
        assert {member.date_time for member in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert package.testzip() is None


def test_another_process_with_another_hash_seed_gives_the_same_bytes():
    script = (
        "import hashlib\nfrom luoshi.kit.documents.tests.samples import FULL, rendered\n"
        "print(hashlib.sha256(rendered(FULL)).hexdigest())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1
    assert len(seen.pop().strip()) == 64


def test_properties_tell_the_document_and_nothing_of_the_machine():
    core = opened(FULL).core_properties
    assert (core.title, core.author, core.content_status) == (FULL.title, FULL.signed_by, "草稿")
    assert core.created.date() == core.modified.date() == FULL.dated
    with zipfile.ZipFile(BytesIO(rendered(FULL))) as package:
        names = package.namelist()
    assert not [name for name in names if "thumbnail" in name or "theme" in name or "customXml" in name]
