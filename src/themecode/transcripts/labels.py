"""Lines into turns: which of the many things that look like a label are labels.

No line is judged alone. Every line is read for what could be a label, in any of eight ways of
writing one; then the whole file is asked which way it uses and which labels recur; and only then
are the lines parted. "The thing is: ..." has no label's shape, "It was 10:30" no words after it,
and "Delroy: ..." once in a file of "P01:" and "INT:" is taken only where the file begins its turns.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from themecode.transcripts.label_candidates import Candidate, Form, Row, drop_line_numbers, read_row
from themecode.transcripts.label_shapes import (
    Shape,
    clean_label,
    is_table_header,
    judge_shape,
)
from themecode.transcripts.preamble import (
    count_preamble,
    is_closing_line,
    is_meeting_notice,
    read_details,
)
from themecode.transcripts.times import (
    drop_inner_stamps,
    read_lone_stamp,
)
from themecode.transcripts.utterances import Line, Utterance

#: Ways that are also ordinary writing: they count only where two or more labels use them.
_WEAK_FORMS = frozenset({Form.STOP, Form.MARKED, Form.DASH, Form.ALONE})

_WHOLE_NOTE = re.compile(r"\s*(?:\[[^\[\]]*\]|\([^()]*\)|\{[^{}]*\}|\*[^*]+\*)[.\s]*")
_ROUND_NOTE = re.compile(
    r"\s*[(*{]\s*(?:\w+ ){0,3}(?:laugh|paus|cr(?:y|ies)|sigh|inaud|overlap|cough|sniff|silen|cross"
    r"|unclear|record|interrupt|phone|door|knock|break|baby|noise|backg|tape|audio|end|start|music"
    r"|appl|general|everyone|all|sever|group|nod|tear|sob|whisper|unintell|indistinct|long)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Parted:
    """What the lines of a file were parted into.

    Args:
        utterances: in order; all of speaker "" where the file names no one.
        labelled: whether speakers' labels were found.
        header: details the file gives before anyone speaks ("Interviewer": "Ruth Hallam").
        preamble: how many lines stand before the first turn, or after the last, as details.
        notes: how many notes stand on lines of their own between turns.
        title: the first line of the preamble, or "".
    """

    utterances: tuple[Utterance, ...]
    labelled: bool
    header: Mapping[str, str] = field(default_factory=dict)
    preamble: int = 0
    notes: int = 0
    title: str = ""


@dataclass(frozen=True, slots=True)
class _Rules:
    """What counts as a label in this file."""

    primary: Form | None
    accepted: frozenset[str]
    opens_only: bool
    marked_only: bool
    one_offs: bool
    wrapped: bool


def part_turns(lines: Sequence[Line], *, names: Collection[str] = ()) -> Parted:
    """Part the lines of a file into turns.

    Args:
        lines: in order.
        names: labels known beforehand (from `--interviewer` or the participants file).
    """
    known = frozenset(clean_label(name) for name in names if name)
    rows = [read_row(line, known) for line in drop_line_numbers(lines)]
    details = count_preamble([(row.line, row.body) for row in rows])
    rules = _settle_rules(rows[details:], known)
    if rules.primary is None and details:
        # What looked like details ("Interviewer: Hello") may be all the speech there is.
        whole = _settle_rules(rows, known)
        if whole.primary is not None and len(rows) == details:
            rules, details = whole, 0
    if rules.primary is None:
        return _part_by_type(rows) or _part_unlabelled(rows, details)
    return _part_labelled(rows, details, rules)


def _settle_rules(rows: Sequence[Row], known: frozenset[str]) -> _Rules:
    """Ask the whole file how it writes its labels, and which they are."""
    counts: dict[Form, Counter[str]] = {form: Counter() for form in Form}
    shapes: dict[tuple[Form, str], Shape] = {}
    for row in rows:
        for candidate in row.candidates:
            counts[candidate.form][candidate.key] += 1
            shapes[candidate.form, candidate.key] = candidate.shape
    best: tuple[int, Form, frozenset[str]] | None = None
    for form in Form:
        sure = frozenset(
            key for key, count in counts[form].items() if _is_sure(form, shapes[form, key], count)
        )
        score = sum(counts[form][key] for key in sure)
        if not _is_enough(form, counts[form], sure, score, len(rows), known):
            continue
        if best is None or score > 1.5 * best[0]:
            best = (score, form, sure)
    if best is None:
        return _settle_few(rows, counts)
    _, primary, sure = best
    starts = [
        row
        for row in rows
        if any(one.form is primary and one.key in sure for one in row.candidates)
    ]
    opening = sum(row.line.opens for row in starts)
    others = sum(not row.line.opens for row in rows)
    wrapped = opening >= 0.75 * len(starts) and others > 0
    if wrapped:
        # "Mum: no way" in the middle of a paragraph is someone telling what her mum said.
        begin = {one.key for row in starts if row.line.opens for one in row.candidates}
        sure = frozenset(key for key in sure if key in begin)
    marked = sum(row.line.marked > 0 for row in starts)
    return _Rules(
        primary,
        sure,
        opens_only=wrapped,
        marked_only=marked >= 0.9 * len(starts) and len(starts) > 1,
        one_offs=primary not in _WEAK_FORMS,
        wrapped=wrapped,
    )


def _is_sure(form: Form, shape: Shape, count: int) -> bool:
    if shape >= Shape.CODE:
        return form not in _WEAK_FORMS or shape is Shape.ROLE or count > 1
    if shape >= Shape.NAME:
        return count >= 2
    return count >= 3 and form in (Form.COLON, Form.TAB)


def _is_enough(
    form: Form,
    counts: Counter[str],
    sure: frozenset[str],
    score: int,
    rows: int,
    known: frozenset[str],
) -> bool:
    if form in _WEAK_FORMS:
        least = 2 if any(judge_shape(key) is Shape.ROLE or key in known for key in sure) else 4
        return len(sure) >= 2 and score >= least and (form is not Form.ALONE or score >= 0.2 * rows)
    if form is Form.STAMPED and sure:
        return score >= 2 or len(counts) >= 2
    return bool(sure)


def _settle_few(rows: Sequence[Row], counts: Mapping[Form, Counter[str]]) -> _Rules:
    """A file so short that no label recurs: take them if nearly every paragraph has one."""
    opening = max(1, sum(row.line.opens for row in rows))
    for form in (Form.STAMPED, Form.COLON, Form.BRACKET, Form.TAB):
        labels = counts[form]
        if len(labels) >= 2 and sum(labels.values()) >= 0.6 * opening:
            shapes = {judge_shape(key.title()) for key in labels}
            if Shape.LOWER not in shapes:
                return _Rules(form, frozenset(labels), False, False, True, wrapped=False)
    return _Rules(None, frozenset(), False, False, False, wrapped=False)


def _choose(row: Row, rules: _Rules) -> Candidate | None:
    """The label this line begins with, if it does."""
    for candidate in row.candidates:
        if candidate.form is rules.primary:
            if candidate.key in rules.accepted:
                return candidate
            if rules.one_offs and _may_be_one_off(candidate, row.line, rules):
                return candidate
        elif candidate.key in rules.accepted and candidate.shape >= Shape.INITIALS:
            # The typist's slip: "P01" alone, or "P01." for "P01:". Never "P01 - " inside speech.
            sure = candidate.form in (Form.STAMPED, Form.COLON, Form.TAB, Form.MARKED) or (
                row.line.opens and not candidate.rest
            )
            if sure and candidate.form is not Form.BRACKET:
                return candidate
            if candidate.form is Form.BRACKET and (row.line.opens or not rules.wrapped):
                return candidate
    return None


def _may_be_one_off(candidate: Candidate, line: Line, rules: _Rules) -> bool:
    if candidate.shape is Shape.LOWER:
        return False
    if rules.opens_only and not line.opens:
        return False
    if candidate.shape >= Shape.CODE:
        return True
    if rules.marked_only and not line.marked:
        return False
    if candidate.form is Form.TAB and len(candidate.rest) < 2:
        return False
    first = candidate.rest[:1]
    return not first or not first.islower()


def _part_labelled(rows: Sequence[Row], details: int, rules: _Rules) -> Parted:
    chosen = [None if at < details else _choose(row, rules) for at, row in enumerate(rows)]
    first = next((at for at, choice in enumerate(chosen) if choice), len(rows))
    if first > details and read_lone_stamp(rows[first - 1].line.text) is not None:
        first -= 1
    last = len(rows)
    while last > first and chosen[last - 1] is None:
        if not is_closing_line(rows[last - 1].line.text):
            break
        last -= 1
    round_too = any(
        row.line.text.lstrip().startswith("(") and row.bracketed and row.stamp is not None
        for row in rows
    ) or any(
        "(" in row.line.text[:90] and choice and choice.stamp is not None
        for row, choice in zip(rows, chosen, strict=True)
    )
    turns = _Turns(round_too)
    for row, choice in zip(rows[first:last], chosen[first:last], strict=True):
        if choice is not None:
            turns.begin(choice, row)
        elif (alone := read_lone_stamp(row.line.text)) is not None:
            turns.take_stamp(alone)
        elif (
            row.line.heading
            or is_table_header(row.line.text.split("\t"))
            or is_meeting_notice(row.line.text)
        ):
            turns.count_note()
        elif _stands_apart(row.line, rules):
            turns.hold_note(row.line.text)
        else:
            turns.add(row.body if row.bracketed else row.line.text.strip())
    utterances = turns.finish()
    header = read_details([row.line for row in rows[:first]])
    return Parted(
        utterances,
        labelled=True,
        header=header,
        preamble=first + len(rows) - last,
        notes=turns.notes,
        title=rows[0].line.text.strip() if first else "",
    )


def _stands_apart(line: Line, rules: _Rules) -> bool:
    """Whether the line is a note in brackets on a line of its own, as "[laughter]"."""
    if rules.wrapped and not line.opens:
        return False
    return is_note(line.text)


def is_note(text: str) -> bool:
    """Whether a text is a typist's note and nothing else, as "[laughter]" or "(pause)"."""
    if not _WHOLE_NOTE.fullmatch(text):
        return False
    return text.lstrip().startswith("[") or _ROUND_NOTE.match(text) is not None


