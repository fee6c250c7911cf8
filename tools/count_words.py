"""How often each common word is heard, counted in the project's invented speech.

Writes `src/themecode/suggest/word_counts.txt`, by which the most telling words of a cue are chosen. It
changes how soon a cue is found, never what is found.

    python tools/count_words.py
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from themecode.language.heard import SENTENCE_MARK, TURN_MARK, hear

ROOT = Path(__file__).resolve().parent.parent
COUNTS = ROOT / "src" / "themecode" / "suggest" / "word_counts.txt"
#: So many words are written down; the others are rare enough.
MOST = 2000


def main() -> None:
    """Count, and write the table."""
    counts: Counter[str] = Counter()
    for path in sorted((ROOT / "speech").rglob("*.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines()
        counts.update(hear(json.loads(line)["text"] for line in lines if line.strip()).split())
    for mark in (SENTENCE_MARK, TURN_MARK):
        del counts[mark]
    total = sum(counts.values())
    common = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST]
    rows = [f"{word} {round(count / total * 1e6)}\n" for word, count in common]
    COUNTS.write_text("".join(rows), encoding="utf-8")
    print(f"{len(rows)} words of {len(counts):,}, from {total:,} heard")


if __name__ == "__main__":
    main()
