"""All rows of the oracle's table."""

from __future__ import annotations

import cases_ambient
import cases_classes
import cases_data
import cases_functions
import cases_shared

ROWS = (
    *cases_functions.CASES,
    *cases_classes.CASES,
    *cases_data.CASES,
    *cases_shared.CASES,
    *cases_ambient.CASES,
)
