"""Papers that write themselves from the records: the kinds that core itself knows. Importing it registers them."""

from luoshi.core.papers.writing import blank, matter, spans

__all__ = ["blank", "matter", "spans"]
