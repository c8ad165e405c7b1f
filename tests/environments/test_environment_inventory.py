from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from conftest_environments import Dist

from jupyter_mlops.environments.inventory import inventory
