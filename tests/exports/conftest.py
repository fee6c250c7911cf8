"""Lets the tests of the exports import `invented`, the studies they share."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