class _Turns:
    """Gathers the words of each turn as its lines go by."""

    def __init__(self, round_too: bool) -> None:
        self._round_too = round_too
        self._done: list[Utterance] = []
        self._label = ""
        self._words: list[str] = []
        self._line = 0
        self._stamp: float | None = None
        self._next_stamp: float | None = None
        self._held: list[str] = []
        self.notes = 0

    def begin(self, choice: Candidate, row: Row) -> None:
        self._close()
        stamp = choice.stamp if choice.stamp is not None else row.stamp
        self._label, self._line = choice.label, row.line.number
        self._stamp = stamp if stamp is not None else self._next_stamp
        self._next_stamp = None
        self._words = [choice.rest] if choice.rest else []

    def take_stamp(self, stamp: float) -> None:
        if self._line and not self._words and self._stamp is None:
            self._stamp = stamp  # "Ruth Hallam", then "0:12" under it
        else:
            self._next_stamp = stamp

    def hold_note(self, text: str) -> None:
        self._held.append(text)

    def count_note(self) -> None:
        self.notes += 1

    def add(self, text: str) -> None:
        # A note with more of the same turn after it was inside the turn.
        self._words += [*self._held, text]
        self._held = []
        self._next_stamp = None

    def finish(self) -> tuple[Utterance, ...]:
        self._close()
        return tuple(self._done)

    def _close(self) -> None:
        if self._line and not self._words:
            self._words, self._held = self._held, []  # the note is all she said
        self.notes += len(self._held)
        self._held = []
        if not self._line:
            return
        words = drop_inner_stamps(" ".join(self._words), round_too=self._round_too).strip()
        if words:
            self._done.append(Utterance(self._label, words, self._line, self._stamp))
        self._line = 0


