#!/usr/bin/env bash
# Other people's programs, which the tests hand our files to: each in an environment of its own,
# for they want other versions of the same packages.
set -euo pipefail
here="$1"
install() {
  [ -x "$here/$1/bin/python" ] || python3 -m venv "$here/$1"
  "$here/$1/bin/python" -m pip install --quiet "$2"
}
install qualitative-coding "qualitative-coding>=1.7.8"
install taguette "taguette>=1.5.2"
