"""What a scan found, as one page for people and as JSON for programs."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from jupyter_mlops.legacy.report import DATA as DATA
from jupyter_mlops.legacy.report import PAGE, pages
from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.scan import Scan
from jupyter_mlops.store.disk import disk_problems, write_over


def write_scan(scan: Scan, folder: Path) -> None:
    """Write ``report.html`` and ``report.json`` into the folder, over earlier ones."""
    html = (
        pages()
        .get_template("scan.html")
        .render(scan=scan, states=Counter(row.state for row in scan.notebooks).most_common())
    )
    with disk_problems(folder):
        write_over(folder / PAGE, html.encode())
        text = json.dumps(to_json(scan), indent=2, ensure_ascii=False)
        write_over(folder / DATA, f"{text}\n".encode())
