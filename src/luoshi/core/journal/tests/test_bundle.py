import ast
import hashlib
import importlib.util
import io
import json
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luoshi.core.journal import bundle, rules, sealing
from luoshi.core.journal.models import Seal
from luoshi.core.journal.reading import snapshot
from luoshi.core.journal.tests.tampering import sql, without_constraints
from luoshi.core.journal.tests.town import AT, act, small_log
from luoshi.core.journal.verification import check

TOOL = Path(__file__).resolve().parents[5] / "tools" / "verify_bundle.py"
pytestmark = [pytest.mark.django_db, pytest.mark.row("N3")]


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("verify_bundle", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def exported(tmp_path):
    small_log()
    return export(tmp_path / "bundle.jsonl")


def export(path):
    with snapshot() as raw:
        bundle.export(raw, check(raw), path)
    return path


def verdict(tool, path, data=None, *options):
    if data is not None:
        path = path.with_suffix(".changed")
        path.write_bytes(data)
    return tool.main([str(path), *options])


def rewritten(lines):
    """The lines as a forger would write them, with the sum at the end made right."""
    body = "".join(rules.canonical_json(line) + "\n" for line in lines).encode()
    return body + (rules.canonical_json({"kind": "end", "sha256": hashlib.sha256(body).hexdigest()}) + "\n").encode()


def test_a_stranger_finds_the_bundle_whole_and_every_root_in_it(tool, exported, capsys):
    roots = list(Seal.objects.values_list("root", flat=True))
    assert len(roots) == 2
    assert verdict(tool, exported) == 0
    assert "流水 9 条，其中已封存 7 条、待封 2 条" in capsys.readouterr().out
    assert [verdict(tool, exported, None, "--root", root.upper()) for root in roots] == [0, 0]
    assert verdict(tool, exported, None, "--root", "0" * 64) == 1
    assert verdict(tool, exported, None, "--root", "not hex") == 2


def test_what_is_no_bundle_is_unreadable(tool, exported, tmp_path):
    whole = exported.read_bytes()
    assert verdict(tool, tmp_path / "nowhere") == 2
    for data in (
        b"",
        b"\n",
        b"PK\x03\x04",
        b"{}\n",
        b"[" * 100_000,
        b"\xff\xfe",
        whole.replace(b'"version":1', b'"version":2'),
    ):
        assert verdict(tool, exported, data) == 2
    assert verdict(tool, exported, whole) == 0


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_change_of_any_byte_is_found(tool, exported, data):
    whole = exported.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != whole[at]))
    changed = data.draw(
        st.sampled_from(
            [
                whole[:at] + bytes([byte]) + whole[at + 1 :],
                whole[:at] + bytes([byte]) + whole[at:],
                whole[:at] + whole[at + 1 :],
                whole[:at],
            ]
        )
    )
    if changed != whole:
        with pytest.raises((tool.Broken, tool.Unreadable)):
            tool.check(io.BytesIO(changed))
    assert tool.check(io.BytesIO(whole)).log.size == 7


def test_white_space_and_escapes_that_mean_the_same_are_found(tool, exported):
    lines = exported.read_bytes().decode().splitlines()
    for change in (
        lambda line: line.replace(":", ": ", 1),
        lambda line: line.replace('"kind"', '"\\u006bind"'),
        lambda line: line + " ",
        lambda line: line + "\r",
        lambda line: line.replace("{", '{"kind":"event",', 1),
    ):
        for number in (0, 1, 3, len(lines) - 1):
            changed = [change(line) if number == n else line for n, line in enumerate(lines)]
            body = "".join(line + "\n" for line in changed[:-1]).encode()
            if number < len(lines) - 1:
                changed[-1] = rules.canonical_json({"kind": "end", "sha256": hashlib.sha256(body).hexdigest()})
            assert verdict(tool, exported, "".join(line + "\n" for line in changed).encode()) in (1, 2)
    assert verdict(tool, exported, "\n".join(lines).encode()) == 1
    assert verdict(tool, exported, ("\n".join(lines) + "\n").encode()) == 0


def test_a_forger_who_makes_the_sum_right_is_found_by_the_proofs_and_hashes(tool, exported):
    lines = [json.loads(line) for line in exported.read_bytes().decode().splitlines()][:-1]
    assert verdict(tool, exported, rewritten(lines)) == 0
    changes = 0
    for number, line in enumerate(lines):
        without = lines[:number] + lines[number + 1 :]
        doubled = [*lines[: number + 1], *lines[number:]]
        assert verdict(tool, exported, rewritten(without)) in (1, 2)
        assert verdict(tool, exported, rewritten(doubled)) == 1
        for key, value in line.items():
            if key == "sealed_at":
                continue
            wrongs = [None, "", "0" * 64, 10**40, 1.0, True, [], {}, ["0" * 64], [value]]
            for wrong in wrongs:
                if wrong != value or type(wrong) is not type(value):
                    changed = [*lines[:number], {**line, key: wrong}, *lines[number + 1 :]]
                    assert verdict(tool, exported, rewritten(changed)) in (1, 2), (key, wrong)
                    changes += 1
        if "entry" in line:
            for key in rules.COLUMNS:
                entry = json.loads(line["entry"])
                entry[key] = entry[key] + (1 if type(entry[key]) is int else "1")
                text = rules.canonical_json(entry)
                forged = {**line, "entry": text, "leaf": rules.leaf_hash(text.encode())}
                sealed = line["kind"] == "event"
                code = verdict(tool, exported, rewritten([*lines[:number], forged, *lines[number + 1 :]]))
                assert code == 1 or not sealed
    assert changes > 300


@pytest.mark.parametrize("sizes", [[], [1], [1, 1], [3, 1, 4], [2, 5, 1, 8, 3]])
def test_bundles_of_many_shapes_are_whole(tool, tmp_path, sizes):
    for size in sizes:
        for n in range(size):
            act(f"matter:{n % 3}", n)
        sealing.seal(at=AT)
    assert verdict(tool, export(tmp_path / "b")) == 0
    act("matter:0")
    assert verdict(tool, export(tmp_path / "b")) == 0


def test_a_broken_journal_is_not_exported_and_leaves_no_file(tmp_path):
    small_log()
    with without_constraints():
        sql("UPDATE journal_event SET verb = 'x'")
        with snapshot() as raw, pytest.raises(ValueError, match="broken"):
            bundle.export(raw, check(raw), tmp_path / "b")
    assert list(tmp_path.iterdir()) == []


def test_the_tool_needs_nothing_but_the_standard_library():
    tree = ast.parse(TOOL.read_text("utf-8"), feature_version=(3, 8))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert imported
    assert imported <= sys.stdlib_module_names
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
