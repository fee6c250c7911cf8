"""Runs one job in a process of its own: `child.py module.function '{"argument": value}'`."""

from __future__ import annotations

import importlib
import json
import sys


def main() -> None:
    module, _, function = sys.argv[1].partition(".")
    told = getattr(importlib.import_module(module), function)(**json.loads(sys.argv[2]))
    print(json.dumps(told))


if __name__ == "__main__":
    main()
