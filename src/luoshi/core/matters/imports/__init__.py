"""The problem ledger from Excel (row 1.6 of the mission): 编号 and its eleven columns, old rows and new, edits of ours.

Same row = same 编号, else same unit and text. What is not in the program yet is carried in; of what is, the words may
be put right, and a cell that only a verb may change is refused with the verb's name where it differs. An empty cell
says nothing and changes nothing.
"""

from luoshi.core.matters.imports.ledger import MATTERS

__all__ = ["MATTERS"]
