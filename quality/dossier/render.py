"""The batch record as PDF, by typst. What people wrote is data here, never markup."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from quality.dossier.showable import showable

# Archivable and tagged: PDF/A-2a for the years, PDF/UA-1 for screen readers.
STANDARDS: Any = ["a-2a", "ua-1"]
TEMPLATE = Path(__file__).resolve().parent / "typst" / "record.typ"


def render(book: dict[str, Any]) -> bytes:
    """Return the PDF of a batch record: the same record, the same bytes.

    The document's date is that of the last entry in it. Slow: call it in no transaction.
    """
    written = json.dumps(showable(book), ensure_ascii=False, sort_keys=True)
    at = book["header"]["as_of_instant"]
    return bytes(
        typst.compile(
            str(TEMPLATE),
            root=str(TEMPLATE.parent),
            format="pdf",
            sys_inputs={"record": written},
            ignore_system_fonts=True,
            pdf_standards=STANDARDS,
            timestamp=int(datetime.fromisoformat(at).timestamp()) if at else 0,
        )
    )
