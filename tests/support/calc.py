"""The real LibreOffice Calc, with a profile of its own: what a clerk does to a file by hand."""

import json
import os
import secrets
import signal
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from luoshi.commands.test import CALC, calc_python

XLSX, XLS, ODS = "Calc MS Excel 2007 XML", "MS Excel 97", "calc8"
HAND = """
import json, sys, time, uno
from com.sun.star.beans import PropertyValue

pipe, source, target, kind, edits = sys.argv[1:]
context = uno.getComponentContext()
resolver = context.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", context)
until = time.monotonic() + 90
while True:
    try:
        remote = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        break
    except Exception:
        if time.monotonic() > until:
            raise
        time.sleep(0.2)
desktop = remote.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", remote)
book = desktop.loadComponentFromURL(source, "_blank", 0, (PropertyValue("Hidden", 0, True, 0),))
sheet = book.Sheets.getByIndex(0)
for cell, said in json.loads(edits).items():
    sheet.getCellRangeByName(cell).String = said
book.storeToURL(target, (PropertyValue("FilterName", 0, kind, 0),))
book.close(True)
try:
    desktop.terminate()
except Exception:
    pass  # the office is gone before it can answer
"""


_python = cache(calc_python)


def needs_calc() -> None:
    """Skip the test, saying why, where Calc cannot be driven; ``./luoshi test`` says it at its beginning too."""
    if not _python():
        pytest.skip(f"no LibreOffice Calc that can be driven ({', '.join(CALC.packages)})")


def edited(source: Path, target: Path, edits: Mapping[str, str] | None = None, *, kind: str = XLSX) -> Path:
    """``source`` opened in Calc, cells (``C4``) written anew, and saved as ``target`` in one of its formats."""
    needs_calc()
    pipe, home = f"luoshi{secrets.token_hex(6)}", target.parent / f"profile-{target.name}"
    office = subprocess.Popen(
        [
            *("soffice", "--headless", "--norestore", "--nologo", f"--accept=pipe,name={pipe};urp;"),
            f"-env:UserInstallation={home.as_uri()}",
        ],
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        told = [pipe, source.as_uri(), target.as_uri(), kind, json.dumps(edits or {})]
        done = subprocess.run([_python(), "-c", HAND, *told], capture_output=True, text=True, timeout=180, check=False)
        assert target.exists(), done.stderr
        office.wait(60)
    finally:
        if office.poll() is None:
            os.killpg(office.pid, signal.SIGKILL)
    return target
