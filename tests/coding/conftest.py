"""Lets the tests of coding import `small_study`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
