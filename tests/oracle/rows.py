"""All rows of the oracle's table."""

from __future__ import annotations

import cases_ambient
import cases_cells
import cases_classes
import cases_containers
import cases_data
import cases_files
import cases_functions
import cases_libraries
import cases_modules
import cases_names
import cases_shared
import cases_uncarried

ROWS = (
    *cases_names.CASES,
    *cases_functions.CASES,
    *cases_classes.CASES,
    *cases_containers.CASES,
    *cases_data.CASES,
    *cases_libraries.CASES,
    *cases_shared.CASES,
    *cases_ambient.CASES,
    *cases_modules.CASES,
    *cases_files.CASES,
    *cases_cells.CASES,
    *cases_uncarried.CASES,
)
