"""What a backup holds, in a clerk's words."""

from typing import Any

COUNTED = (
    ("matters_matter", "事项 {} 件"),
    ("review_finding", "问题 {} 条"),
    ("org_person", "人员 {} 人"),
    ("org_unit", "单位 {} 个"),
    ("journal_event", "流水 {} 条"),
)


def counts(manifest: dict[str, Any]) -> str:
    """``事项 12 件、问题 30 条、…、附件 4 个``."""
    tables = manifest["tables"]
    told = [words.format(tables[table]["rows"]) for table, words in COUNTED if table in tables]
    files = sum(name.startswith("files/") for name in manifest["members"])
    return "、".join([*told, f"附件和导入的表格 {files} 个"])


def towns(manifest: dict[str, Any]) -> str:
    return "、".join(str(name) for name in manifest.get("towns", [])) or "还没有建乡镇"


def size(octets: int) -> str:
    """``1.3 MB``."""
    return f"{octets / 1024 / 1024:.1f} MB" if octets >= 1024 * 1024 else f"{max(octets, 1) / 1024:.1f} KB"
