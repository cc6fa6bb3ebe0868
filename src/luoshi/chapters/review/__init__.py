"""大查摆: what is wrong, why, and how often it was said."""

SECTION = "大查摆"
"""Its heading in the table of contents, the same for every noun of the chapter."""
