"""Reading a plan: a file becomes text, the text becomes a tree in which every sentence has its place. Pure; no database.

``opening`` decodes a file, ``opened`` is what it became, ``lines`` finds paragraphs in lines that were wrapped, ``marks``
knows how Chinese documents number, ``sentences`` cuts, ``placing`` says what each sentence is, ``tree`` puts them together
and prints them back, ``enumerations`` finds what is called by number (“五减一增”).
"""

from luoshi.core.plan.reading.opened import Opened
from luoshi.core.plan.reading.opening import open_file
from luoshi.core.plan.reading.placing import read_plan, read_text
from luoshi.core.plan.reading.tree import Kind, Part, Plan

__all__ = ["Kind", "Opened", "Part", "Plan", "open_file", "read_plan", "read_text"]
