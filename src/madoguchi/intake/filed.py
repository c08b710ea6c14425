"""The record behind an application."""

from __future__ import annotations

from madoguchi.catalog import queries as catalog
from madoguchi.records import read
from madoguchi.records.read import Record


def filed(app_id: int, record_id: int, *, lock: bool = False) -> Record:
    """The record, read by the revision it was filed under (``record.app``); raises RecordNotFound.

    Who changes an application takes the record's ``lock`` first, as staff do, and then anything else: two that wait
    for each other's second lock would never end.
    """
    return read.get_record(catalog.published_by_id(app_id), record_id, lock=lock)