def _part_by_type(rows: Sequence[Row]) -> Parted | None:
    """A file with no labels whose questions are set off in bold or italics, the answers plain.

    None: it is not written so. The labels are given here, since the file has none.
    """
    is_set_off = [0 < len(row.line.text.strip()) <= row.line.marked for row in rows]
    asked = [row for row, set_off in zip(rows, is_set_off, strict=True) if set_off]
    questions = sum(row.line.text.rstrip().endswith("?") for row in asked)
    if len(asked) < 2 or len(rows) - len(asked) < 2 or questions < 0.5 * len(asked):
        return None
    first = is_set_off.index(True)
    done: list[Utterance] = []
    notes = 0
    for row, set_off in zip(rows[first:], is_set_off[first:], strict=True):
        label = "Interviewer" if set_off else "Participant"
        text = row.line.text.strip()
        if is_note(text) or (row.line.heading and not set_off):
            notes += 1
        elif done and done[-1].speaker == label:
            before = done[-1]
            done[-1] = Utterance(label, f"{before.text} {text}", before.line, before.started_at)
        else:
            done.append(Utterance(label, text, row.line.number))
    return Parted(
        tuple(done),
        labelled=True,
        header=read_details([row.line for row in rows[:first]]),
        preamble=first,
        notes=notes,
        title=rows[0].line.text.strip() if first else "",
    )


def _part_unlabelled(rows: Sequence[Row], details: int) -> Parted:
    """One speaker, a turn a paragraph."""
    stamped = sum(row.stamp is not None for row in rows)
    trust_bare = stamped >= 3 and stamped >= 0.3 * sum(row.line.opens for row in rows)
    long_lines = not any(row.line.opens for row in rows[1:]) and (
        sorted(len(row.line.text) for row in rows)[len(rows) // 2] > 120 if rows else False
    )
    done: list[Utterance] = []
    notes = 0
    stamp: float | None = None
    start = details if details < len(rows) else 0
    for at, row in enumerate(rows[start:]):
        alone = read_lone_stamp(row.line.text)
        if alone is not None:
            stamp = alone
            continue
        if row.line.heading or _WHOLE_NOTE.fullmatch(row.line.text):
            notes += 1
            continue
        use = row.stamp is not None and (row.bracketed or trust_bare)
        words = drop_inner_stamps(row.body if use else row.line.text, round_too=trust_bare).strip()
        begins = row.line.opens or long_lines or at == 0 or not done or (use and trust_bare)
        if begins:
            done.append(Utterance("", words, row.line.number, row.stamp if use else stamp))
        else:
            before = done[-1]
            done[-1] = Utterance("", f"{before.text} {words}", before.line, before.started_at)
        stamp = None
    return Parted(
        tuple(one for one in done if one.text),
        labelled=False,
        header=read_details([row.line for row in rows[:start]]),
        preamble=start,
        notes=notes,
        title=rows[0].line.text.strip() if start else "",
    )
